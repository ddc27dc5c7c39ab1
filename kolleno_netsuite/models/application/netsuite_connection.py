from functools import partial

from odoo import models

from ..sync.netsuite_connection_steps import Step


class NetsuiteConnection(models.Model):
    """What someone unapplied in Odoo is applied again."""

    _inherit = "netsuite.connection"

    # === DRIVERS === #

    def _heal_steps(self):
        take_up = self.env["netsuite.application"]._take_up_undone
        return [*super()._heal_steps(), Step(50, partial(self._commit_unit, take_up, self))]
