"""A durable, live and scriptable chat with AI assistants, inside Jupyter."""

__version__ = "0.1.0"
