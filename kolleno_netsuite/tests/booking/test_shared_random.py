"""Random payers and excluded customers: what is mirrored has open what NetSuite says."""

import random

from odoo.tests import tagged

from ..support.examples import seeds
from .test_shared_payment import ConsolidatedCase


@tagged("post_install", "-at_install")
class TestAnyConsolidation(ConsolidatedCase):
    """Random acts of a parent and its subcustomers, while some of them are excluded and let in."""

    ACTS = ("invoice", "pay", "pay", "pay_own", "unapply", "delete", "exclude", "let_in", "sync")

    def setUp(self):
        super().setUp()
        self.customers = (self.parent, self.child, self.other)
        self.due, self.owner, self.applied, self.left_out = {}, {}, {}, set()

    def test_any_acts_end_with_netsuites_open_amounts(self):
        for seed in seeds(0, 1):
            with self.subTest(seed=seed):
                self.random = random.Random(f"{seed}-consolidated")
                for customer in self.customers:
                    self.act_invoice(customer)
                self.drive(self.connection)
                for _step in range(10):
                    getattr(self, f"act_{self.random.choice(self.ACTS)}")()
                self.act_sync()

                self.assert_mirrored_in_step(*self.left_out)

    # === ACTS === #

    def act_invoice(self, customer=None):
        """Bill one of them."""
        amount = self.random.randint(1, 9_999)
        customer = customer or self.random.choice(self.customers)
        invoice = self.invoice(customer, amount / 100)
        self.due[invoice], self.owner[invoice] = amount, customer

    def act_pay(self):
        """Let the parent pay some of what anybody owes, and maybe more."""
        self.pay(self.parent, sorted(self.due))

    def act_pay_own(self):
        """Let a subcustomer pay for itself."""
        customer = self.random.choice((self.child, self.other))
        self.pay(customer, [each for each in sorted(self.due) if self.owner[each] == customer])

    def pay(self, customer, invoices):
        open_ones = [each for each in invoices if self.due[each]]
        chosen = self.random.sample(open_ones, min(len(open_ones), 3))
        shares = {each: self.random.randint(1, self.due[each]) for each in chosen}
        total = sum(shares.values()) + self.random.choice((0, 0, 55))
        if not total:
            return
        payment = self.payment(
            customer, total / 100, apply={each: share / 100 for each, share in shares.items()}
        )
        self.applied[payment] = shares
        for each, share in shares.items():
            self.due[each] -= share

    def act_unapply(self):
        """Take a payment off one of the invoices that it pays."""
        payments = [payment for payment, shares in sorted(self.applied.items()) if shares]
        if payments:
            payment = self.random.choice(payments)
            invoice = self.random.choice(sorted(self.applied[payment]))
            self.simulator.act("unapply", payer=payment, doc=invoice)
            self.due[invoice] += self.applied[payment].pop(invoice)

    def act_delete(self):
        """Delete a payment."""
        if self.applied:
            payment = self.random.choice(sorted(self.applied))
            self.simulator.act("delete", id=payment)
            for invoice, share in self.applied.pop(payment).items():
                self.due[invoice] += share

    def act_exclude(self):
        """Exclude one who is mirrored, unless nobody would be left."""
        mirrored = [each for each in self.customers if each not in self.left_out]
        if len(mirrored) > 1:
            customer = self.random.choice(mirrored)
            self.exclude(customer)
            self.left_out.add(customer)

    def act_let_in(self):
        """Take one off the exclusion list."""
        if self.left_out:
            customer = self.random.choice(sorted(self.left_out))
            self.let_in(customer)
            self.left_out.remove(customer)

    def act_sync(self):
        """Synchronise some time later."""
        self.later(900)
        self.drive(self.connection)
