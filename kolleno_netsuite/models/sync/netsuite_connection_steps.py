from collections.abc import Callable
from typing import NamedTuple

from odoo import api, models

from ...const import DOCUMENT_TYPES, RECORD_TYPES, TRANSACTION_TYPES
from ..connection.hook import hook


class Step(NamedTuple):
    """One part of what a driver does for one connection.

    :param sequence: steps are done from the lowest number on.
    :param work: function without arguments; it commits what it does.
    """

    sequence: int
    work: Callable


def in_order(steps):
    """Return `steps` by their sequence."""
    return sorted(steps, key=lambda step: step.sequence)


class NetsuiteConnection(models.Model):
    """The lists of steps: each room adds its own, and the drivers walk them."""

    _inherit = "netsuite.connection"

    # === LISTS OF STEPS === #

    @hook
    def _regular_steps(self):
        """Return the `Step` objects of the regular synchronisation of this connection."""
        return []

    @hook
    def _daily_steps(self):
        """Return the `Step` objects of the daily check of this connection."""
        return []

    @hook
    def _heal_steps(self):
        """Return the `Step` objects that take up what was left behind."""
        return []

    @hook
    def _weekly_steps(self, client, run, on_progress):
        """Return the `Step` objects of the weekly comparison; each tells whether to go on.

        :param run: the `netsuite.run` of the comparison.
        :param on_progress: called with it after each unit; may be None.
        """
        return []

    def _walk(self, steps):
        """Do `steps` in their order; an unforeseen error costs the step that meets it only."""
        self._each_apart([step.work for step in in_order(steps)])

    @hook
    @api.model
    def _booking_order(self):
        """Return the domains in whose order records are booked: references, customers,
        then open items of each type, then history."""
        transactions = [
            [("record_type", "=", record_type), ("priority", "=", priority)]
            for priority in (0, 1)
            for record_type in TRANSACTION_TYPES
        ]
        others = [t for t in RECORD_TYPES if t not in DOCUMENT_TYPES]
        return [[("record_type", "=", record_type)] for record_type in others] + transactions
