"""Documents by the SuiteApp's RESTlet: printed transactions and files of the File Cabinet.

REST cannot print a transaction (docs/NETSUITE.md 7); the RESTlet answers
``{name, mimeType, contents}`` with base64 contents.
"""

from __future__ import annotations

import base64
import binascii
import fnmatch
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from .error_parsing import parse_error
from .errors import ClientBug, DataError, ErrorKind, NetsuiteError, PermissionDenied
from .messages import Response, plain
from .transport import Transport

PATH = "/app/site/hosting/restlet.nl"
SCRIPT = "customscript_kolleno_document"
DEPLOYMENT = "customdeploy_kolleno_document"
PDF_START = b"%PDF-"
MEGABYTE = 1024 * 1024
NAME_LENGTH = 300  # characters; a file's name in NetSuite has 199 at most
_DIGITS = re.compile(r"[0-9]{1,18}")
# Base64 makes four bytes of three; the rest of the answer is a name and a type.
BASE64_SHARE = 4 / 3
ENVELOPE = 64 * 1024
# What the RESTlet says of a file that is gone, or of one that is too large for it.
_MISSING_CODES = frozenset({"RCRD_DSNT_EXIST", "NONEXISTENT_ID"})
_TOO_LARGE_CODES = frozenset({"SSS_FILE_CONTENT_SIZE_EXCEEDED", "BODY_TOO_LARGE"})


@dataclass(frozen=True)
class Document:
    """One file as NetSuite handed it out.

    :param modified: time of the file's last change, NetSuite's own text; empty for a
        transaction that was printed just now.
    """

    name: str
    mime_type: str
    contents: bytes
    modified: str = ""

    @property
    def is_pdf(self) -> bool:
        """Tell whether the contents are a PDF, whatever name and type say."""
        return self.contents.startswith(PDF_START)


@dataclass(frozen=True)
class ListedFile:
    """One file that is attached to a transaction.

    :param size: bytes; 0 when the script does not tell it.
    :param modified: time of the last change, ISO 8601 in UTC; sorts as text.
    """

    id: int
    name: str
    mime_type: str
    size: int
    modified: str


