from odoo.tests import tagged

from .simulator_case import SimulatorCase


@tagged("post_install", "-at_install")
class TestOpenFacts(SimulatorCase):
    """What nobody can know of a NetSuite account before seeing it: under each choice all agrees.

    The choices are the simulator's switches; each test lives through the same days of business.
    """

    companies = 2

    # === WHAT AN APPLICATION TOUCHES === #

    def test_in_step_when_nothing_is_switched(self):
        self.live_through()

    def test_in_step_when_unapplying_touches_the_payer_only(self):
        self.live_through(unapply_touches="payer")

    def test_in_step_when_unapplying_touches_nothing(self):
        self.live_through(unapply_touches="none")

    def test_in_step_when_applying_does_not_touch_the_invoice(self):
        self.live_through(apply_touches_invoice=False, unapply_touches="none")

    def test_in_step_when_applied_invoices_cannot_be_voided(self):
        self.live_through(void_linked="refuse")

    # === SIGNS, COLUMNS AND NUMBERS === #

    def test_in_step_when_totals_are_positive_and_quantities_as_entered(self):
        self.live_through(foreigntotal_sign="absolute", line_quantity_sign="entered")

    def test_in_step_when_open_amounts_of_payments_stand_on_the_receivable(self):
        self.live_through(payment_amounts_line="receivable")

    def test_in_step_when_the_header_shows_the_subsidiary_and_numbers_a_leading_zero(self):
        self.live_through(header_subsidiary=True, bare_decimal_point=False)

    def test_in_step_without_subsidiaries(self):
        self.live_through(one_world=False)

    # === DATES AND ZONES === #

    def test_in_step_when_sessions_are_in_utc(self):
        self.live_through(session_zone="utc")

    def test_in_step_when_sessions_are_half_an_hour_off(self):
        self.live_through(session_zone="Asia/Kolkata", sysdate_zone="UTC")

    def test_in_step_when_days_come_first(self):
        self.live_through(date_format="D/M/YYYY", status_display="name")

    def test_in_step_when_years_come_first(self):
        self.live_through(date_format="YYYY-MM-DD", record_status="plain")

    # === WORDS OF THE SERVICE === #

    def test_in_step_when_some_words_of_sql_are_refused(self):
        self.live_through(allow_fetch_first=False, allow_with=False)

    def test_in_step_when_rows_keep_their_places_and_tokens_tell_their_life_as_text(self):
        self.live_through(shuffle_ties=False, expires_in_as_string=True, concurrency_status=400)

    # === THE DAYS OF BUSINESS === #

    def live_through(self, **switches):
        """Import, and follow changes of each kind, with the account's facts as given."""
        self.simulator.switches(**switches)
        self.open_books(self.simulator.switches()["one_world"])
        connection = self.connect()
        self.drive(connection)
        self.assertFalse(self.open_issues(connection))
        self.assert_in_step(connection)

        self.change_books()
        self.drive(connection)
        self.env["netsuite.proof"]._prove(connection)
        connection._drive_heal()

        self.assertFalse(self.open_issues(connection))
        self.assert_in_step(connection)

    def open_books(self, one_world):
        abroad = {"subsidiary": self.UK, "currency": self.EUR} if one_world else {}
        self.home = self.customer()
        self.abroad = self.customer(name="Zeeland Kaden", **abroad)
        line = {"item": {"id": self.ITEM}, "quantity": 3, "rate": 33.35}
        self.settled = self.invoice(self.home, 100, tax=self.SALES_TAX)
        self.partial = self.invoice(self.home, 0.5, 80)
        self.voided = self.invoice(self.home, 60)
        self.foreign = self._create(
            "invoice",
            entity={"id": self.abroad},
            tranDate=self.day(40),
            item={"items": [line]},
        )
        self.unapplied = self.payment(self.home, 200)
        self.applied = self.payment(self.home, 50, apply={self.partial: 50})
        self.credit = self.credit_memo(self.home, 25, apply={self.partial: 25})
        self.part_payment = self.payment(self.abroad, 40.05, apply={self.foreign: 40.05})

    def change_books(self):
        self.later(3600)
        act = self.simulator.act
        act("apply", payer=self.unapplied, doc=self.settled, amount=90)
        act("unapply", payer=self.applied, doc=self.partial)
        act("unapply", payer=self.credit, doc=self.partial, amount=5)
        act("unapply", payer=self.part_payment)
        act("apply", payer=self.part_payment, doc=self.foreign, amount=30)
        act("void", id=self.voided)
        act("edit", type="creditMemo", id=self.credit, body={"memo": "goodwill"})
        self.payment(self.home, 0.75, apply={self.partial: 0.75})
        self.invoice(self.abroad, 12.34)
