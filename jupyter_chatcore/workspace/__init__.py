"""The user's notebooks as Jupyter has them: open in a page, or as files."""
