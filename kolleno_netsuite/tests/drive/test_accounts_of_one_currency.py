from odoo.tests import tagged

from ..support.profile_case import ProfileCase


@tagged("post_install", "-at_install")
class TestAccountsOfOneCurrency(ProfileCase):
    """Accounts without OneWorld and without Multiple Currencies."""

    def test_chain_in_single_currency_single_company(self):
        self.live_through()

    def test_chain_in_single_currency_suitetax_leads(self):
        self.live_through()
