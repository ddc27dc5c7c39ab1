from decimal import Decimal

from odoo import api, models

from ...const import JOURNAL_TYPE
from ...mappers.application import OpenBalance
from ...mappers.open_balance import open_balance, open_balances_of_lines

NOTHING = OpenBalance(Decimal(0), Decimal(0))


class NetsuiteBookingApplication(models.AbstractModel):
    """Keeps what is open in company currency at NetSuite's own figure, to the cent.

    Nobody documents how NetSuite rounds the company amount of a part: half a cent can fall on
    what is released or on what stays open. So its own figure decides wherever it is known.
    """

    _inherit = "netsuite.booking.application"

    @api.model
    def _open_balances(self, lines):
        """Return {line id: what NetSuite says is open of it} of lines in a foreign currency.

        Without those that NetSuite gives no figure for, and those booked at Odoo's own rates.
        """
        foreign = lines.filtered(lambda line: line.currency_id != line.company_currency_id)
        balances = {}
        for move in foreign.move_id:
            record = move.netsuite_record_id
            if self._is_at_netsuite_rate(record) and record.payload:
                balances.update(self._open_balances_of(move, record))
        return balances

    def _is_at_netsuite_rate(self, record):
        """Tell whether what mirrors `record` is booked at NetSuite's rate."""
        return bool(record) and record.connection_id._uses_netsuite_rates(record.record_type)

    def _open_balances_of(self, move, record):
        """Return {line id: what is open of it} of one entry.

        Of a parent's payment for its children, what is left is the parent's own.
        """
        balances = move.line_ids.filtered(self._is_balance)
        if record.record_type == JOURNAL_TYPE:
            open_balances = open_balances_of_lines(record.payload)
            return {
                line.id: open_balances[line.netsuite_line]
                for line in balances
                if line.netsuite_line in open_balances
            }
        own_balance = open_balance(record.payload)
        own = balances
        if len(balances) > 1:
            owner = move.partner_id.commercial_partner_id
            own = balances.filtered(lambda line: line.partner_id == owner)
        if not own_balance or len(own) != 1:
            return {}
        return {line.id: own_balance if line == own else NOTHING for line in balances}

    def _company_amounts(self, amounts, lines):
        """Return what deposit applications take off their deposits in company currency.

        NetSuite keeps it at the deposit's own rate in both documents, so nothing is gained or
        lost. A refund that pays a deposit back has a rate of its own.

        :param amounts: {(debit line id, credit line id): applied amount}.
        """
        found = {}
        for debit_id, credit_id in amounts:
            debit = lines.browse(debit_id)
            whole = Decimal(str(debit.amount_currency)) == amounts[(debit_id, credit_id)]
            application = debit.netsuite_deposit and not debit.move_id.origin_payment_id
            if (
                application
                and whole
                and self._is_at_netsuite_rate(debit.move_id.netsuite_record_id)
            ):
                found[(debit_id, credit_id)] = Decimal(str(debit.balance))
        return found

    @api.model
    def _realign(self, moves):
        """Let applications wait again whose lines differ from NetSuite's open balance.

        They were made when NetSuite had another balance, or one of several was undone since.
        Made again, the last of them takes what is missing to NetSuite's own figure.

        :param moves: posted entries in any currency.
        """
        journals = self._journals(moves.netsuite_record_id)
        self._take_set_off_back(moves)
        self._redo_beside_open_balance(moves)
        self._set_off(journals.connection_id, journals)

    def _redo_beside_open_balance(self, moves):
        foreign = moves.filtered(
            lambda move: move.state == "posted" and move.currency_id != move.company_currency_id
        )
        lines = foreign.line_ids.filtered(self._is_balance)
        open_balances = self._open_balances(lines)
        beside = lines.filtered(
            lambda line: line.id in open_balances and _is_beside(line, open_balances[line.id])
        )
        if not beside:
            return
        partials = beside.matched_debit_ids | beside.matched_credit_ids
        applications = self.env["netsuite.application"].search(
            [("partial_ids", "in", partials.ids)]
        )
        self._undo(applications)
        applications.next_try = False


def _is_beside(line, expected):
    """Tell whether a line has NetSuite's open balance, but not in company currency."""
    currency, company_currency = line.currency_id, line.company_currency_id
    return not currency.compare_amounts(
        abs(line.amount_residual_currency), float(expected.amount)
    ) and bool(company_currency.compare_amounts(abs(line.amount_residual), float(expected.base)))
