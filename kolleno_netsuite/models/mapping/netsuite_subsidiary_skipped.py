from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.misc import formatLang

from ...const import TRANSACTION_TYPES


class NetsuiteSubsidiary(models.Model):
    """What is left out while a subsidiary has no company: how many documents, how much open."""

    _inherit = "netsuite.subsidiary"

    skipped_count = fields.Integer(
        compute="_compute_skipped", help="Documents that are left out for want of a company."
    )
    skipped_text = fields.Char(
        compute="_compute_skipped",
        string="Left Out",
        help="Documents that are left out for want of a company, and what they have open.",
    )

    # === COMPUTE METHODS === #

    @api.depends("company_id")
    def _compute_skipped(self):
        without = self.filtered(lambda row: not row.company_id)
        found = without._skipped_amounts() if without else {}
        for subsidiary in self:
            amounts = found.get((subsidiary.connection_id.id, subsidiary.internal_id), {})
            subsidiary.skipped_count = sum(count for count, _open in amounts.values())
            subsidiary.skipped_text = bool(amounts) and self._skipped_sentence(
                subsidiary.skipped_count, amounts
            )

    def _skipped_amounts(self):
        """Return {(connection, subsidiary): {currency code: (documents, open amount)}}.

        Credit memos and payments that are not applied count against what is owed.
        """
        self.env["netsuite.record"].flush_model()
        # Added up in SQL: the amounts stand in the stored answers, and there can be many.
        rows = self.env.execute_query(
            SQL(
                """SELECT r.connection_id, r.subsidiary_internal_id,
                          cur.payload->'row'->>'symbol', COUNT(*),
                          SUM(COALESCE((r.payload->'row'->>'foreignamountunpaid')::numeric, 0)
                              - ABS(COALESCE((r.payload->'row'->>'foreignpaymentamountunused')
                                    ::numeric, 0)))
                   FROM netsuite_record r
                   LEFT JOIN netsuite_record cur ON cur.connection_id = r.connection_id
                       AND cur.record_type = 'currency'
                       AND cur.internal_id = (r.payload->'row'->>'currency')::int
                   WHERE r.connection_id IN %(connections)s AND r.record_type IN %(types)s
                       AND (r.state IN ('pending', 'blocked') OR r.left_out = 'subsidiary')
                       AND r.subsidiary_internal_id IN %(subsidiaries)s
                   GROUP BY 1, 2, 3 ORDER BY 3""",
                connections=tuple(self.connection_id.ids),
                types=TRANSACTION_TYPES,
                subsidiaries=tuple(self.mapped("internal_id")),
            )
        )
        found = {}
        for connection, subsidiary, currency, count, amount in rows:
            found.setdefault((connection, subsidiary), {})[currency or ""] = (count, amount)
        return found

    def _skipped_sentence(self, count, amounts):
        """Return ``documents: 12, open: EUR 20.00, GBP 1,204.00``."""
        open_amounts = [
            f"{currency} {formatLang(self.env, float(amount))}".strip()
            for currency, (_count, amount) in amounts.items()
            if amount
        ]
        if not open_amounts:
            return self.env._("documents: %s, nothing open", count)
        return self.env._(
            "documents: %(count)s, open: %(amounts)s", count=count, amounts=", ".join(open_amounts)
        )
