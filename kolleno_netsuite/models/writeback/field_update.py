"""Field updates: one PATCH with all fields of one record."""

from typing import NamedTuple

from ...client.clock import zone_named
from ...client.errors import ErrorKind, NetsuiteError, RecordNotFound
from ...client.metadata import DATETIME
from ...const import STANDSTILL_CODES
from ...mappers.bodies import field_update
from ...mappers.bodies.values import value_of
from ...mappers.fields import ConversionError
from ...mappers.queries.field_values import alias_of, values_query
from ..field_mapping.field_target import TARGETS

# Records that one look reads by themselves: a call each, while nothing is committed.
SINGLE_READS = 50
# What says that a record of this type and id is not there.
GONE_CODES = ("WRONG_TRANSACTION_TYPE",)


class Seen(NamedTuple):
    """What NetSuite holds of the records of some write-backs.

    :param values: {write-back: {field: value}}; a field that could not be read is left out.
    :param errors: {write-back: the `NetsuiteError` of a record that could not be read at all}.

    A write-back that is in neither was not looked at yet.
    """

    values: dict
    errors: dict


class FieldUpdate:
    """Changes fields of a record that is there.

    :param connection: the `netsuite.connection`.
    :param client: a `NetsuiteClient` to look with; sending takes its own.
    """

    def __init__(self, connection, client):
        self.connection = connection
        self.client = client
        self.zone = zone_named(connection.session_zone)

    # === LOOKING === #

    def look(self, rows):
        """Read what NetSuite holds of the fields of `rows`: one query for all of a type.

        What no query shows is read record by record.

        :param rows: `netsuite.writeback`, `const.READ_BACK` at most.
        :raise NetsuiteError: NetSuite cannot or will not answer.
        """
        values, errors, singles = {}, {}, 0
        for record_type, group in rows.grouped("record_type").items():
            kinds = {}
            for row in group:
                kinds |= row.value_ids._kinds()
            found, unasked = self._query(record_type, group, kinds)
            for row in group:
                wanted = row.value_ids._kinds()
                missing = row.netsuite_internal_id not in found
                single = (
                    dict(wanted) if missing else {n: k for n, k in wanted.items() if n in unasked}
                )
                held = {} if missing else found[row.netsuite_internal_id]
                values[row] = {name: held[name] for name in wanted if name in held}
                if not (single or missing):
                    continue
                if singles == SINGLE_READS:
                    del values[row]
                    continue
                singles += 1
                error = self._read(row, single, values[row])
                if error:
                    errors[row] = error
        return Seen({row: held for row, held in values.items() if row not in errors}, errors)

    def _query(self, record_type, rows, kinds):
        """Return ({internal id: {field: value}}, the fields that no query shows)."""
        # Without the session's zone nobody can say what a wall time is.
        unasked = {name for name, kind in kinds.items() if kind == DATETIME and self.zone is None}
        found = {}
        ids = tuple(sorted(set(rows.mapped("netsuite_internal_id"))))
        while True:
            asked = {name: kind for name, kind in sorted(kinds.items()) if name not in unasked}
            try:
                answer = list(self.client.rows(values_query(record_type, ids, asked)))
            except NetsuiteError as error:
                lost = self._unknown(error, asked)
                if not lost:
                    raise
                unasked |= lost
                continue
            for row in answer:
                held = found[int(row["id"])] = {}
                for number, (name, kind) in enumerate(asked.items()):
                    self._take(held, name, row.get(alias_of(number)), kind)
            return found, unasked

    @staticmethod
    def _unknown(error, asked):
        """Return which fields of a query NetSuite does not know; all of them when it does not say.

        None of them when it refused the query for another reason than what is asked for.
        """
        if error.kind not in (ErrorKind.DATA, ErrorKind.BUG) or error.code in STANDSTILL_CODES:
            return set()
        column = error.params.get("column", "").lower().rpartition(".")[2]
        return {name for name in asked if name.lower() == column} or set(asked)

    def _take(self, held, name, raw, kind):
        try:
            held[name] = value_of(raw, kind, self.zone)
        except ConversionError:
            # Not what the catalogue says: it counts as not read.
            held.pop(name, None)

    def _read(self, row, kinds, held):
        """Read fields of one record by itself; return the error that keeps it from being read."""
        rest_name = TARGETS[row.record_type].rest_name
        try:
            body = self.client.records.get(
                rest_name, row.netsuite_internal_id, fields=sorted(kinds) or None
            )
        except NetsuiteError as error:
            if error.is_passing or error.kind is ErrorKind.AUTH:
                raise
            return error
        for name, kind in kinds.items():
            self._take(held, name, body.get(name), kind)
        return None

    @staticmethod
    def is_gone(error):
        """Tell whether an error says that the record is not there any more."""
        return isinstance(error, RecordNotFound) or error.code in GONE_CODES

    # === SENDING === #

    @staticmethod
    def call(row):
        """Return the function of a `NetsuiteClient` that sends `row`; it touches no record of ours.

        :return: the function; it returns the NetSuite internal id.
        """
        rest_name, internal_id = TARGETS[row.record_type].rest_name, row.netsuite_internal_id
        body = field_update.body(row.value_ids._changes())

        def send(client):
            client.records.update(rest_name, internal_id, body)
            return internal_id

        return send

    # === UNDOING === #

    @staticmethod
    def undo(row):
        """Return the `WritebackChange` objects that take `row` back, as far as it is known how."""
        return row.value_ids._former_changes()
