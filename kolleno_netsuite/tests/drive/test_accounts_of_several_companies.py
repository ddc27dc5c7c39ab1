from odoo.tests import tagged

from ..support.profile_case import ProfileCase


@tagged("post_install", "-at_install")
class TestAccountsOfSeveralCompanies(ProfileCase):
    """Accounts with OneWorld and many currencies."""

    def test_chain_in_one_world_many_currencies(self):
        self.live_through()

    def test_chain_in_one_world_suitetax(self):
        self.live_through()
