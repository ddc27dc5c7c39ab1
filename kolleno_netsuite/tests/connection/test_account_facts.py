from odoo.tests import tagged

from ..support.account_facts_case import SwitchesCase


@tagged("post_install", "-at_install")
class TestApplicationSwitches(SwitchesCase):
    """Which records an application touches, and whether applied invoices can be voided."""

    def test_in_step_when_nothing_is_switched(self):
        self.live_through()

    def test_in_step_when_unapplying_touches_the_payer_only(self):
        self.live_through(unapply_touches="payer")

    def test_in_step_when_unapplying_touches_nothing(self):
        self.live_through(unapply_touches="none")

    def test_in_step_when_applying_does_not_touch_the_invoice(self):
        self.live_through(apply_touches_invoice=False, unapply_touches="none")

    def test_in_step_when_applied_invoices_cannot_be_voided(self):
        self.live_through(void_linked="refuse")
