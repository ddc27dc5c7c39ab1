from odoo import fields, models


class NetsuiteRun(models.Model):
    """What a comparison of all ids found, in a sentence."""

    _inherit = "netsuite.run"

    comparison_text = fields.Char(string="Result", compute="_compute_comparison_text")

    def _compute_comparison_text(self):
        for run in self:
            is_comparison = run.kind == "comparison"
            run.comparison_text = run._comparison_sentence() if is_comparison else False

    def _comparison_sentence(self):
        """Return how far a comparison is, or what it found."""
        self.ensure_one()
        compared = sum(self.line_ids.mapped("landed"))
        if self.state == "running":
            return self.env._("Comparing: %s IDs so far.", compared)
        found = {
            name: sum(self.line_ids.mapped(name)) for name in ("missed", "changed", "vanished")
        }
        if not any(found.values()):
            return self.env._("All %s IDs agree.", compared)
        return self.env._(
            "%(compared)s IDs compared: %(missed)s were missed and %(changed)s had changed "
            "unannounced, all read now; %(vanished)s are no longer shown by NetSuite and were "
            "asked for one by one.",
            compared=compared,
            **found,
        )
