from datetime import date

from odoo import api, fields, models
from odoo.tools import SQL

# {kind: documents that were booked with another target than the mapping `m` has now}. A method
# counts for payments of its own journal and direction only, as in booking. What the books are
# locked for keeps what it has: its `date` is compared with the company's lock.
BEHIND = {
    "payment_method": SQL(
        """SELECT m.id AS mapping_id, r.id AS record_id, move.date
           FROM netsuite_mapping m
           JOIN account_payment_method_line line ON line.id = m.payment_method_line_id
           JOIN account_payment_method method ON method.id = line.payment_method_id
           JOIN account_payment p ON p.journal_id = line.journal_id
               AND p.payment_type = method.payment_type AND p.payment_method_line_id <> line.id
           JOIN account_move move ON move.id = p.move_id
           JOIN netsuite_record r ON r.id = p.netsuite_record_id
               AND r.connection_id = m.connection_id AND r.company_id = m.company_id
               AND r.payload->'row'->>'paymentmethod' = m.internal_id::text"""
    ),
    "term": SQL(
        """SELECT m.id AS mapping_id, r.id AS record_id, move.date
           FROM netsuite_mapping m
           JOIN account_move move ON move.company_id = m.company_id
               AND move.invoice_payment_term_id IS DISTINCT FROM m.payment_term_id
               AND move.move_type IN ('out_invoice', 'out_refund')
           JOIN netsuite_record r ON r.id = move.netsuite_record_id
               AND r.connection_id = m.connection_id AND r.record_type <> 'creditmemo'
               AND r.payload->'row'->>'terms' = m.internal_id::text"""
    ),
}


class NetsuiteMapping(models.Model):
    """What was booked before its payment method or terms were mapped, or mapped to others."""

    _inherit = "netsuite.mapping"

    behind_count = fields.Integer(
        string="Booked Otherwise",
        compute="_compute_behind_count",
        compute_sudo=True,
        aggregator=None,
        help="Documents that were booked before this was chosen, with another payment method or "
        "other terms. They keep it until you book them again.",
    )

    # === COMPUTE METHODS === #

    @api.depends("state", "payment_term_id", "payment_method_line_id")
    def _compute_behind_count(self):
        behind = self._behind()
        for mapping in self:
            mapping.behind_count = len(behind.get(mapping.id, ()))

    # === BUSINESS METHODS === #

    def _behind(self):
        """Return {id of a mapping: ids of the records that were booked with another target}."""
        chosen = self.filtered(lambda mapping: mapping.state == "manual" and mapping._target())
        self.env.flush_all()
        found = {}
        for (kind, company), mappings in chosen.grouped(lambda m: (m.kind, m.company_id)).items():
            if kind not in BEHIND:
                continue
            # SQL, because the ids of NetSuite's methods and terms are in the records' payloads.
            rows = self.env.execute_query(
                SQL(
                    """%s WHERE m.id IN %s AND r.state = 'booked' AND move.date > %s
                       ORDER BY r.id""",
                    BEHIND[kind],
                    tuple(mappings.ids),
                    company._netsuite_last_lock("sale") or date.min,
                )
            )
            for mapping_id, record_id, _date in rows:
                found.setdefault(mapping_id, []).append(record_id)
        return found
