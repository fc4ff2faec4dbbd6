"""What an assistant may see of the user's work, and do to it."""
