from odoo import fields, models


class NetsuiteConnection(models.Model):
    """The customers that are being taken out of the books."""

    _inherit = "netsuite.connection"

    withdrawal_count = fields.Integer(
        compute="_compute_withdrawal_count",
        string="Being Taken Out",
        help="Customers who were left out, and whose documents are still being cancelled.",
    )

    # === COMPUTE METHODS === #

    def _compute_withdrawal_count(self):
        counts = dict(
            self.env["netsuite.record"]._read_group(
                [("connection_id", "in", self.ids), ("withdrawal", "!=", False)],
                ["connection_id"],
                ["__count"],
            )
        )
        for connection in self:
            connection.withdrawal_count = counts.get(connection._origin, 0)

    # === DRIVERS === #

    def _take_out_withdrawn(self):
        """Take out the customers that wait for it, some per commit.

        :return: False when the time of the cron is over first, or somebody paused it.
        """
        withdrawal = self.env["netsuite.withdrawal"]
        while self._commit_unit(withdrawal._withdraw_waiting, self):
            self.env.invalidate_all()
            if self._is_interrupted("book"):
                return False
        return True
