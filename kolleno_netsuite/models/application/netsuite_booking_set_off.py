from decimal import Decimal

from odoo import api, models
from odoo.tools import SQL

from ...const import JOURNAL_TYPE
from ...mappers.application import OpenLine, set_off
from ..connection.failure import failure_of
from ..connection.isolation import isolate
from .exact_reconciliation import ExactReconciliation


class NetsuiteBookingApplication(models.AbstractModel):
    """Sets off what a journal debits and credits one customer, where that is wanted.

    NetSuite keeps such lines open on both sides until it applies them. So each item remembers
    how much of it is set off: the proof adds it back, and it is taken back before NetSuite's own
    applications need it.
    """

    _inherit = "netsuite.booking.application"

    # === BUSINESS METHODS === #

    def _journals(self, records):
        return records.filtered(lambda record: record.record_type == JOURNAL_TYPE)

    @api.model
    def _set_off(self, connection, journals):
        """Set off what is open on both sides of journals, where the connection wants it net.

        :param journals: their records.
        :return: number of entries that something was set off in.
        """
        if connection.journal_items != "customer" or not journals:
            return 0
        return self._set_off_groups(self._open_on_both_sides(connection, journals, None))

    @api.model
    def _set_off_isolated(self, connection, limit):
        """Set off some of all journals of a connection, each at its own cost.

        :param limit: journals, customers and accounts in one go.
        :return: number of entries that something was set off in.
        """
        if connection.journal_items != "customer":
            return 0
        groups = self._open_on_both_sides(connection, None, limit)
        isolated = isolate(self.env, groups, self._set_off_groups)
        self._list_not_set_off(
            connection, [(lines.move_id, error) for (lines,), error in isolated.errors]
        )
        return sum(number for _part, number in isolated.done)

    @api.model
    def _take_back_isolated(self, connection, moves):
        """Take back what is set off in entries, each at its own cost; return how many were."""
        isolated = isolate(self.env, moves, self._take_set_off_back)
        self._list_not_set_off(connection, isolated.errors)
        return sum(number for _part, number in isolated.done)

    def _list_not_set_off(self, connection, errors):
        """List journals of which Odoo refuses to set off, or to take back, what is open.

        :param errors: ``[(entries of one journal, exception)]``.
        """
        for moves, error in errors:
            failure = failure_of(self.env, error)
            self.env["netsuite.issue"]._touch(
                connection,
                "content",
                f"setoff:{failure.code}",
                self.env._("Journal entries that could not be set off: %s", failure.title),
                self.env._("Correct what Odoo refuses, then choose the setting once more."),
                severity="1",
                records=moves.netsuite_record_id,
                detail=f"{moves[0].name}: {failure.title}",
            )

    def _set_off_groups(self, groups):
        """Set off what is open within each group of items; return how many entries changed."""
        pairs, amounts, company_amounts = [], {}, {}
        for lines in groups:
            for pair, settled in self._pairs_within(lines).items():
                pairs.append(pair)
                key = (pair[0].id, pair[1].id)
                amounts[key], company_amounts[key] = settled.amount, settled.base
        if not pairs:
            return 0
        ExactReconciliation(self.env).reconcile(pairs, amounts, company_amounts=company_amounts)
        for debit, credit in pairs:
            amount = float(amounts[(debit.id, credit.id)])
            debit.netsuite_set_off += amount
            credit.netsuite_set_off -= amount
        return len({debit.move_id for debit, _credit in pairs})

    @api.model
    def _take_set_off_back(self, moves):
        """Let items of journals be open again as NetSuite has them; return how many entries."""
        lines = moves.line_ids.filtered("netsuite_set_off")
        if not lines:
            return 0
        partials = (lines.matched_debit_ids | lines.matched_credit_ids).filtered(
            lambda partial: partial.debit_move_id.move_id == partial.credit_move_id.move_id
        )
        applied = self.env["netsuite.application"].search([("partial_ids", "in", partials.ids)])
        ExactReconciliation(self.env).unreconcile(partials - applied.partial_ids)
        lines.netsuite_set_off = 0
        return len(lines.move_id)

    @api.model
    def _entries_of(self, journals):
        """Return the posted entries of journals, in all companies."""
        return self.env["account.move"].search(
            [("netsuite_record_id", "in", journals.ids), ("state", "=", "posted")]
        )

    def _open_on_both_sides(self, connection, journals, limit):
        """Return groups of items of one customer and entry that are open on both sides.

        An item that an application waits for is left out: it is needed as it is.
        """
        self.env.flush_all()
        # Grouped with a condition on both signs, which the ORM cannot express.
        rows = self.env.execute_query(
            SQL(
                """
                SELECT array_agg(l.id ORDER BY l.netsuite_line, l.id)
                FROM netsuite_record r
                JOIN account_move m ON m.netsuite_record_id = r.id AND m.state = 'posted'
                JOIN account_move_line l ON l.move_id = m.id
                JOIN account_account a ON a.id = l.account_id
                    AND a.account_type = 'asset_receivable'
                WHERE r.connection_id = %(connection)s AND r.record_type = %(journal)s
                    AND %(chosen)s AND l.amount_residual_currency <> 0
                    AND NOT EXISTS (
                        SELECT 1 FROM netsuite_application w
                        WHERE w.state = 'waiting' AND (
                            (w.paying_record_id = r.id AND w.paying_line = l.netsuite_line)
                            OR (w.invoice_record_id = r.id AND w.invoice_line = l.netsuite_line)))
                GROUP BY m.id, l.partner_id, l.account_id, l.currency_id
                HAVING MIN(l.amount_residual_currency) < 0 AND MAX(l.amount_residual_currency) > 0
                ORDER BY m.id LIMIT %(limit)s
                """,
                connection=connection.id,
                journal=JOURNAL_TYPE,
                chosen=SQL("TRUE") if journals is None else SQL("r.id = ANY(%s)", journals.ids),
                limit=limit,
            )
        )
        return [self.env["account.move.line"].browse(ids) for (ids,) in rows]

    def _pairs_within(self, lines):
        """Return {(debit, credit): `OpenBalance` that both settle} of open items."""
        sides = {True: [], False: []}
        for line in lines:
            open_item = OpenLine(
                *(
                    abs(Decimal(str(amount)))
                    for amount in (
                        *(line.amount_residual_currency, line.amount_residual),
                        *(line.amount_currency, line.balance),
                    )
                )
            )
            sides[line.amount_residual_currency > 0].append((line, open_item))
        settled = set_off(sides[True], sides[False], lines.company_currency_id.decimal_places)
        return {(debit, credit): off for debit, credit, off in settled}
