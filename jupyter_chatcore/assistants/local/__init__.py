"""A model file that the user names, run by llama.cpp in a child process of the server.

`server` is the child and the only one to import llama.cpp; `child` starts and ends it,
`keeper` keeps one while it is used, and `assistant` answers through it.
"""
