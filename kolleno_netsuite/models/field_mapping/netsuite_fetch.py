from dataclasses import replace

from odoo import api, models

from ...client.errors import NetsuiteError
from ...client.suiteql import column, field_id_fault
from ...mappers.queries.record_sources import RECORD_SOURCES, Window, header_query


class NetsuiteFetch(models.AbstractModel):
    """Reads mapped fields beside the columns of all accounts."""

    _inherit = "netsuite.fetch"

    @api.model
    def _extra_columns(self, connection, record_type):
        columns = dict(super()._extra_columns(connection, record_type))
        for mapping in self.env["netsuite.field.mapping"]._reading(connection, [record_type]):
            if not field_id_fault(mapping.field_name):
                columns.setdefault(mapping._alias(), mapping._expression())
        return columns

    @api.model
    def _columns_missing(self, stream, columns, error):
        super()._columns_missing(stream, columns, error)
        self.env["netsuite.field.mapping"]._lose(stream, set(columns), error)

    @api.model
    def _begin_reading(self, streams):
        super()._begin_reading(streams)
        self.env["netsuite.field.mapping"]._refuse_unaskable(
            streams.connection_id, streams.mapped("record_type")
        )

    @api.model
    def _guilty(self, stream, aliases, *, sure=True):
        """Find the columns that NetSuite refused without naming them, by asking for each alone.

        One call for each column of the account's own, and only this once.
        """
        if sure and len(aliases) < 2:
            return super()._guilty(stream, aliases, sure=sure)
        connection = stream.connection_id
        client = connection._client()
        columns = self._extra_columns(connection, stream.record_type)
        guilty = [
            alias
            for alias in aliases
            if not self._is_known(connection, client, stream.record_type, alias, columns[alias])
        ]
        connection._store_calls(client)
        return guilty or super()._guilty(stream, aliases, sure=sure)

    @api.model
    def _is_known(self, connection, client, record_type, alias, expression):
        try:
            self._probe(connection, client, record_type, alias, expression)
        except NetsuiteError:
            return False
        return True

    @api.model
    def _probe(self, connection, client, record_type, alias, expression):
        """Ask NetSuite for one column of one record.

        :param expression: what SuiteQL is asked for, under the name `alias`.
        :raise NetsuiteError: it does not know the column, or cannot be asked.
        """
        source = RECORD_SOURCES[record_type]
        known = self.env["netsuite.record"].search(
            [("connection_id", "=", connection.id), ("record_type", "=", record_type)], limit=1
        )
        columns = {"id": column(f"{source.alias}.id"), alias: expression}
        query = header_query(
            replace(source, columns=columns),
            Window(ids=(known.internal_id or 1,)),
            missing=("lastmodified",),
        )
        for _row in client.rows(query):
            break
