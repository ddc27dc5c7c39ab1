from odoo import models

LOCK_FIELDS = {
    "fiscalyear_lock_date",
    "tax_lock_date",
    "sale_lock_date",
    "purchase_lock_date",
    "hard_lock_date",
}


class ResCompany(models.Model):
    """A period that is opened lets go on what waited for it."""

    _inherit = "res.company"

    def write(self, vals):
        result = super().write(vals)
        if LOCK_FIELDS & set(vals):
            # sudo: netsuite.issue, netsuite.record - written by the sync; opening a period releases
            # them
            issues = self.env["netsuite.issue"].sudo()
            for company in self:
                issues |= issues.search(
                    [
                        ("kind", "=", "period"),
                        ("key", "=like", f"period:{company.id}:%"),
                        ("state", "!=", "solved"),
                    ]
                )
            if issues:
                issues._retry()
                issues._solve()
        return result
