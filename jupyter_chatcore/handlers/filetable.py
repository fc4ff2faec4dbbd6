"""The routes whose bodies are files, as they are."""

from __future__ import annotations

from ..api import ImportResult
from ..filetypes import IMAGES, OTHER
from ..parts import FilePart
from .exchange import ExportHandler, ImportHandler
from .files import FileHandler, FilesHandler
from .query import ExportQuery, FileQuery
from .route import Operation, Raw, Route

_FILE = Raw((OTHER, *IMAGES))
_EXPORTS = Raw(("text/markdown", "application/x-ipynb+json", "application/jsonl"))

FILE_ROUTES = (
    Route(
        "chat/{session}/files",
        FilesHandler,
        {
            "POST": Operation(
                "Keep a file, to be shown by a message",
                {201: FilePart},
                body=Raw(),
                query=FileQuery,
                errors=(404, 413, 422, 429),
            ),
        },
    ),
    Route(
        "files/{digest}/{name}",
        FileHandler,
        {"GET": Operation("The bytes of a file", {200: _FILE, 304: None}, errors=(404,))},
    ),
    Route(
        "chat/{session}/export",
        ExportHandler,
        {"GET": Operation("A chat as a file", {200: _EXPORTS}, query=ExportQuery, errors=(404,))},
    ),
    Route(
        "import",
        ImportHandler,
        {
            "POST": Operation(
                "Import the chats of a file: a JSONL export, a `.chat` file, ChatGPT's export",
                {200: ImportResult},
                body=Raw(),
                query=FileQuery,
                errors=(413, 422, 429),
            ),
        },
    ),
)
