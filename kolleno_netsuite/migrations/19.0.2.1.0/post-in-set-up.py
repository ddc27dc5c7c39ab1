from odoo import SUPERUSER_ID, api
from odoo.fields import Domain


def migrate(cr, version):
    """Keep connections waiting for their first import: being in set-up is a state from now on.

    Before, one was connected, and the crons passed over it because it had no run. One whose import
    was begun stays as it is.
    """
    env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True, "active_test": False})
    Connection = env["netsuite.connection"]
    waiting = Domain("state", "in", ("connected", "paused")) & ~Connection._begun_domain()
    # Not by `_advance`: from a pause no way leads back into the set-up.
    Connection.search(waiting).write(
        {"state": "setup", "state_reason": False, "pause_reason": False, "paused_until": False}
    )
