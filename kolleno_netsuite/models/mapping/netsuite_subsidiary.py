from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL
from odoo.tools.misc import formatLang

from ...const import TRANSACTION_TYPES
from ..connection.hook import hook

# Context key of the move to another company, which has what is booked booked again.
IMPORT_AGAIN = "netsuite_import_again"


class NetsuiteSubsidiary(models.Model):
    """One NetSuite subsidiary and the Odoo company that keeps its books.

    Several subsidiaries may share one company; one without a company says how many documents are
    left out, and how much is open on them. An account without OneWorld has no subsidiaries; it
    gets one row with internal ID 0.
    """

    _name = "netsuite.subsidiary"
    _description = "NetSuite Subsidiary"
    _order = "connection_id, internal_id"

    connection_id = fields.Many2one(
        "netsuite.connection", required=True, index=True, ondelete="cascade"
    )
    internal_id = fields.Integer(required=True, aggregator=None)
    name = fields.Char(required=True)
    parent_internal_id = fields.Integer(aggregator=None)
    parent_name = fields.Char(compute="_compute_parent_name", string="Parent")
    currency_name = fields.Char(string="Base Currency", help="ISO code of the base currency.")
    country_code = fields.Char()
    is_elimination = fields.Boolean(string="Elimination")
    is_inactive = fields.Boolean(string="Inactive in NetSuite")
    company_id = fields.Many2one("res.company", string="Odoo Company")
    waiting_count = fields.Integer(
        compute="_compute_waiting_count",
        string="Records Waiting",
        help="Records that wait until this subsidiary has a company.",
    )
    currency_warning = fields.Char(compute="_compute_currency_warning")

    _internal_id_unique = models.UniqueIndex(
        "(connection_id, internal_id)", "This subsidiary is already mapped."
    )

    skipped_count = fields.Integer(
        compute="_compute_skipped",
        help=("Documents skipped because their subsidiary is not mapped."),
    )
    skipped_text = fields.Char(
        compute="_compute_skipped",
        string="Not Synced",
        help="Documents skipped because their subsidiary is not mapped, and what is open on them.",
    )

    # === COMPUTE METHODS === #

    @api.depends("parent_internal_id", "connection_id.subsidiary_ids.name")
    def _compute_parent_name(self):
        for subsidiary in self:
            siblings = subsidiary.connection_id.subsidiary_ids
            parent = siblings.filtered(
                lambda row, child=subsidiary: row.internal_id == child.parent_internal_id
            )
            subsidiary.parent_name = (
                parent.name if subsidiary.parent_internal_id and parent else False
            )

    @api.depends("company_id")
    def _compute_waiting_count(self):
        issues = self.env["netsuite.issue"].search(
            [
                ("connection_id", "in", self.connection_id.ids),
                ("state", "!=", "solved"),
                ("key", "in", [subsidiary._issue_key() for subsidiary in self]),
            ]
        )
        counts = {(issue.connection_id, issue.key): issue.record_count for issue in issues}
        for subsidiary in self:
            subsidiary.waiting_count = counts.get(
                (subsidiary.connection_id, subsidiary._issue_key()), 0
            )

    @api.depends("company_id.currency_id", "currency_name")
    def _compute_currency_warning(self):
        for subsidiary in self:
            subsidiary.currency_warning = subsidiary._differing_currency() and self.env._(
                "%(company)s keeps its books in %(odoo)s and this subsidiary in %(netsuite)s: "
                "company amounts are converted at Odoo's rates and differ from NetSuite's.",
                company=subsidiary.company_id.name,
                odoo=subsidiary.company_id.currency_id.name,
                netsuite=subsidiary.currency_name,
            )

    @api.depends("company_id")
    def _compute_skipped(self):
        without = self.filtered(lambda row: not row.company_id)
        found = without._skipped_amounts() if without else {}
        for subsidiary in self:
            amounts = found.get((subsidiary.connection_id.id, subsidiary.internal_id), {})
            subsidiary.skipped_count = sum(count for count, _open in amounts.values())
            subsidiary.skipped_text = bool(amounts) and self._skipped_sentence(
                subsidiary.skipped_count, amounts
            )

    def _skipped_amounts(self):
        """Return {(connection, subsidiary): {currency code: (documents, open amount)}}.

        Credit memos and payments that are not applied count against what is owed.
        """
        self.env["netsuite.record"].flush_model()
        # Added up in SQL: the amounts stand in the stored answers, and there can be many.
        rows = self.env.execute_query(
            SQL(
                """SELECT r.connection_id, r.subsidiary_internal_id,
                          cur.payload->'row'->>'symbol', COUNT(*),
                          SUM(COALESCE((r.payload->'row'->>'foreignamountunpaid')::numeric, 0)
                              - ABS(COALESCE((r.payload->'row'->>'foreignpaymentamountunused')
                                    ::numeric, 0)))
                   FROM netsuite_record r
                   LEFT JOIN netsuite_record cur ON cur.connection_id = r.connection_id
                       AND cur.record_type = 'currency'
                       AND cur.internal_id = (r.payload->'row'->>'currency')::int
                   WHERE r.connection_id IN %(connections)s AND r.record_type IN %(types)s
                       AND (r.state IN ('pending', 'blocked') OR r.left_out = 'subsidiary')
                       AND r.subsidiary_internal_id IN %(subsidiaries)s
                   GROUP BY 1, 2, 3 ORDER BY 3""",
                connections=tuple(self.connection_id.ids),
                types=TRANSACTION_TYPES,
                subsidiaries=tuple(self.mapped("internal_id")),
            )
        )
        found = {}
        for connection, subsidiary, currency, count, amount in rows:
            found.setdefault((connection, subsidiary), {})[currency or ""] = (count, amount)
        return found

    def _skipped_sentence(self, count, amounts):
        """Return ``documents: 12, open: EUR 20.00, GBP 1,204.00``."""
        open_amounts = [
            f"{currency} {formatLang(self.env, float(amount))}".strip()
            for currency, (_count, amount) in amounts.items()
            if amount
        ]
        if not open_amounts:
            return self.env._("documents: %s, nothing open", count)
        return self.env._(
            "documents: %(count)s, open: %(amounts)s", count=count, amounts=", ".join(open_amounts)
        )

    # === CONSTRAINT METHODS === #

    @api.constrains("company_id", "is_elimination")
    def _check_elimination(self):
        for subsidiary in self:
            if subsidiary.is_elimination and subsidiary.company_id:
                raise ValidationError(
                    self.env._(
                        "%s is an elimination subsidiary; it has no receivables of its own "
                        "and is not mapped to a company.",
                        subsidiary.name,
                    )
                )

    @api.constrains("company_id", "currency_name", "connection_id")
    def _check_currency(self):
        """Refuse a company whose currency NetSuite's rates do not lead to (docs/FEATURES.md 17)."""
        for subsidiary in self:
            if subsidiary._differing_currency() and subsidiary.connection_id.use_netsuite_rates:
                raise ValidationError(
                    self.env._(
                        "%(subsidiary)s keeps its books in %(netsuite)s and %(company)s in "
                        "%(odoo)s. NetSuite's exchange rates convert to %(netsuite)s: choose a "
                        'company in %(netsuite)s, or switch off "Use NetSuite Exchange Rates" '
                        "on the connection.",
                        subsidiary=subsidiary.name,
                        netsuite=subsidiary.currency_name,
                        company=subsidiary.company_id.name,
                        odoo=subsidiary.company_id.currency_id.name,
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        self._check_mapped_once(vals_list)
        subsidiaries = super().create(vals_list)
        subsidiaries.filtered("company_id")._company_chosen()
        return subsidiaries

    def write(self, vals):
        if "company_id" not in vals:
            return super().write(vals)
        changing = self.filtered(lambda row: row.company_id.id != (vals["company_id"] or False))
        # A context alone could come from a browser: only the server's own code is a superuser.
        if not (self.env.su and self.env.context.get(IMPORT_AGAIN)):
            changing._check_nothing_booked()
        result = super().write(vals)
        changing.filtered("company_id")._company_chosen()
        # sudo: netsuite.record - what follows from it is written by the sync only.
        changing.sudo()._company_changed()
        return result

    # === BUSINESS METHODS === #

    def _issue_key(self):
        """Return the key under which records wait for a company (`exceptions.Missing`)."""
        self.ensure_one()
        return f"subsidiary:{self.internal_id}"

    def _differing_currency(self):
        """Tell whether the company keeps its books in another currency."""
        self.ensure_one()
        return bool(
            self.company_id
            and self.currency_name
            and self.company_id.currency_id.name != self.currency_name
        )

    @api.model
    def _check_mapped_once(self, vals_list):
        """Refuse a second row of a subsidiary, in words where the index would refuse it."""
        taken = set()
        for vals in vals_list:
            key = (vals.get("connection_id"), vals.get("internal_id"))
            # sudo: netsuite.subsidiary - rows of other companies count as well
            known = self.sudo().search(
                [("connection_id", "=", key[0]), ("internal_id", "=", key[1])], limit=1
            )
            if known or key in taken:
                raise ValidationError(
                    self.env._(
                        "Subsidiary %s is listed already; a subsidiary is mapped to one company.",
                        known.name or vals.get("name"),
                    )
                )
            taken.add(key)

    def _change_company(self, company):
        """Put a subsidiary under another company, also when documents of it are booked.

        The caller has them booked again; `write` refuses it otherwise.
        """
        self.ensure_one()
        return self.with_context(**{IMPORT_AGAIN: True}).write({"company_id": company.id})

    def _check_nothing_booked(self):
        """Refuse to move a subsidiary whose transactions are in its company's books."""
        for subsidiary in self.filtered("company_id"):
            booked = self.env["netsuite.record"].search_count(
                [
                    ("connection_id", "=", subsidiary.connection_id.id),
                    ("record_type", "in", TRANSACTION_TYPES),
                    ("subsidiary_internal_id", "=", subsidiary.internal_id),
                    ("res_id", "!=", 0),
                    ("res_id", "!=", False),
                ],
                limit=1,
            )
            if booked:
                raise ValidationError(
                    self.env._(
                        "Transactions of %(subsidiary)s are booked in %(company)s, and Odoo "
                        "cannot move entries to another company. Open the subsidiary and "
                        "choose Import Again into Another Company: they are cancelled there "
                        "and booked again.",
                        subsidiary=subsidiary.name,
                        company=subsidiary.company_id.name,
                    )
                )

    @hook
    def _company_changed(self):
        """Follow that these subsidiaries have another company, or none; called as superuser."""

    def _company_chosen(self):
        """Make mapping rows for the new companies, and release what waited for them."""
        # sudo: netsuite.subsidiary, netsuite.record - a company may be chosen without working in it
        # now
        subsidiaries = self.sudo()
        for connection, rows in subsidiaries.grouped("connection_id").items():
            self.env["netsuite.reference"].sudo()._spread(connection, rows.company_id)
            for row in rows:
                row._hand_over_records()
            # sudo: netsuite.issue - only the sync writes them
            self.env["netsuite.issue"].sudo()._release(
                connection, [row._issue_key() for row in rows]
            )

    def _hand_over_records(self):
        """Show the transactions of this subsidiary that wait to the users of its company."""
        # One statement: a subsidiary can have more transactions than fit into memory.
        self.env.execute_query(
            SQL(
                """UPDATE netsuite_record SET company_id = %s
                   WHERE connection_id = %s AND record_type IN %s AND subsidiary_internal_id = %s
                   RETURNING id""",
                self.company_id.id,
                self.connection_id.id,
                TRANSACTION_TYPES,
                self.internal_id,
            )
        )
        self.env["netsuite.record"].invalidate_model(["company_id"])

    def _adopt_base_currency(self, currency_name):
        """Note the base currency that NetSuite tells.

        A company in another currency that was chosen before it was known is taken off again
        while NetSuite's rates are used; the subsidiary then waits in Issues as any other
        without a company.

        :param currency_name: ISO code, or None while the currency was not read yet.
        """
        for subsidiary in self:
            if not currency_name or subsidiary.currency_name == currency_name:
                continue
            values = {"currency_name": currency_name}
            company = subsidiary.company_id
            if (
                company
                and company.currency_id.name != currency_name
                and subsidiary.connection_id.use_netsuite_rates
            ):
                values["company_id"] = False
            subsidiary.write(values)
