from contextlib import contextmanager
from decimal import Decimal
from unittest.mock import patch

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from odoo import SUPERUSER_ID, Command, api
from odoo.tests import mute_logger, tagged

from netsuite_simulator.profiles import PROFILES, TESTED
from netsuite_simulator.testing import running_simulator

from ...client import transport
from ..support.examples import EXAMPLES
from ..support.receivables_case import DocumentsCase

SYNC_LOG = "odoo.addons.kolleno_netsuite.models.sync.netsuite_connection_driving"
FAULTS = (
    *("429", "400_concurrency", "500", "502_html", "503", "truncated_json", "html_200"),
    *("drop_before", "drop_mid_body", "commit_then_drop", "token_expired_mid_page"),
)
# What a role may lose while it works; of a type of transactions the rows go missing in silence.
RIGHTS = (
    *("subsidiary", "term", "accountingPeriod", "customer", "contact", "account"),
    *("customerPayment", "invoice", "journalEntry", "nextTransactionLineLink"),
)
# Values that no amount, date or id has, in a column of transactions.
ODD_VALUES = (
    *({"foreigntotal": "abc"}, {"foreigntotal": "(12.00)"}, {"entity": "Harbour"}),
    *({"exchangerate": "-"}, {"lastmodifieddate": "2024-02-30"}, {"trandate": "yesterday"}),
)
# Accounts as they exist; the plain one is one of them.
ACCOUNTS = tuple(PROFILES if EXAMPLES else TESTED)
# Something to lose the sight of, in two currencies.
BUSINESS = (
    *(("invoice", 0, [10_000], 20), ("invoice", 1, [5_000], 15), ("payment", 0, 4_000, 0, 10)),
    ("sync",),
)

# Subsidiary and currency of each customer. The fifth and sixth may be merged into others of their
# kind; the first pays for the last, its child, as well.
PLACES = (
    *(("US", "USD"), ("US", "EUR"), ("UK", "GBP"), ("UK", "JPY")),
    *(("US", "USD"), ("UK", "GBP"), ("US", "USD")),
)
MERGES = {4: 0, 5: 2}
PARENTS = {6: 0}
PROJECT_OF = 0
AMERICAN = [place for place, (subsidiary, _currency) in enumerate(PLACES) if subsidiary == "US"]
BRITISH = [place for place, (subsidiary, _currency) in enumerate(PLACES) if subsidiary == "UK"]

# A step is its name and numbers; a number chooses among what is there when the step is taken,
# so that every list of steps makes sense and can be shortened.
choice = st.integers(0, 11)
cents = st.integers(1, 50_000)
line_cents = st.integers(-9_000, 50_000)  # a line below zero is a discount
day = st.integers(0, 90)
STEPS = st.one_of(
    st.tuples(st.just("invoice"), choice, st.lists(line_cents, min_size=1, max_size=3), day),
    st.tuples(st.just("payment"), choice, cents, choice, day),
    st.tuples(st.just("credit"), choice, cents, choice, day),
    st.tuples(st.just("deposit"), choice, cents, day),
    st.tuples(st.just("use_deposit"), choice, choice, cents),
    st.tuples(st.just("refund"), choice, cents, day),
    st.tuples(
        st.just("journal"),
        choice,
        st.lists(st.integers(-50_000, 50_000), min_size=1, max_size=3),
        day,
        st.booleans(),
    ),
    st.tuples(st.just("between_companies"), choice, choice, cents, day, st.booleans()),
    st.tuples(st.just("pay_for_child"), choice, choice, cents),
    st.tuples(st.just("settle_journal"), choice, choice, cents),
    st.tuples(st.just("unsettle_journal"), choice, choice),
    st.tuples(st.just("edit_journal"), choice, st.lists(st.integers(-500, 500), max_size=2)),
    st.tuples(st.just("approve"), choice),
    st.tuples(st.just("reverse"), choice, day),
    st.tuples(st.just("apply"), choice, choice, cents),
    st.tuples(st.just("unapply"), choice, choice),
    st.tuples(st.just("reprice"), choice, cents),
    st.tuples(st.just("redate"), choice, day),
    st.tuples(st.just("rerate"), choice, st.integers(50, 150)),
    st.tuples(st.just("void"), choice, st.sampled_from((None, "zero", "reversing_journal"))),
    st.tuples(st.just("delete"), choice),
    st.tuples(st.just("enter_again"), choice, cents, day),
    st.tuples(st.just("project"), cents, day),
    st.tuples(st.just("charge"), choice, cents, day, st.sampled_from(("charge", "finance_charge"))),
    st.tuples(st.just("own_payment"), choice, cents),
    st.tuples(st.just("own_invoice"), choice, cents),
    st.tuples(st.just("merge"), choice),
    st.tuples(st.just("net"), st.booleans()),
    st.tuples(st.just("wait"), st.integers(1, 200)),
    st.tuples(st.just("sync")),
    st.tuples(st.just("sync_with"), st.sampled_from(FAULTS), st.integers(0, 12)),
    st.tuples(st.just("outage"), st.integers(0, 12)),
    st.tuples(st.just("lose_right"), st.sampled_from(RIGHTS), st.sampled_from(("view", "search"))),
    st.tuples(st.just("regain_rights")),
    st.tuples(st.just("odd_text"), st.sampled_from(("memo", "companyname", "tranid"))),
    st.tuples(st.just("odd_values"), choice, st.sampled_from(ODD_VALUES)),
)


