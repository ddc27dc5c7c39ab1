"""Refusals of the books, in the words NetSuite uses towards a REST client."""

from __future__ import annotations

from dataclasses import dataclass

PREFIX = "Error while accessing a resource. "
CHANGED = "Record has been changed."


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


def already_exists(choice: str) -> BookError:
    """Build the refusal of an external id that is taken; `choice` as `duplicate_external_id`.

    The code of the 409 is the one that SOAP and scripts have for it; REST's is not known.
    """
    if choice == "conflict":
        return BookError(409, "DUP_RCRD", "This record already exists.", "externalId")
    what = "entity" if choice == "entity_exists" else "record"
    return user_error(f"This {what} already exists.", "externalId")


def changed_meanwhile(choice: str) -> BookError:
    """Build the refusal of a write that met another one; `choice` as `conflict_answer`.

    The code of the 409 is that of RESTlets.
    """
    if choice == "status_409":
        return BookError(409, "RCRD_HAS_BEEN_CHANGED", PREFIX + CHANGED)
    return user_error(CHANGED)


def not_settable(field: str) -> BookError:
    """Build the refusal of a field that cannot be set, or not any more; in SOAP's words."""
    return user_error(
        f"You do not have permissions to set a value for element {field} due to one of the"
        " following reasons: 1) The field is read-only; 2) An associated feature is disabled; 3)"
        " The field is available either when a record is created or updated, but not in both"
        " cases.",
        field,
    )


def too_long(field: str, most: int) -> BookError:
    """Build the refusal of a text with more characters than its field takes."""
    detail = f"The field {field} contained more than the maximum number ( {most} ) of characters"
    return user_error(f"{detail} allowed.", field)


def not_on_list(sublist: str) -> BookError:
    """Build the refusal of a line that a fixed list does not have; in SOAP's words."""
    return user_error(f"Adding new line to sublist {sublist} is not allowed.", sublist)


def static_sublist(sublist: str) -> BookError:
    """Build the refusal of lines that the form has not loaded yet; in SuiteScript's words."""
    return user_error(
        "You have attempted an invalid sublist or line item operation. You are either trying to"
        " access a field on a non-existent line or you are trying to add or remove lines from a"
        " static sublist.",
        sublist,
    )


def is_inactive(what: str, name: str | None) -> BookError:
    """Build the refusal of an inactive record, in words of our own."""
    return user_error(f"The {what} {name} is inactive.", what)
