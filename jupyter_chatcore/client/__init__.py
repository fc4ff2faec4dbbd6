"""Chats from Python: the same chats as in the browser, from a cell, a script or a thread.

`verbs` is what users call, `conversation` what each of these asks of the server, `reply`
an answer while it is written and afterwards.
"""