def in_units(number, unit):
    """Return so many of the smallest amounts, as NetSuite takes it."""
    return str(number * unit)


@tagged("post_install", "-at_install")
class TestAnyBusiness(DocumentsCase):
    """Whatever people do in NetSuite and whatever breaks meanwhile: in the end all agrees.

    The examples are few and always the same. ``make soak`` tries many others, some seconds each; a
    failure names the steps, to be turned into a test.
    """

    companies = 2

    def setUp(self):
        super().setUp()
        self.enterContext(patch.object(transport, "BACK_OFF", (0.0,) * 5))

    @mute_logger(SYNC_LOG)
    @settings(
        max_examples=EXAMPLES or 8,
        derandomize=not EXAMPLES,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(
        st.lists(STEPS, min_size=4, max_size=16),
        st.sampled_from(("released", "left")),
        st.booleans(),
        st.sampled_from(ACCOUNTS),
        st.sampled_from((None, None, *RIGHTS)),
    )
    @example(BUSINESS, "released", False, ACCOUNTS[0], "invoice")
    def test_any_acts_and_faults_end_in_step_to_the_cent(
        self, steps, rounding, touches, account, lost
    ):
        with self.another_account(account):
            self.simulator.switches(open_base_rounding=rounding, merge_touches_transactions=touches)
            self.customers = []
            for place in range(len(PLACES)):
                self.customers.append(self.new_customer(place))
            # Their currency is not their subsidiary's.
            many = self.account["multi_currency"]
            self.abroad = (self.customers[1], self.customers[3]) if many else ()
            self.invoices, self.payers, self.deposits, self.others = [], [], [], []
            self.journals, self.own, self.projects = [], self.env["account.move"], []
            for name, *numbers in steps:
                getattr(self, f"step_{name}")(*numbers)

            if lost:
                # Whether the ledger shows what the role does not see: nobody knows, so both.
                self.end_without(lost, lines=touches)
            self.calm_down()

            self.assert_books_agree(self.connection, own=self.own)
            self.assert_own_entries_stand_beside()
            self.assertEqual(self.connection.standing, "good", self.connection.standing_text)

    # === STEPS === #

    def step_invoice(self, who, amounts, days_ago):
        customer, unit = self.chosen_customer(who)
        amounts = [in_units(amount, unit) for amount in amounts]
        self.invoices.append((self.invoice(customer, *amounts, days_ago=days_ago), customer, unit))

    def step_payment(self, who, amount, which, days_ago):
        customer, unit = self.chosen_customer(who)
        payment = self.payment(customer, in_units(amount, unit), days_ago=days_ago)
        self.payers.append((payment, "customerPayment", customer, unit))
        self.apply_to_one(self.payers[-1], which, None)

    def step_credit(self, who, amount, which, days_ago):
        customer, unit = self.chosen_customer(who)
        credit = self.credit_memo(customer, in_units(amount, unit), days_ago=days_ago)
        self.payers.append((credit, "creditMemo", customer, unit))
        self.apply_to_one(self.payers[-1], which, None)

    def step_deposit(self, who, amount, days_ago):
        customer, unit = self.chosen_customer(who)
        deposit = self.deposit(customer, in_units(amount, unit), days_ago=days_ago)
        self.deposits.append((deposit, "customerDeposit", customer, unit))

    def step_use_deposit(self, deposit, which, amount):
        if not self.deposits:
            return
        document, _type, customer, unit = self.deposits[deposit % len(self.deposits)]
        target = self.invoice_of(customer, which)
        if target:
            made = self.try_to(self.apply_deposit, document, {target: in_units(amount, unit)})
            if made:
                self.others.append((made, "depositApplication", customer))

    def step_refund(self, which, amount, days_ago):
        money = self.payers + self.deposits
        if not money:
            return
        document, kind, customer, unit = money[which % len(money)]
        name = "deposits" if kind == "customerDeposit" else "credits"
        amounts = {name: {document: in_units(amount, unit)}}
        made = self.try_to(self.refund, customer, days_ago=days_ago, **amounts)
        if made:
            self.others.append((made, "customerRefund", customer))

    def step_journal(self, who, amounts, days_ago, approved):
        subsidiary, currency = self.places[who % len(self.customers)]
        customer, unit = self.chosen_customer(who)
        lines = self.journal_lines(customer, unit, amounts)
        journal = self.try_to(
            self.journal,
            *lines,
            days_ago=days_ago,
            subsidiary=getattr(self, subsidiary),
            currency=getattr(self, currency),
            approved=approved,
        )
        if journal:
            self.journals.append((journal, customer, unit, lines, "journalEntry"))

    def step_between_companies(self, who, other, amount, days_ago, owed):
        """Move a debt between customers of two subsidiaries, in one journal."""
        if not self.account["one_world"]:
            return
        here = self.customers[AMERICAN[who % len(AMERICAN)]]
        there = self.customers[BRITISH[other % len(BRITISH)]]
        amount = Decimal(amount) / 100 * (1 if owed else -1)
        lines = (
            (self.AR, amount, here), (self.SALES, -amount),
            (self.AR, -amount, there), (self.SALES, amount),
        )  # fmt: skip
        items = [self._journal_line(*line) for line in lines]
        for item in items[2:]:
            item["lineSubsidiary"] = {"id": self.UK}
        kind = "advInterCompanyJournalEntry"
        journal = self.try_to(
            self._create,
            kind,
            subsidiary={"id": self.US},
            currency={"id": self.USD},
            tranDate=self.day(days_ago),
            line={"items": items},
        )
        if journal:
            self.journals.append((journal, here, Decimal("0.01"), lines, kind))

    def step_pay_for_child(self, payer, which, amount):
        """Apply a payment of a parent to an invoice of its child."""
        ((child, parent),) = PARENTS.items()
        parent, child = self.customers[parent], self.customers[child]
        payers = [each for each in self.payers if each[2] == parent]
        target = self.invoice_of(child, which)
        if payers and target:
            amount = in_units(amount, payers[0][3])
            self.try_act("apply", payer=payers[payer % len(payers)][0], doc=target, amount=amount)

    def step_net(self, net):
        """Let the accountant choose anew how journals are open in Odoo."""
        self.connection.journal_items = "customer" if net else "line"

    def step_settle_journal(self, which, other, amount):
        if not self.journals:
            return
        journal, customer, unit, lines, _kind = self.journals[which % len(self.journals)]
        number = other % len(lines)
        amount = in_units(amount, unit)
        target = self.invoice_of(customer, other)
        payers = [payer for payer in self.payers if payer[2] == customer]
        if Decimal(lines[number][1]) > 0 and payers:
            payer = payers[other % len(payers)][0]
            self.try_act("apply", payer=payer, doc=journal, doc_line=number, amount=amount)
        elif target:
            self.try_act("apply", payer=journal, payer_line=number, doc=target, amount=amount)

    def step_unsettle_journal(self, which, number):
        if self.journals:
            journal, _customer, _unit, lines, _kind = self.journals[which % len(self.journals)]
            self.try_act("unapply", payer=journal, payer_line=number % len(lines))

    def step_edit_journal(self, which, amounts):
        if not self.journals:
            return
        place = which % len(self.journals)
        journal, customer, unit, _lines, kind = self.journals[place]
        lines = self.journal_lines(customer, unit, amounts) or (
            (self.BANK, "10"),
            (self.SALES, "-10"),
        )
        body = {"line": {"items": [self._journal_line(*line) for line in lines]}}
        self.try_act("edit", type=kind, id=journal, body=body, replace=["line"])

    def step_approve(self, which):
        if self.journals:
            self.try_act("approve", id=self.journals[which % len(self.journals)][0])

    def step_reverse(self, which, days_ago):
        if self.journals:
            journal = self.journals[which % len(self.journals)][0]
            self.try_act("reverse", id=journal, date=self.day(days_ago))

    def step_apply(self, payer, which, amount):
        if self.payers:
            self.apply_to_one(self.payers[payer % len(self.payers)], which, amount)

    def step_unapply(self, payer, which):
        if not self.payers:
            return
        document, _type, customer, _unit = self.payers[payer % len(self.payers)]
        target = self.invoice_of(customer, which)
        self.try_act("unapply", payer=document, **({"doc": target} if which % 2 and target else {}))

    def step_reprice(self, which, amount):
        if not self.invoices:
            return
        invoice, _customer, unit = self.invoices[which % len(self.invoices)]
        line = {"item": {"id": self.ITEM}, "quantity": 1, "rate": in_units(amount, unit)}
        self.try_act(
            "edit", type="invoice", id=invoice, body={"item": {"items": [line]}}, replace=["item"]
        )

    def step_redate(self, which, days_ago):
        documents = self.documents()
        if documents:
            document, kind, _customer = documents[which % len(documents)]
            body = {"tranDate": self.day(days_ago), "memo": f"moved {days_ago}"}
            self.try_act("edit", type=kind, id=document, body=body)

    def step_rerate(self, which, percent):
        abroad = [each for each in self.documents() if each[2] in self.abroad]
        if not abroad:
            return
        document, kind, _customer = abroad[which % len(abroad)]
        record = self.simulator.call("GET", f"/record/v1/{kind}/{document}")
        if record.ok:
            rate = Decimal(str(record.json()["exchangeRate"])) * percent / 100
            body = {"exchangeRate": f"{rate:.6f}"}
            self.try_act("edit", type=kind, id=document, body=body)

    def step_void(self, which, style):
        documents = self.documents()
        if documents:
            self.try_act("void", id=documents[which % len(documents)][0], style=style)

    def step_delete(self, which):
        documents = self.documents()
        if documents:
            self.try_act("delete", id=documents[which % len(documents)][0])

    def step_enter_again(self, which, amount, days_ago):
        """Delete an invoice and enter another one with its number."""
        if not self.invoices:
            return
        invoice, customer, unit = self.invoices[which % len(self.invoices)]
        documents = self.simulator.ledger(documents=True)["documents"]
        number = [each["tranid"] for each in documents if int(each["id"]) == int(invoice)]
        if number and self.try_act("delete", id=invoice):
            again = self.try_to(
                self.invoice,
                customer,
                in_units(amount, unit),
                days_ago=days_ago,
                tranId=number[0],
            )
            if again:
                self.invoices.append((again, customer, unit))

    def step_project(self, amount, days_ago):
        """Bill a project of a customer; who pays is the customer."""
        if not self.account["projects"]:
            return
        customer, unit = self.chosen_customer(PROJECT_OF)
        if not self.projects:
            job = self.try_act("job", customer=customer, name="Pier")
            self.projects = [job["id"]] if job else []
        for project in self.projects:
            invoice = self.try_to(self.invoice, project, in_units(amount, unit), days_ago=days_ago)
            if invoice:
                self.invoices.append((invoice, customer, unit))

    def step_charge(self, who, amount, days_ago, act):
        """Charge a customer, who pays half of it."""
        customer, unit = self.chosen_customer(who)
        charge = self.try_act(
            act, customer=customer, amount=in_units(amount, unit), date=self.day(days_ago)
        )
        if not charge:
            return
        kind = "customerCharge" if act == "charge" else "invoice"
        self.others.append((charge["id"], kind, customer))
        payment = self.payment(customer, in_units(amount, unit), days_ago=days_ago)
        self.payers.append((payment, "customerPayment", customer, unit))
        half = in_units(max(amount // 2, 1), unit)
        self.try_act("apply", payer=payment, doc=charge["id"], amount=half)

    def step_own_payment(self, who, amount):
        """Let a user post a payment for a mirrored customer."""
        partner, place = self.mirrored(who)
        if partner:
            payment = (
                self.env["account.payment"]
                .with_company(place)
                .create(
                    {
                        "payment_type": "inbound",
                        "partner_type": "customer",
                        "partner_id": partner.id,
                        "amount": amount / 100,
                    }
                )
            )
            payment.action_post()
            self.own |= payment.move_id

    def step_own_invoice(self, who, amount):
        """Let a user post an invoice for a mirrored customer."""
        partner, place = self.mirrored(who)
        if partner:
            line = {"name": "Own", "price_unit": amount / 100, "tax_ids": False}
            move = (
                self.env["account.move"]
                .with_company(place)
                .create(
                    {
                        "move_type": "out_invoice",
                        "partner_id": partner.id,
                        "invoice_line_ids": [Command.create(line)],
                    }
                )
            )
            move.action_post()
            self.own |= move

    def step_merge(self, which):
        """Merge a customer into another of its kind, whose the documents are from then on."""
        place = sorted(MERGES)[which % len(MERGES)]
        source, target = self.customers[place], self.customers[MERGES[place]]
        if source == target:
            return
        self.try_act("merge", source=source, target=target)
        self.customers[place] = target

        def moved(owner):
            return target if owner == source else owner

        self.invoices = [(doc, moved(who), unit) for doc, who, unit in self.invoices]
        self.payers, self.deposits = (
            [(doc, kind, moved(who), unit) for doc, kind, who, unit in documents]
            for documents in (self.payers, self.deposits)
        )
        self.others = [(doc, kind, moved(who)) for doc, kind, who in self.others]
        self.journals = [
            (doc, moved(who), unit, lines, kind) for doc, who, unit, lines, kind in self.journals
        ]

    def step_wait(self, minutes):
        self.later(60 * minutes)

    def step_sync(self):
        self.drive(self.connection)

    def step_sync_with(self, fault, after):
        self.simulator.fault(fault, after=after)
        self.drive(self.connection)
        self.simulator.clear_faults(name=fault)

    def step_outage(self, after):
        self.simulator.fault("503", after=after, times=None)
        self.drive(self.connection)
        self.simulator.clear_faults(name="503")

    def step_lose_right(self, record, verb):
        """Let the role lose a right; it works on without."""
        self.simulator.fault("right_lost", record=record, verb=verb)
        self.drive(self.connection)

    def step_regain_rights(self):
        self.simulator.clear_faults(name="right_lost")
        self.drive(self.connection)

    def step_odd_text(self, column):
        """Let texts end in what is no text while NetSuite is read."""
        self.simulator.fault("odd_text", column=column, times=None)
        self.drive(self.connection)
        self.simulator.clear_faults(name="odd_text")

    def step_odd_values(self, which, values):
        """Let a document hold what cannot be read while NetSuite is read."""
        documents = self.documents()
        if documents:
            document, kind, _customer = documents[which % len(documents)]
            self.simulator.fault("odd_values", rows={str(document): values}, times=None)
            self.try_act("edit", type=kind, id=document, body={"memo": "odd"})
            self.drive(self.connection)
            self.simulator.clear_faults(name="odd_values")

    # === ARRANGING === #

    @contextmanager
    def another_account(self, profile):
        """Connect a NetSuite account of its own, of some kind; undo all in the end."""
        outer = self.env
        outer.cr.flush()
        self.cr.execute("SAVEPOINT example")
        inner = self.registry.cursor()
        try:
            with running_simulator(profile=profile) as self.simulator:
                self.env = api.Environment(inner, SUPERUSER_ID, {"tracking_disable": True})
                self.account = self.simulator.switches()
                self.places = [self.place_in_account(*place) for place in PLACES]
                if not self.account["multi_currency"]:
                    dollar = self.env.ref("base.USD")
                    self.env["res.company"].browse(self.company_ids).currency_id = dollar
                self.connection = self.connect()
                yield
        finally:
            inner.close()
            self.cr.execute("ROLLBACK TO SAVEPOINT example")
            self.registry.clear_all_caches()
            outer.invalidate_all(flush=False)
            self.env = outer

    def calm_down(self):
        """Let everything break no more, and let the crons do what they do in a day."""
        self.simulator.clear_faults()
        self.live_a_day()

    def live_a_day(self):
        self.later(3600)
        self.drive(self.connection)
        self.later()
        self.connection._drive_daily()
        self.connection._drive_heal()

    def end_without(self, right, *, lines):
        """Let business go on after the role has lost a right: never green while wrong.

        :param lines: the ledger does not show either what the role does not see.
        """
        self.simulator.clear_faults()
        self.drive(self.connection)
        self.simulator.fault("right_lost", record=right, lines=lines)
        self.step_invoice(0, [4321], 1)
        self.step_payment(0, 1234, 0, 1)
        self.live_a_day()
        self.env.invalidate_all()
        self.assert_what_is_missing_is_named(known=not lines and right != "customer")

    def place_in_account(self, subsidiary, currency):
        """Return subsidiary and currency of a place, in an account that may have one of them."""
        return (
            subsidiary if self.account["one_world"] else "US",
            currency if self.account["multi_currency"] else "USD",
        )

    def new_customer(self, place):
        """Make the customer of a place, the child of another where it is meant to be."""
        subsidiary, currency = self.places[place]
        parent = PARENTS.get(place)
        return self.customer(
            name=f"{place}",
            subsidiary=getattr(self, subsidiary),
            currency=getattr(self, currency),
            **({} if parent is None else {"parent": {"id": self.customers[parent]}}),
        )

    def chosen_customer(self, who):
        """Return a customer, and the smallest amount of its currency."""
        place = who % len(self.customers)
        yen = self.places[place][1] == "JPY"
        return self.customers[place], Decimal(1 if yen else "0.01")

    def mirrored(self, who):
        """Return the partner of a customer and its company; nobody before it is mirrored."""
        place = who % len(self.customers)
        record = self.record_of(self.connection, "customer", self.customers[place])
        partner = record.state == "booked" and record._target()
        return partner, self.company_ids[self.places[place][0] == "UK"]

    def assert_own_entries_stand_beside(self):
        """Fail unless NetSuite's amounts and own entries make up the partner ledger."""
        self.env["netsuite.proof"].invalidate_model()
        proofs = self.env["netsuite.proof"].search([("connection_id", "=", self.connection.id)])
        receivable = self.own.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )
        for proof in proofs:
            self.assertAlmostEqual(proof.netsuite_open + proof.own_entries, proof.ledger_open, 2)
        self.assertAlmostEqual(
            sum(receivable.mapped("amount_residual")), sum(proofs.mapped("own_entries_company")), 2
        )

    def assert_what_is_missing_is_named(self, *, known):
        """Fail unless Odoo is what the ledger is, or an issue names by how much it is not.

        :param known: NetSuite shows enough to tell.
        """
        missing = self.missing_amounts()
        said = (self.connection.receivables_missing or {}).get("amounts")
        named = {name: Decimal(amount) for name, amount in (said or {}).items() if Decimal(amount)}
        issue = self.open_issues(self.connection, "completeness").filtered(
            lambda issue: issue.key == "missing"
        )
        if not missing:
            self.assertFalse(named)
            return
        self.assertIn(self.connection.standing_level, ("warning", "danger"))
        self.assertEqual(len(issue), 1, (missing, self.open_issues(self.connection)))
        if not known and said is None:
            self.assertIn("It is not known how much is missing in Odoo", issue.title)
            return
        self.assertEqual(named, missing, issue.title)
        for name, amount in missing.items():
            self.assertIn(f"{amount:,.2f} {name}", issue.title)

    def missing_amounts(self):
        """Return {currency: what NetSuite's ledger has on receivables and Odoo has not}."""
        companies = {row.internal_id: row.company_id for row in self.connection.subsidiary_ids}
        found = {}
        for row in self.simulator.ledger()["balances"]:
            company = companies.get(int(row["subsidiary_id"]) if self.account["one_world"] else 0)
            if company:
                name = company.currency_id.name
                found[name] = found.get(name, Decimal(0)) + Decimal(row["open_base"])
        self.env.flush_all()
        self.env.cr.execute(
            """
            SELECT currency.name, SUM(line.amount_residual) FROM account_move_line line
            JOIN account_account account ON account.id = line.account_id
            JOIN res_company company ON company.id = line.company_id
            JOIN res_currency currency ON currency.id = company.currency_id
            WHERE line.parent_state = 'posted' AND account.account_type = 'asset_receivable'
                AND NOT COALESCE(line.netsuite_deposit, FALSE)
                AND line.company_id = ANY(%s) AND line.move_id <> ALL(%s)
            GROUP BY currency.name
            """,
            [self.company_ids, self.own.ids],
        )
        for name, amount in self.env.cr.fetchall():
            found[name] = found.get(name, Decimal(0)) - Decimal(str(amount))
        return {name: amount for name, amount in found.items() if amount}

    def documents(self):
        """Return (id, record type, customer) of all documents that were made."""
        invoices = [(invoice, "invoice", customer) for invoice, customer, _unit in self.invoices]
        journals = [(journal[0], journal[4], journal[1]) for journal in self.journals]
        money = [payer[:3] for payer in self.payers + self.deposits]
        return invoices + money + self.others + journals

    def invoice_of(self, customer, which):
        own = [invoice for invoice, owner, _unit in self.invoices if owner == customer]
        return own[which % len(own)] if own else None

    def apply_to_one(self, payer, which, amount):
        document, _type, customer, unit = payer
        target = self.invoice_of(customer, which)
        if target:
            wanted = {} if amount is None else {"amount": in_units(amount, unit)}
            self.try_act("apply", payer=document, doc=target, **wanted)

    def journal_lines(self, customer, unit, amounts):
        """Return lines of a journal that change a customer's balance by `amounts`."""
        amounts = [amount for amount in amounts if amount]
        lines = [(self.AR, in_units(amount, unit), customer) for amount in amounts]
        rest = -sum(amounts)
        return tuple([*lines, (self.SALES, in_units(rest, unit))] if rest else lines)

    def try_act(self, name, /, **parameters):
        """Do what NetSuite may refuse, as a person would try it."""
        return self.try_to(self.simulator.act, name, **parameters)

    def try_to(self, act, *arguments, **parameters):
        """Return what `act` returns, None when NetSuite refuses it."""
        try:
            return act(*arguments, **parameters)
        except ValueError as refusal:
            self.assertTrue(str(refusal))
            return None
