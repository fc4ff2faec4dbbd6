"""`jupyter chat`: the same chats from a shell. `main` has the commands and their exit codes."""
