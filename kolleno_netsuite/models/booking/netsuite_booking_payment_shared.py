from dataclasses import replace
from decimal import Decimal

from odoo import api, models

from ...const import PAYMENT_TYPE
from ...mappers.shared_payment import mirrored_part
from ..scope.left_out import LeftOut


class NetsuiteBookingPayment(models.AbstractModel):
    """Payments that a customer makes for others, of whom some are left out.

    What such a payment pays of mirrored customers is mirrored in any case, so that their invoices
    have open what NetSuite says. One account takes the place of the rest, as in journals.
    """

    _inherit = "netsuite.booking.payment"

    # === BUSINESS METHODS === #

    @api.model
    def _drafts_booked(self, drafts, outcome):
        super()._drafts_booked(drafts, outcome)
        scope = self.env["netsuite.scope"]
        booked = self.env["netsuite.record"].union(*outcome.booked)
        reasons = scope._reasons(booked.connection_id, booked.mapped("customer_internal_id"))
        for record in booked:
            reason = reasons.get(record.customer_internal_id)
            if record.record_type != PAYMENT_TYPE or not reason:
                continue
            if record.booked_hash:
                outcome.parts[record] = LeftOut(reason, scope._partly_sentence(reason))
            else:
                # Taken back: it pays for nobody else any more.
                outcome.booked.remove(record)
                outcome.left_out[record] = LeftOut(reason, scope._sentence(reason))

    def _reason_left_out(self, transaction, context):
        reason = super()._reason_left_out(transaction, context)
        left_out = self._left_out_customers(transaction, context)
        if reason or transaction.entity not in left_out:
            return reason
        if self._customers_of(transaction, context) - {transaction.entity, *left_out}:
            return None
        return self.env["netsuite.scope"]._sentence(context.left_out[transaction.entity])

    # === BUSINESS METHODS - THE PART THAT IS MIRRORED === #

    def _mirrored_part(self, payment, draft, context, digits):
        """Return what of `payment` is mirrored, and forget the applications of the rest."""
        transaction = draft.transaction
        if transaction.record_type == PAYMENT_TYPE:
            self._remember_customers(draft, self._customers_of(transaction, context))
        left_out = self._left_out_customers(transaction, context)
        if not left_out:
            return payment
        paid, links = {}, []
        for link in transaction.links:
            customer = context.paid_customers.get(link, 0)
            paid[customer] = paid.get(customer, Decimal(0)) + link.amount
            if customer not in left_out:
                links.append(link)
        paid.pop(0, None)
        draft.transaction = replace(transaction, links=tuple(links))
        return mirrored_part(payment, transaction.entity, left_out, paid, digits)

    def _remember_customers(self, draft, customers):
        """Note whom a payment is for, and was for until now: their balances change with it."""
        record, own = draft.record, draft.record.customer_internal_id
        if record.line_customers:
            partners = draft.document.move_id.line_ids.partner_id
            customers = {*customers, *partners.netsuite_record_id.mapped("internal_id")}
        others = sorted(customers - {own})
        if others != (record.line_customers or []):
            record.line_customers = others

    def _customers_of(self, transaction, context):
        """Return the internal ids of all customers that a payment names or pays."""
        lines = {line.entity for line in transaction.lines if line.foreign}
        paid = {context.paid_customers.get(link, 0) for link in transaction.links}
        return (lines | paid) - {0}

    def _left_out_customers(self, transaction, context):
        """Return the customers of a payment who are not mirrored, whatever it says of them."""
        if transaction.record_type != PAYMENT_TYPE:
            return set()
        # Who waits for a subsidiary only is brought in by his own documents.
        left_out = {each for each, why in context.left_out.items() if why != "subsidiary"}
        return left_out & {transaction.entity, *self._customers_of(transaction, context)}
