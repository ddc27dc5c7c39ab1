from odoo.tools import SQL


def migrate(cr, version):
    """Show the partner ledger of customers who were compared before own entries were looked for.

    The next synchronisation finds what stands beside; until then it is what mirrors NetSuite.
    """
    cr.execute(SQL("UPDATE netsuite_proof SET ledger_open = odoo_open WHERE ledger_open IS NULL"))
