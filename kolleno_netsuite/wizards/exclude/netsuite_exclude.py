import base64
import binascii

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError

from ...const import (
    ADMINISTRATOR_GROUP,
    CANCELLED_AT_ONCE,
    MOST_CUSTOMERS,
    SURVEYED_CUSTOMERS,
    WITHDRAWN_AT_ONCE,
)
from ...mappers.customer_list import read_file, read_typed
from ...models.removal.withdrawal import Withdrawal


class NetsuiteExclude(models.TransientModel):
    """Leaves customers out of the mirror, in two steps: what would happen, and doing it."""

    _name = "netsuite.exclude"
    _description = "NetSuite Customer Exclusion"
    _inherit = "netsuite.state.machine"
    _rec_name = "purpose"

    connection_id = fields.Many2one("netsuite.connection", required=True, ondelete="cascade")
    state = fields.Selection(
        [("choose", "Choose"), ("preview", "Check"), ("done", "Done")],
        transitions={
            "choose": {"preview"},
            "preview": {"choose", "preview", "done"},
            "done": set(),
        },
        required=True,
        default="choose",
    )
    purpose = fields.Selection(
        [
            ("exclude", "Exclude customers"),
            ("inactive", "Clean up inactive customers"),
            ("left_out", "Clean up excluded customers"),
        ],
        required=True,
        default="exclude",
    )
    entries = fields.Text(
        string="Customers",
        help="Internal IDs, or addresses of customers in NetSuite: one on each line, or several "
        "with commas, semicolons or blanks between them.",
    )
    partner_ids = fields.Many2many("res.partner", string="Customers in Odoo")
    file = fields.Binary(string="CSV File", help="The first column has the internal IDs.")
    file_name = fields.Char()
    reason = fields.Selection(
        [
            ("intercompany", "Intercompany"),
            ("inactive", "Inactive"),
            ("primary", "Other primary subsidiary"),
            ("other", "Other"),
        ],
        required=True,
        default="other",
    )
    note = fields.Char(help="Why, in your own words; kept on the exclusion list.")
    keep_out = fields.Boolean(
        string="Put on the Exclusion List",
        default=True,
        help="Otherwise they return as soon as the settings allow it.",
    )
    effect = fields.Selection(
        [
            ("cancel", "Archive the customers and cancel their mirrored documents"),
            ("keep", "Leave everything as it is, and stop updating it"),
        ],
        string="Already in Odoo",
        required=True,
        default="cancel",
        help="Nothing is deleted: cancelled documents keep their number and their history.",
    )
    line_ids = fields.One2many("netsuite.exclude.line", "wizard_id")
    summary = fields.Text(compute="_compute_summary", string="Action")
    expected = fields.Char(compute="_compute_summary")
    needs_confirmation = fields.Boolean(compute="_compute_summary")
    confirmation = fields.Char(string="Type to Confirm")
    result = fields.Text(readonly=True)

    # === COMPUTE METHODS === #

    @api.depends("line_ids.selected", "effect", "keep_out")
    def _compute_summary(self):
        for wizard in self:
            chosen = wizard._chosen()
            documents = sum(chosen.mapped("document_count"))
            blocked = sum(chosen.mapped("blocked_count"))
            partners = len(chosen.filtered("partner_id"))
            wizard.needs_confirmation = wizard.effect != "keep" and bool(partners or documents)
            wizard.expected = self.env._("EXCLUDE %s", len(chosen))
            parts = [
                self.env._(
                    "Customers: %(count)s, of them in Odoo: %(here)s",
                    count=len(chosen),
                    here=partners,
                )
            ]
            if wizard.effect == "cancel":
                parts.append(
                    self.env._(
                        "Documents that are cancelled: %(cancelled)s; that stay because something "
                        "blocks them: %(blocked)s",
                        cancelled=documents - blocked,
                        blocked=blocked,
                    )
                )
            elif documents:
                parts.append(self.env._("Documents that stay in the books: %s", documents))
            if len(chosen) > SURVEYED_CUSTOMERS and wizard.effect == "cancel":
                parts.append(
                    self.env._(
                        "This is too much to check beforehand: what cannot be cancelled stays, "
                        "and each of these documents says why"
                    )
                )
            wrong = wizard.line_ids.filtered("problem")
            if wrong:
                parts.append(self.env._("Lines that are skipped: %s", len(wrong)))
            wizard.summary = "\n".join(parts)

    # === ACTION METHODS === #

    def action_preview(self):
        """Show who is meant, what Odoo has of them, and what cannot be cancelled."""
        self.ensure_one()
        self._check_administrator()
        lines = self._lines_of_entries() + self._lines_of_partners()
        if not lines:
            raise UserError(
                self.env._("Name at least one customer: by internal ID, address, file or name.")
            )
        self._show(lines)
        return self._reopen()

    def action_back(self):
        """Return to the choice."""
        self.ensure_one()
        self._advance("choose", line_ids=[Command.clear()], confirmation=False)
        return self._reopen()

    def action_apply(self):
        """Leave the chosen customers out, once the words were typed."""
        self.ensure_one()
        self._check_administrator()
        chosen = self._chosen()
        if not chosen:
            raise UserError(self.env._("No customer is chosen."))
        if self.needs_confirmation and (self.confirmation or "").strip() != self.expected:
            raise UserError(
                self.env._(
                    'Nothing was changed. Type "%s" exactly as shown to continue.', self.expected
                )
            )
        cancelled = self._apply(chosen)
        self._advance("done", result=self._result(chosen, cancelled))
        return self._reopen()

    # === BUSINESS METHODS === #

    @api.model
    def _open(self, connection, internal_ids=(), reason="other", purpose="exclude"):
        """Return the action that opens a new wizard for customers."""
        wizard = self.create(
            {
                "connection_id": connection.id,
                "reason": reason,
                "purpose": purpose,
                "keep_out": purpose != "left_out",
                "entries": "\n".join(str(internal_id) for internal_id in internal_ids),
            }
        )
        if internal_ids:
            return wizard.action_preview()
        return wizard._reopen()

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": dict(self._fields["purpose"]._description_selection(self.env))[self.purpose],
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def _check_administrator(self):
        self.connection_id.check_access("read")
        if not (self.env.su or self.env.user.has_group(ADMINISTRATOR_GROUP)):
            raise AccessError(self.env._("Only NetSuite administrators may do this."))

    def _chosen(self):
        return self.line_ids.filtered(lambda line: line.selected and not line.problem)

    def _apply(self, chosen):
        """Leave the chosen customers out; return how many entries were cancelled."""
        internal_ids = chosen.mapped("internal_id")
        # Only who is excluded by a setting stays out without being on the list.
        if self.keep_out or self.purpose != "left_out":
            listed = self.env["netsuite.exclusion"].search(
                [
                    ("connection_id", "=", self.connection_id.id),
                    ("internal_id", "in", internal_ids),
                ]
            )
            self.env["netsuite.exclusion"].create(
                [
                    {
                        "connection_id": self.connection_id.id,
                        "internal_id": internal_id,
                        "reason": self.reason,
                        "note": self.note,
                    }
                    for internal_id in internal_ids
                    if internal_id not in listed.mapped("internal_id")
                ]
            )
        if self.effect == "keep":
            return 0
        # sudo: netsuite.withdrawal, netsuite.connection - the administrator decides; only the sync
        # writes the records
        withdrawal = Withdrawal(self.connection_id.sudo())
        if self._in_background(chosen):
            withdrawal.plan(internal_ids, self.effect)
            return 0
        return withdrawal.withdraw(internal_ids, cancel=self.effect == "cancel")

    def _in_background(self, chosen):
        """Tell whether it is too much to be done while someone waits."""
        return self.effect != "keep" and (
            len(chosen) > WITHDRAWN_AT_ONCE
            or sum(chosen.mapped("document_count")) > CANCELLED_AT_ONCE
        )

    def _result(self, chosen, cancelled):
        if self._in_background(chosen):
            return self.env._(
                "%s customers are excluded from now on. Their records in Odoo are cancelled or "
                "archived in the background, a few at a time; the connection shows how many "
                "are left. What cannot be cancelled stays, with the reason.",
                len(chosen),
            )
        sentences = [
            self.env._(
                "Excluded customers: %(count)s. Cancelled documents: %(cancelled)s.",
                count=len(chosen),
                cancelled=cancelled,
            )
        ]
        kept = sum(chosen.mapped("document_count")) - cancelled
        if kept and self.effect == "cancel":
            sentences.append(
                self.env._(
                    "%s documents stay as they are: the list gives the reason for each. Remove "
                    "what blocks them and exclude the customers again to cancel the rest.",
                    kept,
                )
            )
        sentences.append(
            self.env._("The next comparison shows their open balance under Customers Not Synced.")
        )
        return "\n".join(sentences)

    # === BUSINESS METHODS - LINES === #

    def _lines_of_entries(self):
        """Return the values of the lines of what was typed, pasted or uploaded."""
        # sudo: netsuite.connection - only its addresses, and the user may see it
        urls = self.connection_id.sudo()._service_urls()
        problems = self._problems()
        return [
            {
                "line": entry.line,
                "text": entry.text,
                "internal_id": entry.internal_id,
                "problem": problems[entry.problem],
            }
            for entry in (
                *read_typed(self.entries or "", urls),
                *read_file(self._file_text(), urls),
            )
        ]

    def _file_text(self):
        if not self.file:
            return ""
        try:
            content = base64.b64decode(self.file, validate=True)
        except binascii.Error as error:
            raise UserError(self.env._("The file cannot be read.")) from error
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError:
            # A spreadsheet's own encoding; the ids are the same in it.
            return content.decode("latin-1")

    def _problems(self):
        """Return {problem of an entry: the sentence for it}."""
        return {
            "": False,
            "blank": self.env._("The line is empty"),
            "number": self.env._("This is not an internal ID: it has to be a positive number"),
            "host": self.env._(
                "This is not an address of account %s", self.connection_id.account_id
            ),
            "page": self.env._("This is not the address of a customer"),
            "address": self.env._("No customer found in this address"),
            "grouped": self.env._(
                "This can be one ID or several. Type one ID on each line, without separators"
            ),
            "mixed": self.env._(
                "Not all of this line is an ID or address of a customer, so none of it is used"
            ),
            "columns": self.env._(
                "This line has several numbers. Put one ID on each line, or a heading such as "
                '"Internal ID" above the column that counts, the first one'
            ),
            "duplicate": self.env._("The customer is listed further up already"),
        }

    def _lines_of_partners(self):
        lines = []
        for partner in self.partner_ids:
            # sudo: netsuite.record - users who may choose the customer may know its NetSuite ID
            record = partner.sudo().netsuite_record_id
            here = record.connection_id.id == self.connection_id.id
            lines.append(
                {
                    "text": partner.display_name,
                    "internal_id": record.internal_id if here else 0,
                    "problem": False
                    if here and record.record_type == "customer"
                    else self.env._("This is not a customer of %s", self.connection_id.name),
                }
            )
        return lines

    def _show(self, lines):
        """Write the lines of the preview, with what Odoo has of each customer."""
        seen = set()
        for values in lines:
            if values["internal_id"] in seen:
                values["problem"] = self._problems()["duplicate"]
            seen.add(values["internal_id"] or None)
        valid = [values for values in lines if not values["problem"]]
        if len(valid) > MOST_CUSTOMERS:
            raise UserError(
                self.env._(
                    "Name at most %(most)s customers at once; these are %(count)s.",
                    most=MOST_CUSTOMERS,
                    count=len(valid),
                )
            )
        # sudo: account.move - documents of all companies count, whichever the user works in
        holdings = Withdrawal(self.connection_id.sudo()).survey(
            [values["internal_id"] for values in valid],
            blockers=len(valid) <= SURVEYED_CUSTOMERS,
        )
        for values in valid:
            values.update(self._found(holdings[values["internal_id"]]))
        self._advance(
            "preview",
            confirmation=False,
            line_ids=[Command.clear(), *(Command.create(values) for values in lines)],
        )

    def _found(self, holding):
        """Return what a line says of what Odoo has."""
        proof = self.env["netsuite.proof"]
        return {
            "selected": True,
            "partner_id": holding.partner.id,
            "document_count": len(holding.moves),
            "blocked_count": len(holding.blockers),
            "blockers": "\n".join(holding.blockers.values()),
            "shared": self.env._(
                "Journal entries and payments shared with other customers, which are booked "
                "again for the others only: %s",
                holding.shared,
            )
            if holding.shared
            else False,
            "last_date": holding.last_date,
            "open_text": " · ".join(
                proof._amount(amount, currency)
                for currency, amount in holding.open_amounts.items()
                if not currency.is_zero(amount)
            ),
        }
