from odoo.tests import tagged

from ..support.profile_case import ProfileCase


@tagged("post_install", "-at_install")
class TestAccountsOfOneWorldOtherwise(ProfileCase):
    """Accounts with OneWorld that lack a currency of another kind, or say links as they used to."""

    def test_chain_in_one_world_one_currency(self):
        self.live_through()

    def test_chain_in_one_world_old_links_suitetax(self):
        self.live_through()
