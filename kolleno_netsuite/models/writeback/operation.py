"""What a kind of write-back does: how NetSuite is looked at, and what is sent.

An operation is a plain class with the methods of `FieldUpdate`; `OPERATIONS` knows them by the
value of ``netsuite.writeback.operation``. Looking is shared by many write-backs, sending is one
call each.
"""

from .field_update import FieldUpdate

OPERATIONS = {"field_update": FieldUpdate}


def operation_of(connection, client, name):
    """Return the operation `name` of a connection, with a client to look with."""
    return OPERATIONS[name](connection, client)
