"""Everything that can go wrong with NetSuite, in one tree.

The kind of an error decides what happens next: wait and repeat, ask the administrator, ask the
accountant, or look first whether a write was carried out.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from .messages import plain

CODE_LENGTH = 100  # NetSuite's longest code has half of it
PARAM_LENGTH = 500  # it stands inside a sentence for a person


class ErrorKind(str, Enum):
    """What an error means for the caller."""

    TRANSIENT = "transient"  # repeat later; nothing was changed
    CONCURRENCY = "concurrency"  # too many calls at once; not executed
    AUTH = "auth"  # the connection has to be renewed; never repeat in a loop
    PERMISSION = "permission"  # the role, or a feature of the account, is lacking
    DATA = "data"  # NetSuite refuses this record's values
    NOT_FOUND = "not_found"  # NetSuite says positively that the record does not exist
    AMBIGUOUS = "ambiguous"  # a write may have been carried out: look before repeating
    BUG = "bug"  # our own request, or our understanding of the answer, is wrong


class NetsuiteError(Exception):
    """An answer, or a missing answer, that stops the work at hand.

    :param code: NetSuite's error code, or a more exact one of our catalogue.
    :param detail: NetSuite's own words.
    :param http_status: status of the answer; None when no answer came.
    :param path: path of the request.
    :param params: values for the placeholders of the catalogue's sentences.
    :param field: the field NetSuite complains about (``o:errorPath``).
    :param retry_after: seconds that NetSuite asks to wait.
    """

    kind = ErrorKind.BUG

    def __init__(
        self,
        code: str,
        *,
        detail: str = "",
        http_status: int | None = None,
        path: str = "",
        params: Mapping[str, str] | None = None,
        field: str = "",
        retry_after: float | None = None,
    ) -> None:
        # NetSuite's own words may hold anything, and are stored and shown.
        code, field = plain(code, CODE_LENGTH), plain(field, CODE_LENGTH)
        detail, path = plain(detail), plain(path)
        super().__init__(code, detail)
        self.code = code
        self.detail = detail
        self.http_status = http_status
        self.path = path
        self.field = field
        self.retry_after = retry_after
        self.params: dict[str, str] = {
            "code": code,
            "detail": detail,
            "path": path,
            "field": field,
            "status": "" if http_status is None else str(http_status),
            **{key: plain(value, PARAM_LENGTH) for key, value in (params or {}).items()},
        }

    @property
    def is_passing(self) -> bool:
        """Tell whether the trouble ends by itself: an outage, or too many calls at once."""
        return self.kind in (ErrorKind.TRANSIENT, ErrorKind.CONCURRENCY)

    @property
    def may_be_repeated(self) -> bool:
        """Tell whether the same call may be sent again without looking first."""
        return self.is_passing

    def __str__(self) -> str:
        status = f" (HTTP {self.http_status})" if self.http_status is not None else ""
        where = f" {self.path}" if self.path else ""
        return f"{self.code}{status}{where}: {self.detail}"


class TransientError(NetsuiteError):
    """NetSuite or the network is out of order for a while; nothing was changed."""

    kind = ErrorKind.TRANSIENT


class ConcurrencyError(NetsuiteError):
    """Too many calls ran at once; NetSuite has not executed this one."""

    kind = ErrorKind.CONCURRENCY


class AuthError(NetsuiteError):
    """NetSuite does not accept the credentials."""

    kind = ErrorKind.AUTH


class TokenAuthError(AuthError):
    """No access token could be had."""


class PermissionDenied(NetsuiteError):
    """The role may not do this, or the account lacks the feature."""

    kind = ErrorKind.PERMISSION


class DataError(NetsuiteError):
    """NetSuite refuses the record or its values."""

    kind = ErrorKind.DATA


class RecordNotFound(NetsuiteError):
    """NetSuite says that the record does not exist."""

    kind = ErrorKind.NOT_FOUND


class AmbiguousOutcome(NetsuiteError):
    """A write was sent, and nobody can say whether it was carried out."""

    kind = ErrorKind.AMBIGUOUS


class ClientBug(NetsuiteError):
    """Our own request or our reading of the answer is wrong."""

    kind = ErrorKind.BUG


CLASS_OF_KIND: dict[ErrorKind, type[NetsuiteError]] = {
    ErrorKind.TRANSIENT: TransientError,
    ErrorKind.CONCURRENCY: ConcurrencyError,
    ErrorKind.AUTH: AuthError,
    ErrorKind.PERMISSION: PermissionDenied,
    ErrorKind.DATA: DataError,
    ErrorKind.NOT_FOUND: RecordNotFound,
    ErrorKind.AMBIGUOUS: AmbiguousOutcome,
    ErrorKind.BUG: ClientBug,
}
