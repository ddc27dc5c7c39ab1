from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Give connections the streams of charges and custom transactions, which wait for the first."""
    env = api.Environment(cr, SUPERUSER_ID, {"active_test": False})
    env["netsuite.connection"].search([])._complete_streams()
