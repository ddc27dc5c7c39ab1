from odoo import models

from .scope import Scope


class NetsuiteSubsidiary(models.Model):
    """Which subsidiaries are mapped decides who is mirrored."""

    _inherit = "netsuite.subsidiary"

    # === BUSINESS METHODS === #

    def _company_changed(self):
        super()._company_changed()
        for connection in self.connection_id:
            Scope(connection).evaluate_again()
