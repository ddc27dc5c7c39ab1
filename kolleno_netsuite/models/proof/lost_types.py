"""Types of transactions that NetSuite no longer shows, and what Odoo lacks for it.

A role that loses the permission for one type is not refused: its rows are missing from every
answer, as if they were deleted. So what Odoo holds of a type is held against what NetSuite shows.
"""

from decimal import Decimal

from odoo import fields
from odoo.tools import SQL
from odoo.tools.misc import formatLang

from ...client.suiteql import single_page
from ...const import TRANSACTION_TYPES
from ...mappers.queries.completeness import (
    HIDDEN,
    INSIDE,
    MIRRORED,
    Posting,
    shown_query,
)
from ...mappers.queries.transaction_types import record_type_of
from ..removal.removal import Removal

# What a fact notes as stopped when rows are missing in silence; no reading has that name.
ROWS = "rows:"


class LostTypes:
    """What a connection's role no longer sees of transactions, and what that comes to.

    :param connection: the `netsuite.connection`.
    """

    def __init__(self, connection):
        self.env = connection.env
        self.connection = connection

    # === NOTICING === #

    def silent(self, client, postings):
        """Return the record types of which Odoo holds documents and NetSuite shows none any more.

        That all of a type were deleted is told from a lost right by NetSuite's own word on one of
        them (`Removal`). One call more where a type posts nothing on receivables.

        :param postings: what NetSuite told that is on receivables.
        :raise NetsuiteError: NetSuite cannot or will not answer.
        """
        shown = {record_type_of(posting.code) for posting in postings}
        doubtful = [each for each in self._held() if each not in shown]
        if not doubtful:
            return []
        rows = single_page(client.transport, shown_query(doubtful))
        shown = {record_type_of(row["type"]) for row in rows if row.get("type")}
        return [
            each for each in doubtful if each not in shown and self._is_still_there(client, each)
        ]

    def _held(self):
        """Return {record type: booked documents} of the types that are read to their end."""
        types = self.connection.stream_ids.filtered(
            lambda stream: (
                stream.active
                and stream.phase == "regular"
                and stream.record_type in TRANSACTION_TYPES
            )
        ).mapped("record_type")
        return dict(
            self.env["netsuite.record"]._read_group(
                [
                    ("connection_id", "=", self.connection.id),
                    ("record_type", "in", types),
                    ("state", "=", "booked"),
                    ("removal_step", "=", False),
                ],
                ["record_type"],
                ["__count"],
            )
        )

    def _is_still_there(self, client, record_type):
        """Tell whether NetSuite has the last changed document of a type, by its own word."""
        record = self.env["netsuite.record"].search(
            [
                ("connection_id", "=", self.connection.id),
                ("record_type", "=", record_type),
                ("state", "=", "booked"),
                ("removal_step", "=", False),
            ],
            order="last_modified DESC NULLS LAST, id DESC",
            limit=1,
        )
        return Removal(self.connection).is_gone(client, record) is False

    # === NOTING === #

    def note(self, silent):
        """List the types that NetSuite no longer shows, and close those that it shows again.

        :param silent: what `silent` returned.
        :return: the streams of what is shown again; they are read from where it was shown last.
        """
        # Also of what was switched off meanwhile: nothing of it is missed any more.
        streams = self.connection.with_context(active_test=False).stream_ids
        for stream in streams.filtered(lambda each: each.record_type in silent):
            self._list(stream)
        Fact = self.env["netsuite.fact"]
        again = streams.filtered(
            lambda each: (
                each.record_type not in silent and ROWS + each.record_type in self._stopped()
            )
        )
        for stream in again:
            Fact._works_again(self.connection, ROWS + stream.record_type)
            self._go_back(stream)
            self._note_unproved(stream.record_type)
        return again.filtered("active")

    def _list(self, stream):
        Fact = self.env["netsuite.fact"]
        key = f"read:{stream.record_type}"
        Fact._learn(self.connection, {key: "yes"}, self.env._("It was read before"))
        fact = Fact._of(self.connection, key)
        if ROWS + stream.record_type not in (fact.refused_for or ()):
            # The last time that all of its rows were there.
            stream.hidden_since = self.connection.completeness_at
        fact._refuse(
            ROWS + stream.record_type,
            self.env._("NetSuite shows none of them any more, and does not say why."),
            concerns=self._held_sentence(stream),
        )

    def _go_back(self, stream):
        """Have read what NetSuite changed while it did not show this type."""
        if not stream.hidden_since or not stream.cursor_at:
            stream._read_again()
        else:
            stream.write(
                {
                    "cursor_at": min(stream.cursor_at, stream.hidden_since),
                    "window_until": False,
                    "cursor_id": 0,
                    "next_read_at": fields.Datetime.now(),
                }
            )
        stream.hidden_since = False

    def _note_unproved(self, record_type):
        """Have the customers compared again of whom documents went missing."""
        self.env["netsuite.record"].flush_model()
        # As many as there are of the type: one statement, of which the ORM would read each.
        self.env.execute_query(
            SQL(
                """WITH noted AS (
                    UPDATE netsuite_record SET unproved = TRUE
                    WHERE connection_id = %s AND record_type = %s AND state = 'booked'
                        AND NOT COALESCE(unproved, FALSE) RETURNING 1)
                SELECT COUNT(*) FROM noted""",
                self.connection.id,
                record_type,
            )
        )
        self.env["netsuite.record"].invalidate_model(["unproved"])

    def _stopped(self):
        """Return what is refused of this connection now: record types, and others by name."""
        # Of some sixty facts hardly any is refused.
        facts = self.env["netsuite.fact"].search_fetch(
            [("connection_id", "=", self.connection.id), ("refused_at", "!=", False)],
            ["refused_for"],
        )
        return {each for fact in facts for each in fact.refused_for or ()}

    def types(self):
        """Return the types of transactions that NetSuite refuses, or no longer shows."""
        stopped = {each.removeprefix(ROWS) for each in self._stopped()}
        return [each for each in TRANSACTION_TYPES if each in stopped]

    def _held_sentence(self, stream):
        """Return how many documents of a type Odoo holds, and what is open of them."""
        self.env.flush_all()
        number = self._held().get(stream.record_type, 0)
        rows = self.env.execute_query(
            # Journal items of any number of documents, added up where they are.
            SQL(
                """SELECT l.currency_id,
                    SUM(l.amount_residual_currency + COALESCE(l.netsuite_set_off, 0))
                FROM netsuite_record r
                JOIN account_move m ON m.netsuite_record_id = r.id AND m.state = 'posted'
                JOIN account_move_line l ON l.move_id = m.id
                JOIN account_account a ON a.id = l.account_id
                    AND (a.account_type = 'asset_receivable' OR l.netsuite_deposit)
                WHERE r.connection_id = %s AND r.record_type = %s AND r.state = 'booked'
                GROUP BY l.currency_id ORDER BY l.currency_id""",
                self.connection.id,
                stream.record_type,
            )
        )
        currencies = self.env["res.currency"].browse([currency for currency, _amount in rows])
        amounts = [
            self._words(amount, currency)
            for currency, (_id, amount) in zip(currencies, rows, strict=True)
            if amount
        ]
        words = {
            "count": formatLang(self.env, number, digits=0),
            "amounts": " \N{MIDDLE DOT} ".join(amounts),
        }
        if not amounts:
            return self.env._(
                "Odoo keeps what it holds of them, as it was last read: %(count)s, nothing of it "
                "open.",
                **words,
            )
        return self.env._(
            "Odoo keeps what it holds of them, as it was last read: %(count)s, with %(amounts)s "
            "open.",
            **words,
        )

    def _words(self, amount, currency):
        return f"{formatLang(self.env, amount, digits=currency.decimal_places)} {currency.name}"

    # === WHAT IS MISSING === #

    def with_earlier(self, postings, hidden, silent):
        """Return postings and hidden ones, as far as it is known what is hidden.

        What a rule leaves out of a type, and what was told of that before it went missing, is no
        part of what is missing now.

        :param postings: what NetSuite shows.
        :param hidden: what its accounts hold besides.
        :param silent: the types that it no longer shows.
        """
        if not silent:
            return postings, hidden
        earlier = [
            self._posting_of(row)
            for row in self.connection.completeness_ids
            if record_type_of(row.type_code) in silent and row.category not in (MIRRORED, HIDDEN)
        ]
        left = {(each.account, each.subsidiary): each.amount for each in hidden}
        for each in earlier:
            key = (each.account, each.subsidiary)
            left[key] = left.get(key, Decimal(0)) - each.amount
        rest = [
            Posting("", HIDDEN, account, subsidiary, 0, amount)
            for (account, subsidiary), amount in sorted(left.items())
            if amount
        ]
        # Where nobody knows what is hidden, nothing may be taken from it.
        return [*postings, *earlier], rest if hidden else hidden

    def _posting_of(self, row):
        digits = row.currency_id.decimal_places if row.currency_id else 2
        return Posting(
            row.type_code,
            row.category,
            row.account_internal_id,
            row.subsidiary_internal_id,
            row.documents,
            Decimal(f"{row.amount:.{digits}f}"),
            row.first_date or None,
            row.last_date or None,
            row.period or "",
        )

    def told(self, postings, hidden, told, rules):
        """Return what NetSuite's receivables hold that Odoo should hold, as far as it tells.

        :param postings: with those that were told before.
        :param hidden: what stands on receivables and is not shown.
        :param told: the `Told` that they come from.
        :param rules: the `Rules` that it was asked by.
        :return: {company's id: amount in its currency}; None when it is not known.
        """
        silent = self._silent_streams()
        if silent and not hidden:
            # The ledger may hide them just as well.
            return None
        if told.hidden and not (silent and hidden):
            return None
        if silent and (rules.start or rules.excluded) and not all(silent.mapped("hidden_since")):
            # What of them a rule leaves out was never told.
            return None
        companies = {
            row.internal_id: row.company_id.id for row in self.connection.subsidiary_ids
        } or {0: self.connection.company_id.id}
        found = {}
        for each in (*postings, *hidden):
            company = companies.get(each.subsidiary)
            if company and each.category == INSIDE:
                return None
            if company and each.category in (MIRRORED, HIDDEN):
                found[company] = found.get(company, Decimal(0)) + each.amount
        comparable = self.env["netsuite.proof"]._comparable_companies(self.connection)
        return found if set(found) <= set(comparable) else None

    def _silent_streams(self):
        stopped = self._stopped()
        return self.connection.stream_ids.filtered(lambda each: ROWS + each.record_type in stopped)

    def plan(self, told):
        """Note what NetSuite told, to be compared once all that was read is booked.

        :param told: what `told` returned.
        """
        types = self.types()
        if not types:
            self.connection.receivables_missing = False
            self._solve()
            return
        amounts = None if told is None else {str(key): str(told[key]) for key in told}
        self.connection.receivables_missing = {
            **(self.connection.receivables_missing or {"amounts": None}),
            "types": types,
            "told": amounts,
            "due": True,
        }

    def have_changed(self):
        """Tell whether other types are lost than when NetSuite told last what it has of them."""
        noted = self.connection.receivables_missing or {}
        return noted.get("types", []) != self.types()

    def is_due(self):
        """Tell whether what NetSuite told last is still to be compared with Odoo."""
        return bool((self.connection.receivables_missing or {}).get("due"))

    def name(self):
        """Name what Odoo's receivables lack, in the reconciliation and in Issues; never commits."""
        noted = self.connection.receivables_missing
        told = noted["told"]
        amounts = None
        if told is not None:
            amounts = {}
            odoo = self._odoo_amounts()
            for company in self.env["res.company"].browse({*map(int, told), *odoo}):
                currency = company.currency_id
                missing = Decimal(told.get(str(company.id), "0")) - odoo.get(company.id, Decimal(0))
                amounts[currency.name] = amounts.get(currency.name, Decimal(0)) + missing
        self.connection.receivables_missing = {
            "types": noted["types"],
            "due": False,
            "told": told,
            "amounts": None
            if amounts is None
            else {name: str(amount) for name, amount in amounts.items()},
        }
        if amounts is not None and not any(amounts.values()):
            self._solve()
            return
        Fact = self.env["netsuite.fact"]
        places = dict.fromkeys(Fact._place(each) for each in noted["types"])
        self.env["netsuite.issue"]._touch(
            self.connection,
            "completeness",
            "missing",
            self.sentence().rstrip("."),
            self.env._(
                "What Odoo holds stays as it is. Give the role its permissions back (%s): what is "
                "missing is read then by itself.",
                "; ".join(places),
            ),
            severity="1",
        )

    def sentence(self):
        """Return what Odoo's receivables lack, in words; empty while all types are shown."""
        noted = self.connection.receivables_missing
        if not noted:
            return ""
        labels = self.env["netsuite.record"]._record_type_labels()
        words = {"types": ", ".join(labels[each] for each in noted["types"])}
        if noted["amounts"] is None:
            return self.env._(
                "It is not known how much is missing in Odoo while NetSuite does not show: "
                "%(types)s.",
                **words,
            )
        currencies = (
            self.env["res.currency"]
            .with_context(active_test=False)
            .search([("name", "in", [*noted["amounts"]])])
        )
        amounts = [
            self._words(float(noted["amounts"][currency.name]), currency)
            for currency in currencies.sorted("name")
            if Decimal(noted["amounts"][currency.name])
        ]
        if not amounts:
            return self.env._(
                "Odoo's receivables are what NetSuite's accounts hold, although NetSuite does not "
                "show: %(types)s.",
                **words,
            )
        return self.env._(
            "Missing in Odoo: %(amounts)s of receivables, while NetSuite does not show: %(types)s.",
            amounts=" \N{MIDDLE DOT} ".join(amounts),
            **words,
        )

    def _solve(self):
        self.env["netsuite.issue"].search(
            [
                ("connection_id", "=", self.connection.id),
                ("kind", "=", "completeness"),
                ("key", "=", "missing"),
                ("state", "!=", "solved"),
            ]
        )._solve()

    def _odoo_amounts(self):
        """Return {company's id: what mirrors NetSuite's receivables there}."""
        self.env.flush_all()
        items = self.env["netsuite.proof"]._odoo_items_sql(self.connection, None)
        rows = self.env.execute_query(
            # As the proof adds them up, without a row for each customer.
            SQL(
                """SELECT company_id, SUM(company_residual) FROM (%s) item
                   WHERE NOT deposit GROUP BY company_id""",
                items,
            )
        )
        return {company: Decimal(str(amount)) for company, amount in rows}
