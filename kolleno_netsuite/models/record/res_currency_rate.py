from odoo import api, models


class ResCurrencyRate(models.Model):
    """An exchange rate that is entered lets go on what waited for it."""

    _inherit = "res.currency.rate"

    @api.model_create_multi
    def create(self, vals_list):
        rates = super().create(vals_list)
        rates._netsuite_release()
        return rates

    def write(self, vals):
        result = super().write(vals)
        if {"name", "currency_id", "company_id"} & set(vals):
            self._netsuite_release()
        return result

    def _netsuite_release(self):
        """Let go on what waits for a rate of these currencies, in whichever company."""
        # sudo: netsuite.issue, netsuite.record - written by the sync; entering a rate releases them
        Issue = self.env["netsuite.issue"].sudo()
        waiting = Issue.search(
            [("kind", "=", "currency"), ("key", "=like", "rate:%"), ("state", "!=", "solved")]
        )
        names = set(self.currency_id.mapped("name"))
        waiting = waiting.filtered(lambda issue: issue._key_parts()[1] in names)
        for connection, issues in waiting.grouped("connection_id").items():
            Issue._release(connection, issues.mapped("key"))
