from datetime import timedelta
from decimal import Decimal

from odoo import api, fields, models

from ...mappers.application import settled_company_amount
from .exact_reconciliation import EXACT


class AccountMoveLine(models.Model):
    """Reconciles mirrored items for NetSuite's exact amounts."""

    _inherit = "account.move.line"

    netsuite_line = fields.Integer(
        string="NetSuite Line",
        copy=False,
        readonly=True,
        aggregator=None,
        help="Number of the journal's line in NetSuite that this item mirrors.",
    )
    netsuite_deposit = fields.Boolean(
        string="Customer Deposit",
        copy=False,
        readonly=True,
        help="Paid in advance, or used or paid back of it; not part of the open balance.",
    )
    netsuite_unchased = fields.Boolean(
        string="Excluded from Follow-Up",
        copy=False,
        readonly=True,
        help="The synchronisation set No Follow-Up on this item, and removes it when the "
        "reason is gone: the customer is inactive in NetSuite, or the item belongs to a "
        "journal entry. What a person marked stays marked.",
    )
    netsuite_set_off = fields.Monetary(
        string="Set off in Its Journal",
        currency_field="currency_id",
        copy=False,
        readonly=True,
        aggregator=None,
        help="Part of this journal item that is set off against items of the same customer in "
        "the same journal, which NetSuite keeps open on both; debits positive, credits "
        "negative.",
    )

    @api.model
    def _prepare_reconciliation_single_partial(
        self, debit_values, credit_values, shadowed_aml_values=None
    ):
        """Settle exactly what NetSuite settled between two lines, instead of all there is.

        Odoo sees as much of each line as is applied, in both currencies; what is left keeps
        the rate of its own document, and the difference of the two rates becomes Odoo's
        exchange difference.
        """
        exact = self.env.context.get(EXACT)
        pair = (debit_values["aml"].id, credit_values["aml"].id)
        if not exact or pair not in exact.amounts:
            return super()._prepare_reconciliation_single_partial(
                debit_values, credit_values, shadowed_aml_values=shadowed_aml_values
            )
        debit_part = debit_values["aml"]._netsuite_part(debit_values, pair, exact)
        credit_part = credit_values["aml"]._netsuite_part(credit_values, pair, exact)
        for values, part in ((debit_values, debit_part), (credit_values, credit_part)):
            line = values["aml"]
            values["amount_residual"] = line.company_currency_id.round(
                values["amount_residual"] - part["amount_residual"]
            )
            values["amount_residual_currency"] = line.currency_id.round(
                values["amount_residual_currency"] - part["amount_residual_currency"]
            )
        results = super()._prepare_reconciliation_single_partial(
            debit_part, credit_part, shadowed_aml_values=shadowed_aml_values
        )
        exchange = results.get("exchange_values")
        if exchange and exchange["move_values"]["line_ids"]:
            exact.pairs_with_exchange.append(pair)
            exchange["move_values"] |= debit_values["aml"]._netsuite_settlement(
                credit_values["aml"]
            )
        # Both are done for this pair, whatever is left of them for the next.
        return {**results, "debit_values": None, "credit_values": None}

    def _netsuite_part(self, values, pair, exact):
        """Return `values` of a reconciliation, cut down to what is applied of this line.

        :param pair: ids of the debit and the credit line.
        :param exact: the `ExactAmounts` of the reconciliation.
        """
        self.ensure_one()
        amount = exact.amounts[pair]
        company_amount = settled_company_amount(
            amount,
            abs(_decimal(values["amount_residual_currency"])),
            abs(_decimal(values["amount_residual"])),
            abs(_decimal(self.amount_currency)),
            abs(_decimal(self.balance)),
            self.company_currency_id.decimal_places,
            exact.open_balances.get(self.id),
        )
        if pair in exact.company_amounts:
            residual = abs(_decimal(values["amount_residual"]))
            company_amount = min(exact.company_amounts[pair], residual)
        sign = 1 if self.balance > 0 or self.amount_currency > 0 else -1
        return {
            **values,
            "amount_residual": sign * float(company_amount),
            "amount_residual_currency": sign * float(amount),
        }

    def _netsuite_settlement(self, credit):
        """Return date and reference of the entry for the exchange difference with `credit`.

        Odoo takes the end of the month; the difference arises when one document settles the
        other, on the date of the later one. Where that is locked, the first open day counts.
        """
        self.ensure_one()
        company = self.company_id
        date = max(self.date, credit.date)
        journal = company.currency_exchange_journal_id
        locks = company._get_violated_lock_dates(date, has_tax=False, journal=journal)
        return {
            "date": max([date, *(lock_date + timedelta(days=1) for lock_date, _field in locks)]),
            "ref": self.env._(
                "%(debit)s settled by %(credit)s",
                debit=self.move_id.name,
                credit=credit.move_id.name,
            ),
        }

    @api.model
    def _create_exchange_difference_moves(self, exchange_diff_values_list):
        moves = super()._create_exchange_difference_moves(exchange_diff_values_list)
        exact = self.env.context.get(EXACT)
        if exact and exchange_diff_values_list and exact.exchange_moves is None:
            exact.exchange_moves = moves
        return moves


def _decimal(amount):
    """Return an amount that Odoo rounded to its currency as the decimal that it shows."""
    return Decimal(str(amount))
