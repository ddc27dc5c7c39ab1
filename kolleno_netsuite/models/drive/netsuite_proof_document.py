from odoo import models


class NetsuiteProofDocument(models.Model):
    """The documents of a comparison are read again on demand."""

    _inherit = "netsuite.proof.document"

    # === ACTION METHODS === #

    def action_resync(self):
        """Read these documents again from NetSuite, book them and compare again."""
        proof = self.proof_id
        self.record_id.action_resync()
        return proof.exists().action_open_documents() if proof.exists() else proof.action_open()
