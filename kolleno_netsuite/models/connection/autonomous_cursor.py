"""A cursor whose work stays whatever becomes of the caller's transaction."""

from contextlib import contextmanager

from odoo import sql_db


@contextmanager
def autonomous_cursor(dbname):
    """Yield a cursor that commits each statement at once, apart from the work's transaction.

    Not the registry's cursor: in tests that one shares the work's transaction, and the locks of
    two callers in one database session would not exclude each other.
    """
    cr = sql_db.db_connect(dbname).cursor()
    try:
        cr.connection.autocommit = True
        yield cr
    finally:
        cr.connection.autocommit = False
        cr.close()
