from odoo import api, models
from odoo.tools import SQL

from ...const import JOURNAL_TYPE


class NetsuiteScope(models.AbstractModel):
    """Who is mirrored, as far as journals tell: their customers are on their lines."""

    _inherit = "netsuite.scope"

    @api.model
    def _lifted_by_line(self, connection, line, reason):
        """Tell whether a receivable line brings its customer in, who then comes before it.

        :param line: a line with `entity` and `is_open`.
        """
        if reason == "inactive":
            return connection.import_inactive == "open" and line.is_open
        return False

    def _busy_on_journals(self, connection, customers):
        """Return [(customer, something is open, something belongs to a mapped subsidiary)].

        An open or a mapped line may be told by an empty value where nothing is.
        """
        # As for documents: what is open is only in what was landed.
        return self.env.execute_query(
            SQL(
                """SELECT (line->>'subentity')::int,
                       BOOL_OR(payload->'row'->>'posting' = 'T' AND (
                           COALESCE((line->>'foreignamountunpaid')::numeric, 0) <> 0
                           OR COALESCE((line->>'foreignpaymentamountunused')::numeric, 0) <> 0)),
                       BOOL_OR(company_id IS NOT NULL)
                   FROM netsuite_record
                   CROSS JOIN jsonb_array_elements(payload->'lines') line
                   WHERE connection_id = %s AND record_type = %s AND state <> 'removed'
                       AND (line->>'subentity')::int = ANY(%s)
                   GROUP BY 1""",
                connection.id,
                JOURNAL_TYPE,
                [record.internal_id for record in customers],
            )
        )
