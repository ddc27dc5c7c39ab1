from odoo import api, fields, models
from odoo.fields import Domain

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
        if self.kind != "difference" or parts[0] != "proof" or len(parts) not in (3, 4):
            return Proof
        domain = Domain("connection_id", "=", self.connection_id.id)
        if len(parts) == 3:
            shared = Proof.search(domain & Domain([("shared_partner", "=", True)]))
            return shared.filtered(lambda proof: proof._issue_key() == self.key)[:1]
        domain &= Domain("customer_internal_id", "=", self._key_number(1))
        domain &= Domain("company_id", "=", self._key_number(2))
        domain &= Domain("currency_name", "=", parts[3])
        return Proof.search(domain, limit=1)
