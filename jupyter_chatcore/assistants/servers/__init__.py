"""The MCP servers that the configuration names, whose tools assistants may use."""
