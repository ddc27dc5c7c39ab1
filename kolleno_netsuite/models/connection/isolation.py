"""One bad thing costs itself only: a batch is halved until the bad one stands alone."""

import errno
import logging
from typing import NamedTuple

import psycopg2
from odoo import models
from odoo.exceptions import LockError
from odoo.tools import mute_logger
from psycopg2 import errors as pg_errors

from ...const import ISOLATED_CHUNK
from ...exceptions import RecordBlocked, RecordFailed

_logger = logging.getLogger(__name__)

# The machine's troubles, not a file's own: no space, no handles, no memory, a broken disk.
MACHINE_ERRNOS = {
    errno.ENOSPC,
    errno.EDQUOT,
    errno.EMFILE,
    errno.ENFILE,
    errno.ENOMEM,
    errno.EIO,
    errno.EROFS,
}
# A value of the record itself is too much for PostgreSQL (class 54, as an index row of over
# 2,704 bytes): psycopg2 files it under OperationalError, although waiting does not help.
TOO_MUCH_OF_A_RECORD = (
    pg_errors.ProgramLimitExceeded,
    pg_errors.StatementTooComplex,
    pg_errors.TooManyColumns,
    pg_errors.TooManyArguments,
)
# Odoo's threaded server ends a request or a scheduled action by raising a bare `Exception` in
# this function of odoo/service/server.py.
TIME_LIMIT_FUNCTION = "signal_time_expired_handler"
# Said in words of our own, with what is missing: a traceback would add nothing.
EXPLAINED = (RecordBlocked, RecordFailed, LockError)


class Isolated(NamedTuple):
    """What became of a batch.

    :param done: ``[(part, what work returned for it)]``.
    :param errors: ``[(part of one item, its exception)]``.
    :param rest: items that were not tried, as a part of the same kind as the batch: there were
        more bad ones than one transaction has savepoints for.
    """

    done: list
    errors: list
    rest: object


def is_infrastructure(error):
    """Tell whether an error is the machine's or the database's, and no record's.

    Such an error is never counted against a record: the connection to PostgreSQL was lost, a
    transaction met another one, the disk or the memory is full, the process's time is over.
    What it stopped is tried again once the cause is gone.

    :param error: any exception.
    """
    if isinstance(error, TOO_MUCH_OF_A_RECORD):
        return False
    if isinstance(error, (psycopg2.OperationalError, psycopg2.InterfaceError, MemoryError)):
        return True
    if isinstance(error, OSError):
        return error.errno in MACHINE_ERRNOS
    return is_time_limit(error)


def is_time_limit(error):
    """Tell whether Odoo's server ends this process's work because it took too long."""
    return _raised_in(error) == TIME_LIMIT_FUNCTION


def _raised_in(error):
    """Return the name of the function in which `error` was raised."""
    traceback = error.__traceback__
    if traceback is None:
        return ""
    while traceback.tb_next:
        traceback = traceback.tb_next
    return traceback.tb_frame.f_code.co_name


def isolate(env, items, work, *, limit=ISOLATED_CHUNK):
    """Do `work` on all `items` at once, and on fewer and fewer where something is bad.

    Each try is a savepoint that is undone when it fails, so `work` may only do what a rollback
    undoes, never call NetSuite to change something there. Whatever a bad item raises is caught
    and returned with it; what is the infrastructure's (`is_infrastructure`) is raised, because
    the next item would meet it too.

    :param env: the environment whose transaction is worked in.
    :param items: a recordset, or a list of documents (``{"row": {"id": …}, …}``) or others.
    :param work: function of a part of `items`, of the same kind.
    :param limit: savepoints at most; PostgreSQL slows down from 64 subtransactions on.
    :return: `Isolated`.
    """
    done, errors = [], []
    waiting = [items] if len(items) else []
    # What was to be written before is no item's: a savepoint would flush it within the first try.
    env.flush_all()
    for _savepoint in range(limit):
        if not waiting:
            break
        part = waiting.pop()
        result, error = _attempt(env, part, work)
        if error is None:
            done.append((part, result))
        elif len(part) > 1:
            middle = len(part) // 2
            waiting += [part[middle:], part[:middle]]
        else:
            if not isinstance(error, EXPLAINED):
                _logger.warning(
                    "NetSuite: %s could not be processed", _name_of(part), exc_info=error
                )
            errors.append((part, error))
    rest = items[:0]
    for part in reversed(waiting):
        rest = rest + part
    return Isolated(done, errors, rest)


def _name_of(part):
    """Return what a log may call a part of one item: never its content."""
    if not isinstance(part, models.BaseModel):
        item = part[0]
        if isinstance(item, models.BaseModel):
            return _name_of(item)
        item = item.get("row", item) if isinstance(item, dict) else {}
        return f"the record {item.get('id') or item.get('internal_id')}"
    if part._name == "netsuite.record":
        return f"{part.record_type} {part.internal_id} ({part})"
    return str(part)


def _attempt(env, part, work):
    """Do `work` in a savepoint; return (result, None), or (None, the error that undid it)."""
    try:
        with mute_logger("odoo.sql_db"), env.cr.savepoint():
            result = work(part)
            env.flush_all()
    except Exception as error:  # whatever one item raises costs that item only
        if is_infrastructure(error):
            raise
        return None, error
    return result, None
