from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Let connections of the first version read contacts, deposits, refunds, journals and all."""
    env = api.Environment(cr, SUPERUSER_ID, {"active_test": False})
    env["netsuite.connection"].search([])._complete_streams()
