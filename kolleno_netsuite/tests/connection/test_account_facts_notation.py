from odoo.tests import tagged

from ..support.account_facts_case import SwitchesCase


@tagged("post_install", "-at_install")
class TestNotationSwitches(SwitchesCase):
    """How an account writes signs, columns, numbers, dates, zones and words."""

    def test_in_step_when_totals_are_positive_and_open_amounts_stand_on_the_receivable(self):
        self.live_through(
            foreigntotal_sign="absolute",
            line_quantity_sign="entered",
            payment_amounts_line="receivable",
        )

    def test_in_step_when_the_header_shows_the_subsidiary_and_numbers_a_leading_zero(self):
        self.live_through(header_subsidiary=True, bare_decimal_point=False, session_zone="utc")

    def test_in_step_without_subsidiaries(self):
        self.live_through(one_world=False)

    def test_in_step_with_one_currency_and_no_subsidiaries(self):
        self.live_through(one_world=False, multi_currency=False)

    def test_in_step_when_only_lines_of_payments_tell_what_is_unused(self):
        self.live_through(header_payment_amounts=False, payment_amounts_line="receivable")

    def test_in_step_when_only_lines_tell_what_is_unused_and_links_have_no_date(self):
        self.live_through(
            header_payment_amounts=False, link_dates=False, unknown_column_wording="field_of_record"
        )

    def test_in_step_when_sessions_are_half_an_hour_off(self):
        self.live_through(session_zone="Asia/Kolkata", sysdate_zone="UTC")

    def test_in_step_when_days_come_first_and_some_words_of_sql_are_refused(self):
        self.live_through(
            date_format="D/M/YYYY",
            status_display="name",
            allow_fetch_first=False,
            allow_with=False,
        )

    def test_in_step_when_years_come_first_and_tokens_tell_their_life_as_text(self):
        self.live_through(
            date_format="YYYY-MM-DD",
            record_status="plain",
            shuffle_ties=False,
            expires_in_as_string=True,
            concurrency_status=400,
        )
