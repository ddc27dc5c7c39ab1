import re
from dataclasses import replace

from odoo import api, models

from ...mappers.queries.record_sources import RECORD_SOURCES
from ..connection.hook import hook

# Columns that an account without subsidiaries does not have.
ONE_WORLD_COLUMNS = (
    "subsidiary",
    "representingsubsidiary",
    "intercotransaction",
    "intercostatus",
)


def _mentions(expression, column):
    """Tell whether a column stands in a SuiteQL expression."""
    return bool(column and re.search(rf"\b{re.escape(column)}\b", expression.sql, re.IGNORECASE))


class NetsuiteFetch(models.AbstractModel):
    """Which columns are read: those of all accounts, this account's own, and none it lacks."""

    _inherit = "netsuite.fetch"

    # === BUSINESS METHODS - COLUMNS === #

    @hook
    @api.model
    def _extra_columns(self, connection, record_type):
        """Return the columns that this connection reads besides those of `RECORD_SOURCES`.

        For fields of the account's own: extend it and add to what `super` returns. All of them
        are optional, so one that NetSuite does not know costs itself only. After a change
        of what is returned, `netsuite.stream._read_again` fetches it for what was read before.

        :return: ``{alias: expression}``; lower-case aliases of the record's own row, by which the
            value is found in the payload; the record's table is known under the stream's alias
            (``t`` for transactions, ``c`` for customers).
        """
        return {}

    @api.model
    def _record_source(self, connection, record_type):
        """Return the record source of this account: `RECORD_SOURCES` and its own columns."""
        source = connection._source(record_type)
        extra = {
            alias: expression
            for alias, expression in self._extra_columns(connection, record_type).items()
            if alias not in source.columns
        }
        if not extra:
            return source
        columns, optional = {**source.columns, **extra}, {*source.optional, *extra}
        return replace(source, columns=columns, optional=optional)

    @api.model
    def _missing_columns(self, connection, stream):
        """Return the aliases of the columns that this account does not have."""
        one_world = () if connection.one_world else ONE_WORLD_COLUMNS
        missing = stream.missing_columns or ()
        source = self._record_source(connection, stream.record_type)
        mentioning = [
            alias
            for columns in (source.columns, *(part.columns for part in source.parts))
            for alias, expression in columns.items()
            if alias in source.optional and any(_mentions(expression, each) for each in missing)
        ]
        return frozenset((*missing, *mentioning, *one_world))

    @api.model
    def _leave_out(self, stream, error):
        """Do without a column that this account does not know; return whether that helps.

        An unknown column costs the whole query, so it is dropped from then on, with one issue.
        """
        connection = stream.connection_id
        if error.code == "NOT_ONEWORLD" and connection.one_world:
            # sudo: netsuite.connection - the sync notes what NetSuite says about the account
            connection.sudo().one_world = False
            self.env["netsuite.reference"]._ensure_single_company(connection)
            return not RECORD_SOURCES[stream.record_type].one_world
        missing = stream.missing_columns or []
        columns = [each for each in self._refused(stream, error) if each not in missing]
        if not columns:
            return False
        stream.missing_columns = [*missing, *columns]
        for column in columns:
            self.env["netsuite.issue"]._touch(
                connection,
                "column",
                f"column:{stream.record_type}:{column}",
                self.env._(
                    "%(type)s are read without the field %(column)s, which this account does "
                    "not have",
                    type=stream._label(),
                    column=column,
                ),
                self.env._(
                    "If you expect this field, check the role's permissions; otherwise "
                    "you can ignore this."
                ),
                severity="0",
                detail=str(error),
            )
        self._columns_missing(stream, columns, error)
        return True

    @hook
    @api.model
    def _columns_missing(self, stream, columns, error):
        """Follow that some columns of a stream are not read any more.

        :param columns: names of the columns that NetSuite refused with `error`.
        """

    @api.model
    def _refused(self, stream, error):
        """Return the names of the columns that can be done without and made NetSuite refuse."""
        connection = stream.connection_id
        extra = self._extra_columns(connection, stream.record_type)
        if error.code == "INVALID_PARAMETER":
            # It does not say what it refuses. The fixed columns never were the reason before.
            missing = self._missing_columns(connection, stream)
            return self._guilty(stream, [alias for alias in extra if alias not in missing])
        if error.code == "UNKNOWN_TABLE":
            table = (error.params.get("table") or "").lower()
            parts = RECORD_SOURCES[stream.record_type].parts
            optional = any(part.optional and part.query.table == table for part in parts)
            return [table] if optional else []
        column = (error.params.get("column") or "").lower().rpartition(".")[2]
        known = column in RECORD_SOURCES[stream.record_type].optional or any(
            alias == column or _mentions(expression, column) for alias, expression in extra.items()
        )
        return [column] if error.code == "UNKNOWN_COLUMN" and known else []

    @hook
    @api.model
    def _guilty(self, stream, aliases):
        """Return which of `aliases` NetSuite refused without naming one; all when nobody knows.

        :param aliases: aliases of `_extra_columns`.
        """
        return aliases
