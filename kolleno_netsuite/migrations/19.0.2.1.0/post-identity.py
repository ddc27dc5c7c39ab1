from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Let connections recognise their database by its key file, name and address from now on.

    Until now they knew its ID only. One that was copied from another database stays refused.
    """
    env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True, "active_test": False})
    connections = env["netsuite.connection"].search([])
    connections.filtered(lambda connection: not connection._is_moved())._take_identity()
