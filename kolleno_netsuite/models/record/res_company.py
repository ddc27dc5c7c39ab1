from datetime import date, timedelta

from odoo import SUPERUSER_ID, models

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

    def _netsuite_last_lock(self, journal_type, has_tax=True):
        """Return the last day up to which the synchronisation may not book, or None.

        :param journal_type: type of the journal: only some have a lock date of their own.
        :param has_tax: whether what is booked appears in Odoo's tax report.
        """
        self.ensure_one()
        # The synchronisation books as the system: an exception for one user is not for it.
        books = self.with_user(SUPERUSER_ID)
        journal = self.env["account.journal"].new({"type": journal_type})
        # Each lock date is later than this day; one that is not set is before it.
        locks = books._get_violated_lock_dates(date.min + timedelta(days=1), has_tax, journal)
        return max(locks)[0] if locks else None
