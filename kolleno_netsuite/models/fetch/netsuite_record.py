from odoo import models

from ..connection.hook import hook


class NetsuiteRecord(models.Model):
    """What reading says of records that were taken out of the books."""

    _inherit = "netsuite.record"

    # === BUSINESS METHODS === #

    @hook
    def _shown_again(self):
        """Follow that NetSuite shows these records again although it had deleted them."""
