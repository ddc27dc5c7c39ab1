from odoo.addons.kolleno_netsuite.models.pdf.ir_attachment import HARMLESS, ONLY_SAVED
from odoo.tools import SQL


def migrate(cr, version):
    """Let files that were fetched from NetSuite before, and can hold programs, only be saved."""
    cr.execute(
        SQL(
            """UPDATE ir_attachment SET mimetype = %s
               WHERE netsuite_file_id IS NOT NULL AND mimetype NOT LIKE ALL(%s)""",
            ONLY_SAVED,
            [f"{beginning}%" for beginning in HARMLESS],
        )
    )
