from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL, formatLang

from ...const import BANK_DEPOSIT_TYPE, MONEY_TYPES
from ...mappers.text import enumerated
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
        "bank transactions of their own. What is matched with the bank already is skipped. "
        "Payments that NetSuite posts straight to a bank account have no deposit: you match them "
        "yourself, or map that account to your bank account. Not mirrored by default.",
    )
    straight_to_bank_text = fields.Char(
        compute="_compute_straight_to_bank_text",
        help="Payments that NetSuite posted straight to a bank account, and that wait for the bank "
        "here.",
    )
    deposits_left_text = fields.Char(
        compute="_compute_deposits_left_text",
        help="Bank deposits that were booked before they were no longer mirrored.",
    )

    # === COMPUTE METHODS === #

    @api.depends("bank_deposits")
    @api.depends_context("allowed_company_ids")
    def _compute_straight_to_bank_text(self):
        for connection in self:
            connection.straight_to_bank_text = connection._straight_to_bank_sentence()

    @api.depends("bank_deposits")
    def _compute_deposits_left_text(self):
        for connection in self:
            left = (
                Deposits(connection._origin).count_booked()
                if connection._origin and connection.bank_deposits == "none"
                else 0
            )
            connection.deposits_left_text = bool(left) and self.env._(
                "Bank deposits in the books: %s. They stay there, and no longer follow what "
                "changes in NetSuite, unless you take them out.",
                left,
            )

    def _straight_to_bank_sentence(self):
        """Return which payments no deposit takes to the bank; False without any."""
        if self.bank_deposits == "none" or not self._origin:
            return False
        rows = Deposits(self._origin).straight_to_bank(self.env.companies)
        if not rows:
            return False
        # sudo: account.account - their names, for who may look at the connection
        accounts = self.env["account.account"].sudo().browse({row[0] for row in rows})
        totals = {}
        for _account, currency, _number, amount in rows:
            totals[currency] = totals.get(currency, 0) + amount
        amounts = [
            formatLang(self.env, total, currency_obj=self.env["res.currency"].browse(currency))
            for currency, total in totals.items()
        ]
        return self.env._(
            "Payments that NetSuite posted straight to a bank account: %(number)s (%(amounts)s). "
            "No deposit has them, so they stay on %(accounts)s until you match them with the "
            "bank. If you keep no bank transactions in Odoo, map NetSuite's bank account to "
            "your own.",
            number=formatLang(self.env, sum(row[2] for row in rows), digits=0),
            amounts=", ".join(amounts),
            accounts=enumerated(accounts.sorted("id").mapped("name")),
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
        else:
            Deposits(self).leave()

    # === ACTION METHODS === #

    def action_open_straight_to_bank(self):
        """Open the payments that NetSuite posted straight to a bank account."""
        self.ensure_one()
        self.check_access("read")
        own = [("move_id.netsuite_record_id.connection_id", "=", self.id)]
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Posted Straight to the Bank"),
            "res_model": "account.move.line",
            "view_mode": "list,form",
            "domain": [*own, ("netsuite_straight_to_bank", "=", True)],
        }

    def action_withdraw_deposits(self):
        """Take the bank deposits out of the books that were booked before they were switched off.

        Their payments wait for the bank again. What is in a locked period, or secured by a hash,
        stays.

        :raise UserError: deposits are mirrored.
        """
        self.ensure_one()
        self.check_access("write")
        if self.bank_deposits != "none":
            raise UserError(
                self.env._("Bank deposits are mirrored: choose Not Mirrored under Documents first.")
            )
        going, staying = Deposits(self).withdraw()
        message = self.env._("Bank deposits that are taken out of the books: %s.", going)
        if staying:
            message = self.env._(
                "Bank deposits that are taken out of the books: %(going)s. In locked periods or "
                "secured, and left as they are: %(staying)s.",
                going=going,
                staying=staying,
            )
        return self._notification(message, "success")

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
        # Last, when their payments are in the books; those that are no longer mirrored as well.
        return [*super()._booking_order(), [("record_type", "=", BANK_DEPOSIT_TYPE)]]
