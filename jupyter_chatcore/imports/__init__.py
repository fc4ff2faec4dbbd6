"""Chats out of the files of other programs, and of our own: pure parsers."""
