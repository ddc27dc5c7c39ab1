"""What one entry of the catalogue of errors is, and how it is written down."""

from __future__ import annotations

from dataclasses import dataclass

from .errors import ErrorKind

HELP = "https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/"
ERRORS_PAGE = "section_156570709583"


@dataclass(frozen=True)
class ErrorInfo:
    """One entry: kind, what happened, what to do, where to read on."""

    kind: ErrorKind
    title: str
    advice: str
    help_url: str


def info(kind: ErrorKind, title: str, advice: str, page: str = ERRORS_PAGE) -> ErrorInfo:
    """Return an entry whose page of NetSuite's help is given by its name."""
    return ErrorInfo(kind, title, advice, f"{HELP}{page}.html")


def mark(sentence: str) -> str:
    """Mark a sentence for Odoo's export of translatable texts; the Odoo side translates it.

    Imported as ``_``, the name that the export looks for.
    """
    return sentence
