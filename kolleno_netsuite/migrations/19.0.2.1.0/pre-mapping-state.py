from odoo.tools import SQL
from odoo.tools.sql import column_exists

TABLE, FORMER, PRESENT = "netsuite_mapping", "how", "state"


def migrate(cr, version):
    """Keep who chose each mapping: the field is called ``state`` from now on, as everywhere.

    Before the model is loaded, which would add an empty column beside the filled one.
    """
    if not column_exists(cr, TABLE, FORMER):
        return
    cr.execute(
        SQL(
            "ALTER TABLE %s RENAME COLUMN %s TO %s",
            SQL.identifier(TABLE),
            SQL.identifier(FORMER),
            SQL.identifier(PRESENT),
        )
    )
    # A filter that a person saved names the field by its name.
    cr.execute(
        SQL(
            r"""
            UPDATE ir_filters
            SET domain = regexp_replace(domain, '(\(|\[)([''"])how\2', '\1\2state\2', 'g'),
                context = regexp_replace(context, '([''"])how\1', '\1state\1', 'g'),
                sort = regexp_replace(sort, '"how( desc)?"', '"state\1"', 'g')
            WHERE model_id = 'netsuite.mapping'
            """
        )
    )
