"""Chats as files that other programs read: pure converters, message by message."""
