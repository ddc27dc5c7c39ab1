from decimal import Decimal

from odoo import api, models

from ...const import JOURNAL_TYPE
from ...mappers.application import Told
from ...mappers.open_balance import told_open, told_open_lines

NOTHING = Told(Decimal(0), Decimal(0))


class NetsuiteBookingApplication(models.AbstractModel):
    """Keeps what is open in company currency at what NetSuite tells, to the cent.

    Nobody documents how NetSuite rounds the company amount of a part: half a cent can fall on
    what is released or on what stays open. So its own figure decides wherever it is known.
    """

    _inherit = "netsuite.booking.application"

    @api.model
    def _told(self, lines):
        """Return {line id: what NetSuite says is open of it} of lines in a foreign currency.

        Left out is what NetSuite does not tell, and what is booked at Odoo's own rates.
        """
        abroad = lines.filtered(lambda line: line.currency_id != line.company_currency_id)
        told = {}
        for move in abroad.move_id:
            record = move.netsuite_record_id
            if self._is_at_netsuite_rate(record) and record.payload:
                told.update(self._told_of(move, record))
        return told

    def _is_at_netsuite_rate(self, record):
        """Tell whether what mirrors `record` is booked at NetSuite's rate."""
        return bool(record) and record.connection_id._uses_netsuite_rates(record.record_type)

    def _told_of(self, move, record):
        """Return {line id: what is open of it} of one entry.

        Of a parent's payment for its children, what is left is the parent's own.
        """
        balances = move.line_ids.filtered(self._is_balance)
        if record.record_type == JOURNAL_TYPE:
            told = told_open_lines(record.payload)
            return {
                line.id: told[line.netsuite_line] for line in balances if line.netsuite_line in told
            }
        told = told_open(record.payload)
        own = balances
        if len(balances) > 1:
            owner = move.partner_id.commercial_partner_id
            own = balances.filtered(lambda line: line.partner_id == owner)
        if not told or len(own) != 1:
            return {}
        return {line.id: told if line == own else NOTHING for line in balances}

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
    def _put_right(self, moves):
        """Let applications wait again whose lines stand beside what NetSuite tells.

        They were made when NetSuite had told something else, or one of several was undone since.
        Made again, the last of them takes what is missing to NetSuite's own figure.

        :param moves: posted entries in any currency.
        """
        journals = self._journals(moves.netsuite_record_id)
        self._take_set_off_back(moves)
        self._wait_beside_told(moves)
        self._set_off(journals.connection_id, journals)

    def _wait_beside_told(self, moves):
        abroad = moves.filtered(
            lambda move: move.state == "posted" and move.currency_id != move.company_currency_id
        )
        lines = abroad.line_ids.filtered(self._is_balance)
        told = self._told(lines)
        beside = lines.filtered(lambda line: line.id in told and _is_beside(line, told[line.id]))
        if not beside:
            return
        partials = beside.matched_debit_ids | beside.matched_credit_ids
        applications = self.env["netsuite.application"].search(
            [("partial_ids", "in", partials.ids)]
        )
        self._undo(applications)
        applications.next_try = False


def _is_beside(line, told):
    """Tell whether a line is open as NetSuite tells, but not in company currency."""
    currency, company_currency = line.currency_id, line.company_currency_id
    return not currency.compare_amounts(
        abs(line.amount_residual_currency), float(told.amount)
    ) and bool(company_currency.compare_amounts(abs(line.amount_residual), float(told.base)))
