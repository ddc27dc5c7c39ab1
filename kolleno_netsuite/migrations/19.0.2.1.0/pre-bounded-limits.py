from odoo.addons.kolleno_netsuite.const import LONGEST_INTERVAL, MOST_CALLS_AT_ONCE
from odoo.tools import SQL


def migrate(cr, version):
    """Bring limits within the bounds that they have from now on.

    Before the model is loaded, which would not add bounds that a row is outside of.
    """
    cr.execute(
        SQL(
            """UPDATE netsuite_connection
               SET concurrency_limit = LEAST(concurrency_limit, %(calls)s),
                   interval_minutes = LEAST(interval_minutes, %(minutes)s)
               WHERE concurrency_limit > %(calls)s OR interval_minutes > %(minutes)s""",
            calls=MOST_CALLS_AT_ONCE,
            minutes=LONGEST_INTERVAL,
        )
    )
    cr.execute(
        SQL(
            "UPDATE netsuite_stream SET interval_minutes = %(minutes)s "
            "WHERE interval_minutes > %(minutes)s",
            minutes=LONGEST_INTERVAL,
        )
    )
