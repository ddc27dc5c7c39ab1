from odoo import api, models


class NetsuiteIssue(models.Model):
    """A difference is looked into where both sides are shown."""

    _inherit = "netsuite.issue"

    @api.depends("kind", "state", "record_count")
    def _compute_fix_label(self):
        super()._compute_fix_label()
        for issue in self:
            if issue.state != "solved" and issue._proof():
                issue.fix_label = self.env._("Compare the documents")

    def action_fix(self):
        """Open the documents of both sides when a proof raised the issue."""
        self.ensure_one()
        proof = self._proof()
        return proof.action_open_documents() if proof else super().action_fix()

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
