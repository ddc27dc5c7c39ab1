from odoo import models

from .refresh import Refresh

# Context key: NetSuite was asked for what is sent, with success or without.
REFRESHED = "netsuite_refreshed"


class AccountMove(models.Model):
    """Documents that are sent once more are read from NetSuite first: it may have been paid."""

    _inherit = "account.move"

    # === ACTION METHODS === #

    def action_send_and_print(self):
        # The text that the dialog proposes names what is open now.
        self._netsuite_refresh_before_reminder()
        return super().action_send_and_print()

    # === BUSINESS METHODS === #

    def _netsuite_still_to_send(self):
        """Return those of these documents that are sent, after a look at NetSuite.

        What was settled there is not sent a second time; its chatter says so.
        """
        if self.env.context.get(REFRESHED):
            return self
        settled, troubled = self._netsuite_refresh_before_reminder()
        for move, sentence in {**settled, **troubled}.items():
            if move.exists():
                move._message_log(body=sentence)
        settled = self.browse([move.id for move in settled])
        settled.exists().sending_data = False
        return self.exists() - settled

    def _netsuite_refresh_before_reminder(self):
        """Read what NetSuite changed of those who get a document of these once more.

        :return: ({move: why it need not be sent any more}, {move: why NetSuite could not be
            asked}).
        """
        # sudo: netsuite.record - the link to NetSuite isn't readable for everyone who sends
        # invoices
        reminders = self.filtered(
            lambda move: move.is_move_sent and move.state == "posted" and move.is_sale_document()
        ).sudo()
        reminders = reminders.filtered("netsuite_record_id")
        if not reminders:
            return {}, {}
        open_before = {move: bool(move.amount_residual) for move in reminders}
        problems = Refresh(reminders._netsuite_customers()).run()
        names = {move: move.name for move in reminders}
        settled = {
            move: move._netsuite_settled_sentence(names[move])
            for move in reminders
            if open_before[move]
            and not (move.exists() and move.state == "posted" and move.amount_residual)
        }
        troubled = {
            move: problems[connection]
            for move in reminders
            if move not in settled
            and (connection := move.netsuite_record_id.connection_id) in problems
        }
        return settled, troubled

    def _netsuite_settled_sentence(self, name):
        if self.exists() and self.state == "posted":
            return self.env._(
                "%s has been settled in NetSuite, so it was not sent again. To send a copy of "
                "it, send it once more.",
                name,
            )
        return self.env._("%s has been reversed in NetSuite, so it was not sent.", name)

    def _netsuite_customers(self):
        """Return the `netsuite.record` rows of the customers of these mirrored documents."""
        # sudo: netsuite.record - the link to NetSuite isn't readable for everyone who sends
        # invoices
        customers = self.env["netsuite.record"].sudo()
        for connection, records in self.netsuite_record_id.grouped("connection_id").items():
            customers |= customers.search(
                [
                    ("connection_id", "=", connection.id),
                    ("record_type", "=", "customer"),
                    ("internal_id", "in", records._customers()),
                ]
            )
        return customers
