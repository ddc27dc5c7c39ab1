from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Offer to book documents again whose taxes were booked without what they are the tax of."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    chosen = env["netsuite.mapping"].search([("kind", "=", "tax"), ("state", "=", "manual")])
    chosen._note_booked_before({})