class Restlets:
    """The documents of one account.

    :param transport: should wait about half a minute and repeat nothing, since a person waits.
    :param script: script id of the RESTlet.
    :param deployment: id of its deployment.
    :param size_limit: largest file in bytes.
    """

    def __init__(
        self,
        transport: Transport,
        script: str = SCRIPT,
        deployment: str = DEPLOYMENT,
        size_limit: int = 25 * MEGABYTE,
    ) -> None:
        self._transport = transport
        self._address = {"script": script, "deploy": deployment}
        self._size_limit = size_limit

    def print_transaction(
        self, record_type: str, record_id: int, form: str = "", locale: str = ""
    ) -> Document:
        """Return the PDF that NetSuite prints of a transaction.

        :param record_type: ``invoice`` or ``creditmemo``.
        :param form: internal id of a form or template; NetSuite's choice when empty.
        :param locale: language of the print, like ``de_DE``; NetSuite's choice when empty.
        :raise DataError: what came is no PDF, cannot be read or is too large.
        :raise PermissionDenied: the role may not print or read files.
        """
        options = {"form": form, "locale": locale}
        return self.pdf_of(self._document(record_type, record_id, **options))

    def file(self, record_type: str, record_id: int, file_id: int) -> Document:
        """Return a file of the File Cabinet that belongs to a transaction, of whatever kind.

        :raise DataError: the file is gone, cannot be read or is too large.
        :raise PermissionDenied: the role lacks the permission Documents and Files.
        """
        try:
            return self._document(record_type, record_id, file=str(file_id))
        except NetsuiteError as error:
            if error.code in _MISSING_CODES:
                raise DataError("FILE_GONE", detail=error.detail, path=PATH) from error
            raise

    def pdf_of(self, document: Document) -> Document:
        """Return a document that is known to be a PDF.

        :raise DataError: it is something else.
        """
        if not document.is_pdf:
            raise DataError(
                "NO_PDF", path=PATH, detail=document.name, params={"name": document.name}
            )
        return document

    def attached(self, record_type: str, record_id: int) -> list[ListedFile]:
        """Return the files that are attached to a transaction.

        :raise PermissionDenied: the role lacks the permission Documents and Files.
        """
        answer = self._ask(record_type, record_id, attachments="1")
        files = answer.get("files")
        if not isinstance(files, list):
            raise _unreadable("files")
        return [_listed(file) for file in files]

    def _document(self, record_type: str, record_id: int, **options: str) -> Document:
        answer = self._ask(record_type, record_id, **options)
        encoded = answer.get("contents")
        if not isinstance(encoded, str) or not encoded:
            raise _unreadable("contents")
        if len(encoded) > self._size_limit * BASE64_SHARE + 4:
            raise self._too_large("")
        try:
            contents = base64.b64decode(encoded, validate=True)
        except (binascii.Error, ValueError) as error:
            raise _unreadable("contents") from error
        return Document(
            name=plain(answer.get("name"), NAME_LENGTH) or f"{record_type}_{record_id}",
            mime_type=plain(answer.get("mimeType"), NAME_LENGTH) or "application/octet-stream",
            contents=contents,
            modified=plain(answer.get("lastModified"), NAME_LENGTH),
        )

    def _ask(self, record_type: str, record_id: int, **options: str) -> Mapping[str, Any]:
        params = {**self._address, "type": record_type, "id": str(record_id)}
        params |= {name: value for name, value in options.items() if value}
        try:
            response = self._transport.request("GET", PATH, params=params, service="restlet")
            return _body(response)
        except NetsuiteError as error:
            if error.code in _TOO_LARGE_CODES:
                raise self._too_large(error.detail) from error
            raise _explained(error) from error

    def _too_large(self, detail: str) -> DataError:
        limit = str(self._size_limit // MEGABYTE)
        return DataError("FILE_TOO_LARGE", detail=detail, path=PATH, params={"limit": limit})


def matching(files: Sequence[ListedFile], pattern: str, number: str) -> ListedFile | None:
    """Return the newest attached file whose name fits a pattern, or None.

    :param pattern: like ``{tranId}*.pdf``: ``*`` stands for any text, ``?`` for one character;
        capital and small letters are the same.
    :param number: the document's number, which stands for ``{tranId}``.
    """
    # A bracket is a bracket, in patterns as in numbers.
    wanted = _plain(pattern).replace("[", "[[]")
    wanted = wanted.replace("{tranid}", _plain(_escaped(number)))
    found = [file for file in files if fnmatch.fnmatchcase(_plain(file.name), wanted)]
    return max(found, key=lambda file: (file.modified, file.id), default=None)


def answer_limit(size_limit: int) -> int:
    """Return how many bytes the answer with a file of `size_limit` bytes may have."""
    return int(size_limit * BASE64_SHARE) + ENVELOPE


def _escaped(number: str) -> str:
    # A slash cannot be in the name of a file; people write an underscore instead.
    return "".join(f"[{char}]" if char in "*?[" else char for char in number.replace("/", "_"))


def _plain(text: str) -> str:
    return text.strip().lower()


def _body(response: Response) -> Mapping[str, Any]:
    if not isinstance(response.json, dict):
        raise _unreadable("answer")
    if "error" in response.json:
        # Scripts that catch their own errors answer them with status 200.
        raise parse_error(replace(response, status=400))
    return response.json


def _explained(error: NetsuiteError) -> NetsuiteError:
    """Say of a refusal what it means for documents; the caller raises it.

    A sign-in that is refused here only is not the connection's: queries work without the
    scope RESTlets and without the permission Documents and Files.
    """
    if error.kind is ErrorKind.AUTH:
        code, kind = "DOCUMENT_SIGN_IN", PermissionDenied
    elif error.kind is ErrorKind.PERMISSION:
        code, kind = "DOCUMENT_PERMISSION", PermissionDenied
    else:
        return error
    return kind(code, detail=error.detail, http_status=error.http_status, path=error.path)


def _unreadable(what: str) -> DataError:
    return DataError("DOCUMENT_UNREADABLE", detail=what, path=PATH)


def _listed(file: object) -> ListedFile:
    number = plain(file.get("id")) if isinstance(file, dict) else ""
    if not isinstance(file, dict) or not _DIGITS.fullmatch(number):
        raise ClientBug("DOCUMENT_LIST_UNREADABLE", path=PATH)
    size = plain(file.get("size"))
    return ListedFile(
        id=int(number),
        name=plain(file.get("name"), NAME_LENGTH) or number,
        mime_type=plain(file.get("mimeType"), NAME_LENGTH),
        size=int(size) if _DIGITS.fullmatch(size) else 0,
        modified=plain(file.get("lastModified"), NAME_LENGTH),
    )
