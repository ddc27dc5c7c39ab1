from functools import partial

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ...const import (
    BOOK_CHUNK,
    CHARGE_TYPE,
    CUSTOM_TYPE,
    DEPOSIT_TYPE,
    JOURNAL_TYPE,
    TRANSACTION_TYPES,
)
from ..fetch.history import History
from ..sync.netsuite_connection_steps import Step

# The setting that decides for a record type; deposits and refunds are payments, and what is
# booked as an invoice is one.
RATE_FIELDS = {
    "invoice": "rates_for_invoices",
    CHARGE_TYPE: "rates_for_invoices",
    CUSTOM_TYPE: "rates_for_invoices",
    "creditmemo": "rates_for_credits",
    "customerpayment": "rates_for_payments",
    DEPOSIT_TYPE: "rates_for_payments",
    "depositapplication": "rates_for_payments",
    "customerrefund": "rates_for_payments",
    JOURNAL_TYPE: "rates_for_journals",
}


class NetsuiteConnection(models.Model):
    """At whose rates documents are booked (docs/FEATURES.md 17), and customer groups."""

    _inherit = "netsuite.connection"

    rates_for_invoices = fields.Boolean(
        string="Invoices",
        default=True,
        help="Invoices are booked at NetSuite's rate. If this is off, at Odoo's rate on their "
        "date.",
    )
    rates_for_credits = fields.Boolean(
        string="Credit Memos",
        default=True,
        help="Credit memos are booked at NetSuite's rate. If this is off, at Odoo's rate on "
        "their date.",
    )
    rates_for_payments = fields.Boolean(
        string="Payments, Deposits and Refunds",
        default=True,
        help="Payments, deposits, deposit applications and refunds are booked at NetSuite's "
        "rate. If this is off, at Odoo's rate on their date.",
    )
    rates_for_journals = fields.Boolean(
        string="Journal Entries",
        default=True,
        help="Journal entries are booked at NetSuite's rate. If this is off, at Odoo's rate on "
        "their date.",
    )
    rates_changed_for = fields.Json(
        copy=False,
        help="Record types whose rates were changed after documents were booked.",
    )
    rates_text = fields.Char(compute="_compute_rates_text")

    sync_hierarchy = fields.Boolean(
        string="Customer Groups",
        default=True,
        help="Subcustomers of NetSuite form a group under their top-level parent; each keeps "
        "its own balance.",
    )

    # === COMPUTE METHODS === #

    @api.depends("rates_changed_for")
    def _compute_rates_text(self):
        labels = self.env["netsuite.record"]._record_type_labels()
        for connection in self:
            changed = connection.rates_changed_for or []
            number = connection._count_foreign_currency(changed) if changed else 0
            connection.rates_text = connection._rates_sentence(changed, number, labels)

    def _rates_sentence(self, changed, number, labels):
        """Return what a change of the rates means for what is booked; False without any."""
        if not number:
            return False
        return self.env._(
            "The rates were changed after documents were booked (%(types)s). What is booked "
            "from now on uses the new rates; %(number)s documents in foreign currencies keep "
            "theirs until they change in NetSuite or are booked again.",
            types=", ".join(labels[record_type] for record_type in changed),
            number=number,
        )

    # === CRUD METHODS === #

    def _settings_changed(self, before):
        super()._settings_changed(before)
        if {"use_netsuite_rates", *RATE_FIELDS.values()} & set(before):
            self._note_changed_rates(before)
            self._release_rates()
        if "sync_hierarchy" in before:
            # sudo: res.partner - who may change the setting may not write the sync's partners.
            sync = self.sudo()
            sync.env["netsuite.booking.customer"]._relink(sync)

    # === ACTION METHODS === #

    def action_book_at_rates(self):
        """Book documents in a foreign currency again at the rates that are chosen now."""
        self.ensure_one()
        if not (
            self.env.su or self.env.user.has_group("kolleno_netsuite.group_netsuite_administrator")
        ):
            raise AccessError(self.env._("Only NetSuite administrators may do this."))
        number = self._count_foreign_currency(self.rates_changed_for or [])
        # The sync books them as any other change.
        self.env["netsuite.record"]._requeue_where(
            self,
            ("booked",),
            SQL("id IN (%s)", self._foreign_currency_sql(self.rates_changed_for or [])),
        )
        # sudo: netsuite.connection - noted, not decided
        self.sudo().rates_changed_for = []
        return self._notification(
            self.env._("%s documents are booked again at the chosen rates.", number), "success"
        )

    # === DRIVERS === #

    def _heal_steps(self):
        return [*super()._heal_steps(), Step(45, partial(self._commit_unit, self._close_matched))]

    def _close_matched(self):
        """Close the issues of bank transactions that were matched again."""
        # sudo: netsuite.issue - only the sync writes them
        issues = self.env["netsuite.issue"].sudo()
        domain = [("connection_id", "=", self.id), ("kind", "=", "bank"), ("state", "!=", "solved")]
        issues.search(domain)._close_matched()

    # === BUSINESS METHODS - EXCHANGE RATES === #

    def _uses_netsuite_rates(self, record_type):
        return super()._uses_netsuite_rates(record_type) and self[RATE_FIELDS[record_type]]

    def _uses_netsuite_rates_only(self):
        """Tell whether everything is booked at NetSuite's rates, so that sums must agree."""
        self.ensure_one()
        return all(self._rate_choices().values())

    def _rate_choices(self):
        """Return {record type: whether NetSuite's rates are booked}."""
        return {record_type: self._uses_netsuite_rates(record_type) for record_type in RATE_FIELDS}

    def _foreign_currency_sql(self, record_types):
        """Return the query of the records of booked documents in a foreign currency."""
        return SQL(
            """SELECT r.id FROM netsuite_record r
               JOIN account_move m ON m.netsuite_record_id = r.id AND m.state = 'posted'
               JOIN res_company c ON c.id = m.company_id AND c.currency_id <> m.currency_id
               WHERE r.connection_id = %s AND r.record_type = ANY(%s)""",
            self.id,
            list(record_types),
        )

    def _count_foreign_currency(self, record_types):
        """Return how many booked documents in a foreign currency there are of some types."""
        self.env.flush_all()
        # Two fields of two tables are compared, which a domain cannot.
        ((number,),) = self.env.execute_query(
            SQL(
                "SELECT COUNT(*) FROM (%s) foreign_currency",
                self._foreign_currency_sql(record_types),
            )
        )
        return number

    def _note_changed_rates(self, before):
        """Remember for which types what is booked has other rates than what will be.

        :param before: {name: old value} of the settings that were changed.
        """
        settings = {"use_netsuite_rates", *RATE_FIELDS.values()}
        now = self._rate_choices()
        old = {name: before.get(name, self[name]) for name in settings}
        changed = {
            record_type
            for record_type, name in RATE_FIELDS.items()
            if now[record_type] != (old["use_netsuite_rates"] and old[name])
        }
        changed.update(self.rates_changed_for or ())
        booked = [each for each in RATE_FIELDS if each in changed]
        if booked != (self.rates_changed_for or []):
            # sudo: netsuite.connection - noted, not decided
            self.sudo().rates_changed_for = booked if self._count_foreign_currency(booked) else []

    def _release_rates(self):
        """Book what waits for a rate of Odoo's at the rates that are chosen now."""
        # sudo: netsuite.issue, netsuite.record - written by the sync; the setting releases them
        issues = self.env["netsuite.issue"].sudo()
        waiting = issues.search(
            [("connection_id", "=", self.id), ("kind", "=", "currency"), ("key", "=like", "rate:%")]
        )
        waiting = waiting.filtered(lambda issue: issue.state != "solved")
        issues._release(self, waiting.mapped("key"))

    # === BUSINESS METHODS - BOOKING AT ONCE === #

    def _complete_history(self, client):
        """Read all older documents that are linked with what was read; never commits."""
        self.ensure_one()
        read = 0
        while self._history_due():
            read += History(self).complete_chunk(client)
        for record_type in TRANSACTION_TYPES if read else ():
            self._book_pending(record_type)

    def _book_pending(self, record_type, ids=()):
        """Book what is pending of one type, without committing."""
        records = self.env["netsuite.record"].search(
            [
                ("connection_id", "=", self.id),
                ("record_type", "=", record_type),
                ("state", "=", "pending"),
                *([("internal_id", "in", list(ids))] if ids else []),
            ]
        )
        for start in range(0, len(records), BOOK_CHUNK):
            self.env["netsuite.booking"]._book_chunk(records[start : start + BOOK_CHUNK])
