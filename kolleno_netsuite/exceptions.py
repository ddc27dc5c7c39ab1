"""What can stop one record, or a connection, said so that a person can act on it."""

from typing import NamedTuple

from odoo.exceptions import UserError
from psycopg2 import errors as pg_errors


class Missing(NamedTuple):
    """One thing that a record waits for.

    :param key: what is missing, as ``kind:netsuite id`` (``account:4711``); records that
        miss the same thing share one line in Issues.
    :param kind: a key of the selection ``netsuite.issue.kind``.
    :param title: translated sentence naming the missing thing, without the count.
    :param advice: translated sentence saying what to do.
    """

    key: str
    kind: str
    title: str
    advice: str = ""


class RecordBlocked(Exception):
    """Raised while a record is booked when something that it needs is not there yet.

    The record waits and continues automatically once what is missing appears.

    :param missing: each thing that the record waits for, so that a person who fixes one
        mapping is not shown the next only afterwards.
    """

    def __init__(self, *missing: Missing):
        super().__init__(", ".join(item.title for item in missing))
        self.missing = missing


class RecordFailed(Exception):
    """Raised while a record is booked when its own content cannot be booked exactly.

    Not retried until the record changes in NetSuite or a person asks for it.

    :param code: short stable word for the kind of failure; groups records in Issues.
    :param title: translated sentence saying what is wrong.
    :param advice: translated sentence saying what to do.
    """

    def __init__(self, code: str, title: str, advice: str = ""):
        super().__init__(title)
        self.code = code
        self.title = title
        self.advice = advice


class CannotConnect(UserError):
    """Raised when this database cannot, or may not, speak to NetSuite with what it has.

    A missing credential, a refused address: nothing was sent, and someone has to look at it. Behind
    a button it is shown like any other `UserError`.
    """

    # Odoo's web client knows exceptions by name, and takes this one's dialog for unknown names.
    context = {"exception_class": "odoo.exceptions.UserError"}


class DatabaseMoved(CannotConnect):
    """Raised when this database is not for certain the one that was connected to NetSuite.

    Nothing is wrong with the sign-in: an administrator says whether this is the original or a copy.
    """


# What PostgreSQL answers when another transaction changed the same row first, or made the row
# that both found missing; the unit is simply done again on fresh data.
CONCURRENT_CHANGES = (
    pg_errors.UniqueViolation,
    pg_errors.SerializationFailure,
    pg_errors.DeadlockDetected,
    pg_errors.LockNotAvailable,
)
