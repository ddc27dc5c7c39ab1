from odoo import models


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"

    def unlink(self):
        """Let the applications wait again whose reconciliation is undone.

        NetSuite is the ledger of record: what is applied there is applied here, until it is
        unapplied there.
        """
        # A user who may unreconcile does not write applications himself.
        applications = (
            self.env["netsuite.application"].sudo().search([("partial_ids", "in", self.ids)])
        )
        result = super().unlink()
        undone = applications.filtered(lambda application: not application.partial_ids)
        undone.write({"state": "waiting", "next_try": False})
        return result
