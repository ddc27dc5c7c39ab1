"""NetSuite's REST record API: read, create, change, delete and transform single records."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .error_parsing import header
from .errors import ClientBug, RecordNotFound
from .messages import Response, plain
from .transport import Transport

ROOT = "/services/rest/record/v1"
COLLECTION_PAGE = 1000  # NetSuite's maximum; the offset must be a multiple of it
# By default NetSuite drops misspelt fields silently; "error" makes it refuse them.
HEADERS = {"X-NetSuite-PropertyNameValidation": "error"}
_RECORD = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_INTERNAL_ID = re.compile(r"-?[0-9]+")
ID_LENGTH = 40  # digits; NetSuite's internal ids have 18 at most
_EXTERNAL_ID = re.compile(r"[A-Za-z0-9_-]{1,255}")

Body = Mapping[str, Any]


def by_external_id(external_id: str) -> str:
    """Return the form of an external id that stands for an internal id in a path.

    :raise ClientBug: the id has characters that NetSuite does not take in a URL
        (docs/NETSUITE.md 3.1).
    """
    if not _EXTERNAL_ID.fullmatch(external_id):
        raise ClientBug("BAD_EXTERNAL_ID", detail=f"letters, digits, _ and - only: {external_id!r}")
    return f"eid:{external_id}"


class Records:
    """Single records of one account. Numbers in bodies are Decimal, both ways."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def get(
        self,
        record: str,
        record_id: int | str,
        expand: bool = False,
        fields: Sequence[str] | None = None,
    ) -> dict[str, Any]:
        """Read a record.

        :param record: REST name, like ``customerPayment``.
        :param record_id: internal id or ``eid:<external id>``.
        :param expand: with the sublists.
        :param fields: only these body fields.
        :raise RecordNotFound: NetSuite says that there is none.
        """
        params: dict[str, str | int] = {}
        if expand:
            params["expandSubResources"] = "true"
        if fields:
            params["fields"] = ",".join(fields)
        response = self._send("GET", _path(record, record_id), params=params)
        return _object(response)

    def exists(self, record: str, record_id: int | str) -> bool:
        """Tell whether a record exists; only NetSuite's own "not found" counts as no."""
        try:
            self.get(record, record_id)
        except RecordNotFound:
            return False
        return True

    def find(self, record: str, external_id: str) -> str | None:
        """Return the internal id behind an external id; None when there is no such record."""
        try:
            found = self.get(record, by_external_id(external_id))
        except RecordNotFound:
            return None
        return _internal_id(found.get("id"))

    def collection(self, record: str, q: str | None = None) -> Iterator[str]:
        """Yield the internal ids of a record type, in pages of 1,000.

        For lists of settings only; moving tables are read by SuiteQL with a keyset.

        :param q: filter in NetSuite's own form, like ``email START_WITH barbara``.
        :raise ClientBug: the answer is no list of records, or comes again and again.
        """
        offset = 0
        seen: set[str] = set()
        while True:
            params: dict[str, str | int] = {"limit": COLLECTION_PAGE, "offset": offset}
            if q:
                params["q"] = q
            page = _object(self._send("GET", _path(record), params=params))
            ids = _ids_of(page, _path(record))
            if ids and seen.issuperset(ids):
                raise ClientBug("PAGE_REPEATED", detail="a page that was read", path=_path(record))
            seen.update(ids)
            yield from ids
            if not page.get("hasMore") or not ids:
                return
            offset += COLLECTION_PAGE

    def create(self, record: str, body: Body, external_id: str | None = None) -> str | None:
        """Create a record; with an external id, create it or change the one that has it.

        NetSuite ignores idempotency keys on synchronous calls, so only the external id keeps a
        repeated write from making a second record.

        :return: the internal id; None when NetSuite does not tell it, then look it up.
        """
        if external_id is None:
            response = self._send("POST", _path(record), json=dict(body))
        else:
            path = _path(record, by_external_id(external_id))
            response = self._send("PUT", path, json=dict(body))
        return _id_of(response)

    def update(
        self, record: str, record_id: int | str, body: Body, replace: Sequence[str] = ()
    ) -> None:
        """Change the given fields; None clears a field.

        :param replace: sublists to replace whole; others are merged by their keys.
        """
        params: dict[str, str | int] = {"replace": ",".join(replace)} if replace else {}
        self._send("PATCH", _path(record, record_id), params=params, json=dict(body))

    def delete(self, record: str, record_id: int | str) -> None:
        """Delete a record.

        :raise RecordNotFound: it was already gone.
        """
        self._send("DELETE", _path(record, record_id))

    def transform(
        self, record: str, record_id: int | str, target: str, body: Body | None = None
    ) -> str | None:
        """Make one record out of another, like a customer payment out of an invoice.

        A transform has no external id in its address: put ``externalId`` into the body and look
        it up before repeating.

        :return: the internal id of the new record; None when NetSuite does not tell it.
        """
        path = f"{_path(record, record_id)}/!transform/{checked_name(target)}"
        return _id_of(self._send("POST", path, json=dict(body or {})))

    def _send(
        self,
        method: str,
        path: str,
        *,
        params: dict[str, str | int] | None = None,
        json: dict[str, Any] | None = None,
    ) -> Response:
        return self._transport.request(method, path, params=params, json=json, headers=HEADERS)


def checked_name(record: str) -> str:
    """Return a record type's name as it may stand in a path.

    :raise ClientBug: it is no name of a record type.
    """
    if not _RECORD.fullmatch(record):
        raise ClientBug("BAD_IDENTIFIER", detail=f"not a record type: {record!r}")
    return record


def _path(record: str, record_id: int | str | None = None) -> str:
    path = f"{ROOT}/{checked_name(record)}"
    if record_id is None:
        return path
    text = str(record_id)
    if text.startswith("eid:"):
        return f"{path}/{by_external_id(text[4:])}"
    if not _INTERNAL_ID.fullmatch(text):
        raise ClientBug("BAD_IDENTIFIER", detail=f"not an internal id: {text!r}")
    return f"{path}/{text}"


def _object(response: Response) -> dict[str, Any]:
    if not isinstance(response.json, dict):
        raise ClientBug("UNKNOWN_PATH", detail="the answer is no object", path=response.path)
    return response.json


def _id_of(response: Response) -> str | None:
    # The documented answer is 204 with Location; older accounts answer 200 or 201 with a body.
    last = header(response.headers, "Location").rstrip("/").rpartition("/")[2].partition("?")[0]
    if _internal_id(last):
        return last
    return _internal_id(response.json.get("id")) if isinstance(response.json, dict) else None


def _internal_id(value: object) -> str | None:
    text = plain(value, ID_LENGTH + 1)
    fits = len(text) <= ID_LENGTH and _INTERNAL_ID.fullmatch(text)
    return text if fits and not isinstance(value, bool) else None


def _ids_of(page: Mapping[str, Any], path: str) -> list[str]:
    items = page.get("items") or []
    found = [
        _internal_id(item.get("id")) if isinstance(item, dict) else None
        for item in (items if isinstance(items, list) else [items])
    ]
    ids = [each for each in found if each is not None]
    if len(ids) < len(found):
        raise ClientBug("UNKNOWN_PATH", detail="the answer is no list of records", path=path)
    return ids
