from odoo import SUPERUSER_ID, api
from odoo.addons.kolleno_netsuite.mappers.queries.record_sources import RECORD_SOURCES
from odoo.addons.kolleno_netsuite.mappers.queries.shape import names_of

UNTIL_NOW = "Known from what was read until the upgrade"
REFUSED = "NetSuite refused it before the upgrade"


def migrate(cr, version):
    """Note for each connection what it has worked with so far, so that nothing of it can flip.

    An account that lost its subsidiaries to a refused query gets them back: they were read.
    """
    env = api.Environment(cr, SUPERUSER_ID, {"active_test": False})
    for connection in env["netsuite.connection"].search([]):
        values = _features(env, connection) | _tables(connection)
        for value in ("yes", "no"):
            source = UNTIL_NOW if value == "yes" else REFUSED
            found = {key: value for key, each in values.items() if each == value}
            env["netsuite.fact"]._learn(connection, found, source)


def _features(env, connection):
    read = env["netsuite.record"].search_count
    of = [("connection_id", "=", connection.id)]
    found = {}
    if read([*of, ("record_type", "=", "subsidiary")], limit=1):
        found["one_world"] = "yes"
    elif not connection.one_world:
        found["one_world"] = "no"
    if read([*of, ("record_type", "=", "currency")], limit=1):
        found["multi_currency"] = "yes"
    return found


def _tables(connection):
    """Return what was read of each type, and what its stream did without."""
    found = {}
    for stream in connection.stream_ids.filtered(lambda each: each.last_success_at):
        left_out = set(stream.missing_columns or ())
        names = names_of(RECORD_SOURCES[stream.record_type])
        lacking = {name for name in names if name in left_out or name.partition(".")[2] in left_out}
        for name, optional in names.items():
            if not optional and "." in name:
                continue
            key = f"column:{name}" if "." in name else f"table:{name}"
            if name in lacking:
                found.setdefault(key, "no")
            elif name.partition(".")[0] not in lacking:
                found[key] = "yes"
        # What stays there are fields of the account's own.
        stream.missing_columns = [
            each
            for each in stream.missing_columns or ()
            if each not in {part for name in lacking for part in (name, name.partition(".")[2])}
        ]
    return found
