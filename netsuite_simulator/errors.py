"""Refusals of the books, in the words NetSuite uses towards a REST client."""

from __future__ import annotations

from dataclasses import dataclass

PREFIX = "Error while accessing a resource. "


@dataclass
class BookError(Exception):
    """A request that the books refuse.

    :param status: HTTP status that the REST side answers with.
    :param code: NetSuite's `o:errorCode`.
    :param detail: NetSuite's wording, the prefix "Error while accessing a resource." included.
    :param path: `o:errorPath` such as `apply.items[0].doc`, or None.
    """

    status: int
    code: str
    detail: str
    path: str | None = None

    def __str__(self) -> str:
        return self.detail


def user_error(detail: str, path: str | None = None) -> BookError:
    """Build the 400 USER_ERROR with which NetSuite answers a broken business rule."""
    return BookError(400, "USER_ERROR", PREFIX + detail, path)


def missing_values(*labels: str) -> BookError:
    """Build the refusal for mandatory fields without a value; `labels` as on the form."""
    return user_error(f"Please enter value(s) for: {', '.join(labels)}.")


def invalid_value(value: object, field: str, path: str | None = None) -> BookError:
    """Build the refusal of a reference or value that does not exist or is not selectable."""
    detail = (
        "Error while accessing resource: You have entered an Invalid Field Value "
        f"{value} for the following field: {field}"
    )
    return BookError(400, "INVALID_CONTENT", detail, path or field)


def invalid_content(detail: str, path: str | None = None) -> BookError:
    """Build the 400 INVALID_CONTENT for a value of the wrong shape."""
    return BookError(400, "INVALID_CONTENT", detail, path)


def nonexistent() -> BookError:
    """Build the 404 for a record that is not there."""
    return BookError(404, "NONEXISTENT_ID", "Record does not exist.")
