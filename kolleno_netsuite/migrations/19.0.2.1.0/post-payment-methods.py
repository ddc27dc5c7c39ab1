from odoo.tools import SQL


def migrate(cr, version):
    """Show as not mapped what was mapped to a method of a journal that mirrored payments have not.

    It never had an effect.
    """
    cr.execute(
        SQL(
            """UPDATE netsuite_mapping m
               SET payment_method_line_id = NULL, state = 'none', suggestion_reason = NULL
               FROM account_payment_method_line line
               JOIN account_journal journal ON journal.id = line.journal_id
               WHERE line.id = m.payment_method_line_id
                   AND journal.netsuite_connection_id IS DISTINCT FROM m.connection_id"""
        )
    )
