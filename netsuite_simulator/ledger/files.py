"""The File Cabinet: folders, files with their contents, and which records they are attached to."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import BookError, invalid_content, nonexistent
from .books import Books

DEFAULT_FOLDER = "Invoices"
# Extension -> (NetSuite's file type, MIME type).
KINDS = {
    "pdf": ("PDF", "application/pdf"),
    "docx": (
        "WORD",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    "xlsx": ("EXCEL", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "csv": ("CSV", "text/csv"),
    "txt": ("PLAINTEXT", "text/plain"),
    "png": ("PNGIMAGE", "image/png"),
}
_OTHER = ("MISCBINARY", "application/octet-stream")
Params = Mapping[str, Any]


@dataclass(frozen=True)
class StoredFile:
    """A file without its contents.

    :param size: bytes.
    :param modified: time of the last change, stored form in UTC.
    """

    id: int
    name: str
    size: int
    modified: str

    @property
    def mime_type(self) -> str:
        """The MIME type that NetSuite derives from the name."""
        return _kind(self.name)[1]


class Files:
    """Files of one account, and the acts that concern them.

    As in NetSuite, a file uploaded into a folder under a name that it has already replaces the
    contents and keeps its internal id.
    """

    def __init__(self, books: Books) -> None:
        self.books = books
        self.acts: dict[str, Callable[[Params], dict[str, Any]]] = {
            "upload_file": self.upload,
            "attach_file": self.attach,
            "detach_file": self.detach,
            "delete_file": self.delete,
        }

    # === ACTS === #

    def upload(self, params: Params) -> dict[str, Any]:
        """`{name, contents, folder?, attach_to?}`: upload a file; contents are base64."""
        name, contents = str(params.get("name") or ""), _bytes(params.get("contents"))
        if not name:
            raise invalid_content("A file needs a name.", "name")
        folder = self._folder(str(params.get("folder") or DEFAULT_FOLDER))
        known = self.books.scalar("SELECT id FROM file WHERE folder = ? AND name = ?", folder, name)
        file_id = int(known) if known is not None else self.books.next_id("list:file")
        self.books.con.execute(
            "INSERT OR REPLACE INTO file (id, name, folder, filetype, filesize, url,"
            " lastmodifieddate) VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                file_id,
                name,
                folder,
                _kind(name)[0],
                len(contents),
                f"/core/media/media.nl?id={file_id}",
                self.books.stamp(),
            ],
        )
        self.books.con.execute(
            "INSERT OR REPLACE INTO _filecontent VALUES (?, ?)", [file_id, contents]
        )
        self.books.forget()
        if params.get("attach_to") is not None:
            self._attach(file_id, int(params["attach_to"]))
        return {"id": file_id}

    def attach(self, params: Params) -> dict[str, Any]:
        """`{file, transaction}`: attach a file to a transaction."""
        self._attach(int(params["file"]), int(params["transaction"]))
        return {"id": int(params["file"])}

    def detach(self, params: Params) -> dict[str, Any]:
        """`{file, transaction}`: take a file off a transaction."""
        self.books.con.execute(
            'DELETE FROM _attachedfile WHERE file = ? AND "transaction" = ?',
            [int(params["file"]), int(params["transaction"])],
        )
        return {"id": int(params["file"])}

    def delete(self, params: Params) -> dict[str, Any]:
        """`{id}`: delete a file; fields that refer to it keep its id, as a dead reference."""
        file_id = self.file(int(params["id"])).id
        for query in (
            "DELETE FROM file WHERE id = ?",
            "DELETE FROM _filecontent WHERE file = ?",
            "DELETE FROM _attachedfile WHERE file = ?",
        ):
            self.books.con.execute(query, [file_id])
        self.books.forget()
        return {"id": file_id}

    # === READING === #

    def file(self, file_id: int) -> StoredFile:
        """Return a file.

        :raise BookError: 404 when there is none.
        """
        row = self.books.one(
            "SELECT id, name, filesize, lastmodifieddate FROM file WHERE id = ?", file_id
        )
        if row is None:
            raise nonexistent()
        return StoredFile(*row)

    def contents(self, file_id: int) -> bytes:
        """Return the contents of a file.

        :raise BookError: 404 when there is none.
        """
        (contents,) = self.books.needed("SELECT contents FROM _filecontent WHERE file = ?", file_id)
        return bytes(contents)

    def attached(self, transaction: int) -> list[StoredFile]:
        """Return the files attached to a transaction, oldest first."""
        rows = self.books.con.execute(
            "SELECT f.id, f.name, f.filesize, f.lastmodifieddate FROM _attachedfile a"
            ' JOIN file f ON f.id = a.file WHERE a."transaction" = ? ORDER BY f.id',
            [transaction],
        )
        return [StoredFile(*row) for row in rows]

    # === PARTS === #

    def _attach(self, file_id: int, transaction: int) -> None:
        self.file(file_id)
        if self.books.one('SELECT 1 FROM "transaction" WHERE id = ?', transaction) is None:
            raise nonexistent()
        self.books.con.execute(
            "INSERT OR IGNORE INTO _attachedfile VALUES (?, ?)", [transaction, file_id]
        )

    def _folder(self, name: str) -> int:
        known = self.books.scalar("SELECT id FROM mediaitemfolder WHERE name = ?", name)
        if known is not None:
            return int(known)
        folder = self.books.next_id("list:mediaitemfolder")
        self.books.insert(
            "mediaitemfolder",
            {
                "id": folder,
                "name": name,
                "isinactive": "F",
                "lastmodifieddate": self.books.stamp(),
            },
        )
        return folder


def _kind(name: str) -> tuple[str, str]:
    return KINDS.get(name.rpartition(".")[2].lower(), _OTHER)


def _bytes(value: object) -> bytes:
    try:
        return base64.b64decode(str(value or ""), validate=True)
    except (binascii.Error, ValueError):
        raise BookError(400, "INVALID_CONTENT", "The contents are no base64.") from None
