from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ...const import BANK_DEPOSIT_TYPE, MONEY_TYPES
from .deposits import Deposits


class NetsuiteConnection(models.Model):
    """What becomes of NetSuite's bank deposits."""

    _inherit = "netsuite.connection"

    bank_deposits = fields.Selection(
        [
            ("none", "Not mirrored"),
            ("clearing", "On a clearing account"),
            ("bank", "On the bank account"),
        ],
        default="none",
        required=True,
        tracking=True,
        help="Not mirrored: payments stay on Outstanding Receipts until you match them with the "
        "bank. On a clearing account: a deposit moves its payments there, and one bank "
        "transaction is matched with the whole deposit. On the bank account: for journals without "
        "bank transactions of their own. What is matched with the bank already is skipped. Not "
        "mirrored by default.",
    )

    # === CONSTRAINT METHODS === #

    @api.constrains("bank_deposits")
    def _check_bank_deposits(self):
        for connection in self.filtered(lambda each: each.bank_deposits == "bank"):
            journals = Deposits(connection).journals_with_statements()
            if journals:
                raise ValidationError(
                    self.env._(
                        "%(journals)s has bank transactions of its own, so NetSuite's deposits on "
                        "its account would count the cash twice. Choose the clearing account, and "
                        "match the bank transactions with the deposits.",
                        journals=", ".join(journals.mapped("name")),
                    )
                )

    # === CRUD METHODS === #

    def _created(self, vals):
        super()._created(vals)
        if self.bank_deposits != "none":
            self._switch_bank_deposits()

    def _settings_changed(self, before):
        super()._settings_changed(before)
        if "bank_deposits" not in before:
            return
        if "none" in (before["bank_deposits"], self.bank_deposits):
            self._switch_bank_deposits()
        if self.bank_deposits != "none":
            Deposits(self).rebook()

    # === BUSINESS METHODS === #

    def _switch_bank_deposits(self):
        """Read bank deposits or leave it; a stream that was off goes on where it ended."""
        # sudo: netsuite.stream - changing the connection needs no right on them
        stream = self.sudo().with_context(active_test=False).stream_ids
        stream = stream.filtered(lambda each: each.record_type == BANK_DEPOSIT_TYPE)
        wanted = self.bank_deposits != "none"
        if stream.active == wanted:
            return
        stream.write({"active": wanted, "next_read_at": False})
        if wanted and self.state == "connected":
            self._look_for_older_deposits()
            self._trigger_cron("fetch")

    def _look_for_older_deposits(self):
        """Have the deposits looked for of payments that are older than the history."""
        if not self.history_start:
            return
        # The date is only in the payload, which no domain reaches.
        self.env.execute_query(
            SQL(
                """UPDATE netsuite_record SET links_due = TRUE WHERE connection_id = %s
                   AND record_type IN %s AND payload->'row'->>'trandate' < %s RETURNING id""",
                self.id,
                MONEY_TYPES,
                str(self.history_start),
            )
        )
        self.env["netsuite.record"].invalidate_model(["links_due"])

    def _booking_order(self):
        order = super()._booking_order()
        if self and self.bank_deposits != "none":
            order = [*order, [("record_type", "=", BANK_DEPOSIT_TYPE)]]
        return order
