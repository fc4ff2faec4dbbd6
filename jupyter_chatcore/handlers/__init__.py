"""HTTP, server-sent events and WebSockets: thin; `table` has all the routes."""
