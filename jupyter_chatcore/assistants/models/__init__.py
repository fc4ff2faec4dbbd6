"""Models over HTTP: OpenAI-compatible servers, Anthropic and Google.

Two halves. The light one (`assistant`, `access`, `served`, `options`, and what turns a
branch into what is sent: `said`, `history`, `fit`) needs no model library. The
other (`engine` and what it imports) needs the extra `[models]`, and is imported in a
thread when a model is first asked.
"""
