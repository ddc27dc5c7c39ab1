from odoo import api, fields, models

from ..record.netsuite_issue import Fix
from .removal import Removal


class NetsuiteIssue(models.Model):
    """What a person decides about many deletions, and about what came back."""

    _inherit = "netsuite.issue"

    kind = fields.Selection(
        selection_add=[("removal", "Removal"), ("program",)], ondelete={"removal": "cascade"}
    )

    # === BUSINESS METHODS === #

    @api.model
    def _fixes(self):
        def about(word):
            return lambda issue: issue._key_parts()[0] == word

        returned = self.env._("Book them again")
        gone = self.env._("See the mappings")
        leaving = self.env._("See what is open")
        return {
            **super()._fixes(),
            "removal": [
                Fix(returned, "_book_returned", about("returned")),
                Fix(gone, "_open_gone", about("gone")),
                Fix(leaving, "_open_leaving", about("leaving")),
                Fix(self.env._("Ask NetSuite Again"), "_ask_again", about("unclear")),
                Fix(self.env._("Cancel or Reverse Them"), "_remove_records"),
            ],
        }

    def _open_gone(self):
        self.check_access("write")
        return self.connection_id.action_open_mappings()

    def _open_leaving(self):
        """Open the open items of the customers that are gone in NetSuite."""
        self.check_access("write")
        # sudo: netsuite.record - the sync's; who may solve issues may see which partner it was
        records = self.sudo().record_ids
        partners = self.env["netsuite.booking.customer"].sudo()._all_partners(records)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Open Items of %s", ", ".join(records.mapped("name"))),
            "res_model": "account.move.line",
            "view_mode": "list,form",
            "domain": partners._netsuite_open_domain(partners),
            "context": {"create": False},
        }

    def _ask_again(self):
        """Ask NetSuite once more for what it did not tell about; the issue says what comes."""
        self.check_access("write")
        connection = self.connection_id
        # sudo: netsuite.record - the sync's; who may solve issues may start it
        doubtful = self.sudo().record_ids.filtered(lambda record: not record.removal_step)
        doubtful._advance(removal_step="suspected")
        return connection.action_synchronise()

    def _book_returned(self):
        self.check_access("write")
        # sudo: netsuite.record - the sync's; who may solve issues may start it
        returned = self.sudo().record_ids._book_returned()
        self._solve()
        return self.connection_id._notification(
            self.env._("%s records are booked again.", len(returned)), "success"
        )

    def _remove_records(self):
        """Take out of the books what NetSuite deleted; what only looks so is asked for first.

        It goes on in the background, as many as there are.
        """
        self.check_access("write")
        connection = self.connection_id
        # sudo: netsuite.record - the sync's; who may solve issues may start it
        records = Removal(connection.sudo()).confirm(self._key_parts()[1])
        connection.action_synchronise()
        if self.state != "solved":
            self._solve()
        return connection._notification(
            self.env._(
                "%s records are now being cancelled or reversed, each once NetSuite confirms "
                "that it no longer has it.",
                len(records),
            ),
            "success",
        )
