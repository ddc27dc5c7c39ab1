import re
from dataclasses import replace
from datetime import timedelta

from odoo import api, models

from ...client.errors import ErrorKind
from ...mappers.landing import OPEN_AMOUNTS
from ...mappers.queries.record_sources import RECORD_SOURCES
from ...mappers.queries.shape import LINK_DATE, names_of
from ..connection.hook import hook
from ..record.netsuite_fact import CONFIRM_HOURS, is_dispensable

# Refused together with the right to see subsidiaries: one right, one issue.
ONE_WORLD_NAMES = {"subsidiary", "customersubsidiaryrelationship", "representingsubsidiary"}


def _mentions(expression, column):
    """Tell whether a column stands in a SuiteQL expression."""
    return bool(column and re.search(rf"\b{re.escape(column)}\b", expression.sql, re.IGNORECASE))


def _column_of(error):
    """Return the column that NetSuite refuses, lower case and without its table."""
    return (error.params.get("column") or "").lower().rpartition(".")[2]


def _table_of(error):
    return (error.params.get("table") or "").lower()


def _key_of(name):
    """Return the key of the fact about ``table`` or ``table.column``."""
    return f"column:{name}" if "." in name else f"table:{name}"


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
        """Return the record source of this account: what all have, and its own columns."""
        source = connection._source(record_type)
        fixed = RECORD_SOURCES[record_type].columns
        extra = {
            alias: expression
            for alias, expression in self._extra_columns(connection, record_type).items()
            if alias not in fixed
        }
        if not extra:
            return source
        columns, optional = {**source.columns, **extra}, {*source.optional, *extra}
        return replace(source, columns=columns, optional=optional)

    @api.model
    def _missing_columns(self, connection, stream):
        """Return the aliases of the account's own columns that NetSuite does not know."""
        missing = stream.missing_columns
        if not missing:
            return frozenset()
        extra = self._extra_columns(connection, stream.record_type)
        fixed = RECORD_SOURCES[stream.record_type].columns
        return frozenset(
            alias
            for alias, expression in extra.items()
            if alias not in fixed
            and (alias in missing or any(_mentions(expression, each) for each in missing))
        )

    # === BUSINESS METHODS - WHAT NETSUITE REFUSES === #

    @api.model
    def _leave_out(self, stream, error):
        """Do without what NetSuite refuses; return whether that helps.

        A column of the account's own costs itself only. What all accounts can have is left out
        when it never answered yet. What answered before is a right that was lost: then nothing is
        left out, and the reading stops (docs/DECISIONS.md).
        """
        connection = stream.connection_id
        own = self._refused_columns(stream, error)
        if own:
            self._leave_columns_out(stream, own, error)
            return True
        names = self._refused_names(stream, error)
        known = set(connection.fact_ids.filtered("value").mapped("key"))
        new = [name for name, optional in names.items() if optional and _key_of(name) not in known]
        if not new:
            return False
        # In set-up its test says so, and what is known of the account.
        for name in new if connection._is_begun() else ():
            # What the lines tell instead is not missing.
            if name.partition(".")[2] not in OPEN_AMOUNTS:
                self._list_left_out(stream, name, error)
        self.env["netsuite.fact"]._learn(
            connection,
            {_key_of(name): "no" for name in new},
            self.env._(
                "NetSuite refused it when it was first asked for: not enabled in this account, or "
                "the role lacks the permission"
            ),
        )
        return True

    @api.model
    def _list_left_out(self, stream, name, error):
        """List, as a note, what a stream is read without.

        :param name: a table, or a column behind whatever it belongs to: ``table.column``.
        """
        table, _dot, column = name.partition(".")
        if column:
            title = self.env._(
                "%(type)s are read without the field %(column)s, which this account does not have",
                type=stream._label(),
                column=column,
            )
        else:
            title = self.env._(
                "%(type)s are read without %(records)s, which this account does not show",
                type=stream._label(),
                records=self.env["netsuite.fact"].new({"key": f"table:{table}"})._label(),
            )
        self.env["netsuite.issue"]._touch(
            stream.connection_id,
            "column",
            f"column:{stream.record_type}:{column or table}",
            title,
            self.env._(
                "If you expect this field, check the role's permissions; otherwise "
                "you can ignore this."
            ),
            severity="0",
            detail=str(error),
        )

    @api.model
    def _leave_columns_out(self, stream, columns, error):
        """Read a stream without columns of the account's own from now on, with one issue each."""
        stream.missing_columns = [*(stream.missing_columns or ()), *columns]
        for column in columns:
            self._list_left_out(stream, f"{stream.record_type}.{column}", error)
        self._columns_missing(stream, columns, error)

    @hook
    @api.model
    def _columns_missing(self, stream, columns, error):
        """Follow that some columns of a stream are not read any more.

        :param columns: names of the columns that NetSuite refused with `error`.
        """

    @api.model
    def _refused_columns(self, stream, error):
        """Return the names of the account's own columns that made NetSuite refuse."""
        connection = stream.connection_id
        fixed = RECORD_SOURCES[stream.record_type].columns
        missing = self._missing_columns(connection, stream)
        extra = {
            alias: expression
            for alias, expression in self._extra_columns(connection, stream.record_type).items()
            if alias not in fixed and alias not in missing
        }
        if error.code == "INVALID_PARAMETER":
            # It does not say what it refuses. The fixed columns never were the reason before.
            return self._guilty(stream, list(extra))
        column = _column_of(error)
        if not column:
            return []
        mentioning = [
            alias
            for alias, expression in extra.items()
            if column == alias or _mentions(expression, column)
        ]
        if mentioning and self._refused_names(stream, error):
            # A fixed column has the same name: each is asked for alone, and its own answer counts.
            return self._guilty(stream, mentioning, sure=False)
        return [column] if mentioning else []

    @api.model
    def _refused_names(self, stream, error):
        """Return the tables and columns of all accounts that NetSuite may mean by a refusal.

        :return: {``table`` or ``table.column``: can be done without}.
        """
        source = stream.connection_id._source(stream.record_type)
        names = names_of(source)
        if source.linked_by == "link":
            names[LINK_DATE] = True
        table = (error.params.get("table") or "").lower()
        column = _column_of(error)
        if column:
            # Several tables of a query can have it; NetSuite does not always say which it means.
            shown = set(re.findall(r"=(\w+)", error.detail.lower())) or {table} - {""}
            found = {
                name: optional
                for name, optional in names.items()
                if name.partition(".")[2] == column
            }
            meant = {
                name: optional
                for name, optional in found.items()
                if name.partition(".")[0] in shown
            }
            return meant if shown else found
        if not table or table not in names:
            return {}
        # Never the one of all transactions, whatever type it was refused for.
        own = table == source.query.table and is_dispensable(table)
        return {table: names[table] or own}

    @api.model
    def _lost(self, connection, stream, error):
        """Return the `netsuite.fact` of what answered before and is refused now, or none.

        :param stream: the stream that was read; empty for what concerns all documents.
        """
        Fact = self.env["netsuite.fact"]
        if error.kind is not ErrorKind.PERMISSION and error.code != "UNKNOWN_COLUMN":
            return Fact
        if ONE_WORLD_NAMES & {_column_of(error), _table_of(error)}:
            fact = Fact._of(connection, "one_world")
            if fact.value == "yes":
                return fact
        names = [*self._refused_names(stream, error)] if stream else []
        if _table_of(error) and not _column_of(error):
            names.append(_table_of(error))
        for name in names:
            fact = Fact._of(connection, _key_of(name))
            if fact:
                return fact if fact.value == "yes" else Fact
        if not stream or not stream.last_success_at:
            return Fact
        # It was read before, so what is refused had answered.
        names = [name for name in names if "." in name]
        if not names and (_table_of(error) or _column_of(error)):
            return Fact
        key = _key_of(names[0]) if names else f"read:{stream.record_type}"
        Fact._learn(connection, {key: "yes"}, self.env._("It was read before"))
        return Fact._of(connection, key)

    @api.model
    def _note_answered(self, stream, whole=False):
        """Note that what a stream asks for has answered.

        Lines and the like are asked for along with documents: of a type without any, only the
        record's own columns have answered.

        :param whole: everything was asked for, whether there are documents or not.
        """
        connection = stream.connection_id
        source = connection._source(stream.record_type)
        names = names_of(source)
        known = set(connection.fact_ids.mapped("key"))
        if not whole and source.parts and not known.issuperset(map(_key_of, names)):
            read = [
                ("connection_id", "=", connection.id),
                ("record_type", "=", stream.record_type),
            ]
            if not self.env["netsuite.record"].search_count(read, limit=1):
                names = names_of(replace(source, parts=()))
        answered = {
            _key_of(name): "yes" for name, optional in names.items() if optional or "." not in name
        }
        self.env["netsuite.fact"]._learn(
            connection, answered, self.env._("NetSuite answered when it was read")
        )
        self.env["netsuite.fact"]._works_again(connection, stream.record_type)

    @api.model
    def _answered_lately(self, stream, now):
        """Tell whether an answer without any record says nothing that is not known already.

        :param now: UTC, naive.
        """
        if stream.phase != "regular":
            return False
        key = _key_of(RECORD_SOURCES[stream.record_type].query.table)
        # One look at two of some sixty facts, in each reading of each type.
        facts = self.env["netsuite.fact"].search_fetch(
            [
                ("connection_id", "=", stream.connection_id.id),
                *("|", ("key", "=", key), ("refused_at", "!=", False)),
            ],
            ["key", "refused_at", "confirmed_at"],
        )
        recent = now - timedelta(hours=CONFIRM_HOURS)
        told = facts.filtered(
            lambda fact: fact.key == key and (fact.confirmed_at or recent) > recent
        )
        return bool(told) and not any(facts.mapped("refused_at"))

    @hook
    @api.model
    def _guilty(self, stream, aliases, *, sure=True):
        """Return which of `aliases` NetSuite refused without naming one; all when nobody knows.

        :param aliases: aliases of `_extra_columns`.
        :param sure: at least one of them was refused.
        """
        return aliases if sure else []
