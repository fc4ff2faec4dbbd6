"""The guide: what the built-in assistant knows, and how it looks it up.

packages      which packages are read, and where their documentation is on the web
entry         what is known of one name; what the server and the reader say to each other
inspecting    one Python object -> an entry                   (in the reader's process)
harvest       a package -> its public names' entries          (in the reader's process)
reader        the child process that imports the user's packages
child         start, bound and end that process
index         the documentation's own SQLite database
words         a question -> the concepts to look for
library       the server's side: what is read, by whom, and what was found
symbols       the names in a prompt
docstrings    numpydoc and reStructuredText -> Markdown
pages         an entry, or a list of them -> the answer's Markdown
problems      a pasted error -> what it means and what to try
notebook      the notebook's variables and its last error, for /vars, /describe and /explain
commands      /help, /find and the others
texts         the sentences for people
"""
