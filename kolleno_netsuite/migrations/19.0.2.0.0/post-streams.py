from odoo import SUPERUSER_ID, api
from odoo.tools import SQL


def migrate(cr, version):
    """Let connections of the first version read contacts, deposits, refunds, journals and all."""
    env = api.Environment(cr, SUPERUSER_ID, {"active_test": False})
    env["netsuite.connection"].search([])._complete_streams()
    # They have mirrored everything since ever; the default of twelve months is for new ones. Not
    # by the ORM, which would read again what is older than the default: it is all there.
    env.flush_all()
    env.cr.execute(SQL("UPDATE netsuite_connection SET history_start = NULL"))
    env.invalidate_all()
