from odoo import api, fields, models

from ..record.netsuite_issue import Fix


class NetsuiteIssue(models.Model):
    """A difference is looked into where both sides are shown."""

    _inherit = "netsuite.issue"

    kind = fields.Selection(
        selection_add=[
            ("completeness", "Not mirrored"),
            ("difference", "Difference"),
            ("sign_in",),
        ],
        ondelete={"completeness": "cascade", "difference": "cascade"},
    )

    # === BUSINESS METHODS === #

    @api.model
    def _fixes(self):
        compare = self.env._("Compare the documents")
        fix = Fix(compare, "_open_proof", lambda issue: issue._proof())
        receivables = Fix(self.env._("See the receivables by type"), "_open_completeness")
        return {**super()._fixes(), "completeness": [receivables], "difference": [fix]}

    def _open_completeness(self):
        return self.connection_id.action_open_completeness()

    def _open_proof(self):
        return self._proof().action_open_documents()

    def _proof(self):
        """Return the proof row that raised this issue; empty when none did."""
        self.ensure_one()
        Proof = self.env["netsuite.proof"]
        parts = self._key_parts()
        if self.kind != "difference" or len(parts) != 4 or parts[0] != "proof":
            return Proof
        return Proof.search(
            [
                ("connection_id", "=", self.connection_id.id),
                ("customer_internal_id", "=", self._key_number(1)),
                ("company_id", "=", self._key_number(2)),
                ("currency_name", "=", parts[3]),
            ],
            limit=1,
        )
