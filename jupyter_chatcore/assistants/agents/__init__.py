"""Coding agents that speak ACP, the Agent Client Protocol, each in a process of its own."""
