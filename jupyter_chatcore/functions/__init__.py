"""The kernel's side of functions that answer chats: they are offered, called and stopped."""
