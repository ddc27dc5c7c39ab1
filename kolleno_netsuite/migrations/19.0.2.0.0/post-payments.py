from odoo.tools import SQL


def migrate(cr, version):
    """Note for whom else payments are, as booking does from now on; their balances go together."""
    cr.execute(
        SQL(
            """
            UPDATE netsuite_record r SET line_customers = named.others
            FROM (
                SELECT p.id, jsonb_agg(DISTINCT (line->>'subentity')::int) AS others
                FROM netsuite_record p CROSS JOIN jsonb_array_elements(p.payload->'lines') line
                WHERE p.record_type = 'customerpayment' AND p.state = 'booked'
                    AND (line->>'subentity')::int NOT IN (0, p.customer_internal_id)
                GROUP BY p.id
            ) named
            WHERE named.id = r.id
            """
        )
    )
