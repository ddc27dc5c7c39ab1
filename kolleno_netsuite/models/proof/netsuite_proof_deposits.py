from odoo import api, models


class NetsuiteProof(models.Model):
    """Deposits beside what is open: columns that are there only where somebody has any."""

    _inherit = "netsuite.proof"

    @api.model
    def _get_view_cache_key(self, view_id=None, view_type="form", **options):
        key = super()._get_view_cache_key(view_id, view_type, **options)
        return (*key, self._has_deposits())

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        arch, view = super()._get_view(view_id, view_type, **options)
        if view_type == "list" and not self._has_deposits():
            for node in arch.xpath("//field[contains(@name, 'deposits')]"):
                node.set("column_invisible", "1")
        return arch, view

    @api.model
    def _has_deposits(self):
        """Tell whether a customer that the user may see has deposits left, on either side."""
        domain = ["|", ("netsuite_deposits", "!=", 0), ("odoo_deposits", "!=", 0)]
        return bool(self.search_count(domain, limit=1))
