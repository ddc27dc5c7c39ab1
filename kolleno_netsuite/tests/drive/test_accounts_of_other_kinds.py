from odoo.tests import tagged

from netsuite_simulator.profiles import PROFILES, TESTED

from ..support.examples import EXAMPLES
from ..support.profile_case import ProfileCase


@tagged("post_install", "-at_install")
class TestAccountsOfOtherKinds(ProfileCase):
    """Accounts that differ in one thing each: too many for all but ``make soak``."""


def _chain(case):
    case.live_through()


for _name in sorted(PROFILES.keys() - TESTED.keys()) if EXAMPLES else ():
    setattr(TestAccountsOfOtherKinds, f"test_chain_in_{_name}", _chain)
