from odoo import api, fields, models
from odoo.tools.sql import escape_psql

from ...const import MIRROR_CONTEXT


class AccountMove(models.Model):
    """Mirrored entries keep NetSuite's numbers, due dates and totals."""

    _name = "account.move"
    _inherit = ["account.move", "netsuite.mixin"]

    netsuite_project = fields.Char(
        string="NetSuite Project",
        readonly=True,
        copy=False,
        help="The project that the document names in NetSuite; the customer is the project's.",
    )
    netsuite_receivable_line_ids = fields.One2many(
        "account.move.line",
        string="Receivables",
        compute="_compute_netsuite_receivable_line_ids",
        help="The lines of a journal entry that customers owe or are owed.",
    )

    @api.depends("line_ids.account_type")
    def _compute_netsuite_receivable_line_ids(self):
        for move in self:
            move.netsuite_receivable_line_ids = move.line_ids.filtered(
                lambda line: line.account_type == "asset_receivable"
            )

    # === NUMBERS: NetSuite's own, which Odoo neither reads nor continues === #

    def _must_check_constrains_date_sequence(self):
        # A NetSuite number like INV2021-000123 looks like one of a year and is not.
        return not self.netsuite_record_id and super()._must_check_constrains_date_sequence()

    def _sequence_matches_date(self):
        return bool(self.netsuite_record_id) or super()._sequence_matches_date()

    def _compute_split_sequence(self):
        mirrored = self.filtered("netsuite_record_id")
        # No prefix and no number: nothing can follow on it, and it leaves no gap.
        mirrored.sequence_prefix = ""
        mirrored.sequence_number = 0
        super(AccountMove, self - mirrored)._compute_split_sequence()

    def _get_last_sequence(self, relaxed=False, with_prefix=None):
        """Number Odoo's own entries of a NetSuite journal after each other.

        What NetSuite numbered is left out, so that the reversal of a mirrored invoice, say,
        never continues one of NetSuite's numbers.
        """
        self.ensure_one()
        if not self.journal_id.netsuite_connection_id:
            return super()._get_last_sequence(relaxed=relaxed, with_prefix=with_prefix)
        domain = [
            ("journal_id", "=", self.journal_id.id),
            ("netsuite_record_id", "=", False),
            ("name", "not in", (False, "", "/")),
            ("sequence_number", "!=", 0),
            ("id", "!=", self._origin.id),
        ]
        if not relaxed:
            date = fields.Date.to_date(self.date)
            domain += [("date", ">=", date.replace(month=1, day=1))]
            domain += [("date", "<=", date.replace(month=12, day=31))]
        if with_prefix is not None:
            domain += [("sequence_prefix", "=", with_prefix)]
        # sudo: account.move - a number counts for every user, also when its move is hidden
        last = self.sudo().search(domain, order="sequence_number desc", limit=1)
        return last.name or None

    @api.model
    def _netsuite_free_names(self, documents, numbers, journal):
        """Return {key: the name of its entry}: NetSuite's number, made unique when repeated.

        NetSuite can be set to allow one number several times, and two types can share it. What is
        cancelled gives its number free, so that a document that was deleted in NetSuite and
        entered again has it; Odoo itself keeps names apart among posted entries only.

        :param documents: {key: `account.move` that keeps its name, or an empty one}; a key is
            the `netsuite.record` of the document.
        :param numbers: {key: NetSuite's number, possibly empty}.
        """
        owners = {
            move.name: move
            for move in self.search_fetch(
                [
                    ("journal_id", "=", journal.id),
                    ("name", "in", list(set(numbers.values()))),
                    ("state", "!=", "cancel"),
                ],
                ["name"],
                # Of one name at most one is posted, and that one has it.
                order="state",
            )
        }
        names, given = {}, set()
        for record, number in numbers.items():
            owner = owners.get(number, documents[record])
            if not number:
                names[record] = f"NS {record.internal_id}"
            elif owner == documents[record] and number not in given:
                names[record] = number
                given.add(number)
            else:
                names[record] = _repeated(number, record)
        return names

    def _netsuite_give_names_free(self):
        """Give the number of cancelled entries to those that had to share it, one for each."""
        for move in self.filtered(lambda move: move.state == "cancel" and move.name):
            sharing = self.search(
                [
                    ("journal_id", "=", move.journal_id.id),
                    ("name", "=like", f"{escape_psql(move.name)} (NS %"),
                    ("netsuite_record_id", "!=", False),
                    ("state", "=", "posted"),
                    ("inalterable_hash", "=", False),
                ],
                order="id",
            )
            heir = sharing.filtered(
                lambda other, move=move: (
                    other.name == _repeated(move.name, other.netsuite_record_id)
                )
            )[:1]
            record = heir.netsuite_record_id
            names = heir and self._netsuite_free_names(
                {record: heir}, {record: move.name}, move.journal_id
            )
            if heir and names[record] == move.name:
                heir.with_context(**MIRROR_CONTEXT, skip_readonly_check=True).name = move.name

    # === DUE DATE AND TOTALS === #

    def _compute_invoice_date_due(self):
        """Keep NetSuite's due date, whatever the payment terms would make of it in Odoo."""
        mirrored = self.filtered("netsuite_record_id")
        for move in mirrored:
            dates = move.line_ids.filtered(lambda line: line.display_type == "payment_term").mapped(
                "date_maturity"
            )
            move.invoice_date_due = max(filter(None, dates), default=move.invoice_date_due)
        super(AccountMove, self - mirrored)._compute_invoice_date_due()

    def _compute_amount(self):
        """Show nothing as open of what NetSuite deleted or voided: it counts for nothing."""
        super()._compute_amount()
        gone = self.filtered(lambda move: move.netsuite_record_id and move.state == "cancel")
        gone.amount_residual = gone.amount_residual_signed = 0

    def _compute_tax_totals(self):
        """Show the tax of mirrored documents as NetSuite has it; nothing is computed again."""
        mirrored = self.filtered(
            lambda move: move.netsuite_record_id and move.is_invoice(include_receipts=True)
        )
        super(AccountMove, self - mirrored)._compute_tax_totals()
        for move in mirrored:
            move.tax_totals = move._netsuite_tax_totals()

    def _netsuite_tax_totals(self):
        """Return the summary below the lines, from the lines themselves.

        :return: as `account.tax._get_tax_totals_summary`, one group per tax line's label.
        """
        sign = self.direction_sign
        base = {
            "base_amount_currency": self.amount_untaxed,
            "base_amount": sign * -self.amount_untaxed_signed,
            "tax_amount_currency": self.amount_tax,
            "tax_amount": sign * -self.amount_tax_signed,
        }
        groups = {}
        for line in self.line_ids.filtered(lambda line: line.display_type == "tax"):
            label = line.tax_group_id.name or line.name or self.env._("Taxes")
            own = self._netsuite_tax_base(line) or base
            group = groups.setdefault(
                label,
                {
                    "id": line.tax_group_id.id or -line.id,
                    "involved_tax_ids": line.tax_line_id.ids,
                    "group_name": label,
                    "group_label": line.tax_group_id.pos_receipt_label or label,
                    "base_amount_currency": own["base_amount_currency"],
                    "base_amount": own["base_amount"],
                    "display_base_amount_currency": own["base_amount_currency"],
                    "display_base_amount": own["base_amount"],
                    "tax_amount_currency": 0.0,
                    "tax_amount": 0.0,
                },
            )
            group["tax_amount_currency"] += sign * line.amount_currency
            group["tax_amount"] += sign * line.balance
        same = all(
            self.currency_id.compare_amounts(
                group["base_amount_currency"], base["base_amount_currency"]
            )
            == 0
            for group in groups.values()
        )
        subtotal = {**base, "name": self.env._("Untaxed Amount"), "tax_groups": []}
        subtotal["tax_groups"] = list(groups.values())
        return {
            **base,
            "currency_id": self.currency_id.id,
            "currency_pd": self.currency_id.rounding,
            "company_currency_id": self.company_currency_id.id,
            "company_currency_pd": self.company_currency_id.rounding,
            "has_tax_groups": bool(groups),
            "same_tax_base": same,
            "subtotals": [subtotal],
            "total_amount_currency": self.amount_total,
            "total_amount": sign * -self.amount_total_signed,
            "display_in_company_currency": (
                self.company_id.display_invoice_tax_company_currency
                and self.company_currency_id != self.currency_id
                and bool(groups)
            ),
        }

    def _netsuite_tax_base(self, tax_line):
        """Return what a tax line is the tax of, or None where that is not known."""
        lines = self.invoice_line_ids.filtered(
            lambda line: tax_line.tax_line_id and tax_line.tax_line_id in line.tax_ids
        )
        sign = self.direction_sign
        return lines and {
            "base_amount_currency": sign * sum(lines.mapped("amount_currency")),
            "base_amount": sign * sum(lines.mapped("balance")),
        }


def _repeated(number, record):
    """Return the name of an entry whose number another one has."""
    return f"{number} (NS {record.internal_id})"
