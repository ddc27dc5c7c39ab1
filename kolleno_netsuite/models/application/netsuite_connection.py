from functools import partial

from odoo import models

from ..connection.hook import hook
from ..sync.netsuite_connection_steps import Step


class NetsuiteConnection(models.Model):
    """At whose rates applications are settled, and when what was unapplied is applied again."""

    _inherit = "netsuite.connection"

    # === BUSINESS METHODS === #

    @hook
    def _uses_netsuite_rates(self, record_type):
        """Tell whether documents of a type are booked at NetSuite's rates."""
        self.ensure_one()
        return self.use_netsuite_rates

    # === DRIVERS === #

    def _heal_steps(self):
        take_up = self.env["netsuite.application"]._take_up_undone
        return [*super()._heal_steps(), Step(50, partial(self._commit_unit, take_up, self))]
