from odoo.tests import tagged

from ..support.profile_case import ProfileCase


@tagged("post_install", "-at_install")
class TestAccountsOfOneCompany(ProfileCase):
    """Accounts without OneWorld."""

    def test_chain_in_single_company_many_currencies(self):
        self.live_through()

    def test_chain_in_single_company_lines_suitetax(self):
        self.live_through()
