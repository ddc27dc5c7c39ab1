from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user, tagged

from ..support.reference_case import CURRENCIES, SUBSIDIARIES, ReferenceCase, account_row


@tagged("post_install", "-at_install")
class TestSubsidiaries(ReferenceCase):
    def test_subsidiaries_are_read_with_their_base_currency(self):
        records = self.land("subsidiary", *SUBSIDIARIES)

        self.assertRecordValues(
            self.connection.subsidiary_ids,
            [
                {"internal_id": 1, "currency_name": "USD", "parent_name": False},
                {"internal_id": 2, "currency_name": "GBP", "parent_name": "Northwind Holdings"},
                {"internal_id": 3, "currency_name": "EUR", "parent_name": "Northwind UK"},
                {"internal_id": 9, "currency_name": "USD", "parent_name": "Northwind Holdings"},
            ],
        )
        self.assertEqual(set(records.mapped("state")), {"booked"})
        self.assertEqual(records[1]._target(), self.subsidiary(2))

    def test_landing_again_changes_names_and_keeps_the_company(self):
        parent = self.map_parent()

        self.land("subsidiary", {**SUBSIDIARIES[0], "name": "Northwind Group"})

        self.assertEqual(len(self.connection.subsidiary_ids), 4)
        self.assertEqual(parent.name, "Northwind Group")
        self.assertEqual(parent.company_id, self.company)

    def test_elimination_subsidiary_is_refused_a_company(self):
        self.land("subsidiary", *SUBSIDIARIES)

        with self.assertRaisesRegex(ValidationError, "elimination"):
            self.subsidiary(9).company_id = self.company

    def test_several_subsidiaries_share_one_company(self):
        self.map_parent()
        self.land("subsidiary", {**SUBSIDIARIES[0], "id": "5", "name": "Northwind East"})

        self.subsidiary(5).company_id = self.company

        self.assertEqual(self.connection._company_of(1), self.connection._company_of(5))

    def test_other_currency_is_refused_while_netsuite_rates_are_used(self):
        self.land("subsidiary", *SUBSIDIARIES)

        with self.assertRaisesRegex(ValidationError, "GBP"):
            self.subsidiary(2).company_id = self.company

    def test_other_currency_only_warns_without_netsuite_rates(self):
        self.land("subsidiary", *SUBSIDIARIES)
        self.connection.use_netsuite_rates = False

        self.subsidiary(2).company_id = self.company

        self.assertIn("GBP", self.subsidiary(2).currency_warning)
        with self.assertRaisesRegex(ValidationError, "GBP"):
            self.connection.use_netsuite_rates = True

    def test_choosing_a_company_lets_go_on_what_waited_for_it(self):
        self.land("subsidiary", *SUBSIDIARIES)
        waiting = self.blocked_record("subsidiary:1", "subsidiary", subsidiary_internal_id=1)
        other = self.blocked_record("subsidiary:2", "subsidiary", subsidiary_internal_id=2)
        self.assertEqual(self.subsidiary(1).waiting_count, 1)

        self.subsidiary(1).company_id = self.company

        self.assertEqual(waiting.state, "pending")
        self.assertEqual(other.state, "blocked")
        self.assertEqual(self.subsidiary(1).waiting_count, 0)

    def test_company_stays_once_transactions_are_booked(self):
        parent = self.map_parent()
        self.env["netsuite.record"].create(
            {
                "connection_id": self.connection.id,
                "record_type": "invoice",
                "internal_id": 77,
                "subsidiary_internal_id": 1,
                "state": "booked",
                "res_model": "account.move",
                "res_id": 1,
            }
        )

        with self.assertRaisesRegex(ValidationError, "booked in Main Ledger"):
            parent.company_id = self.new_company("Other Ledger", "USD")
        self.assertEqual(parent.company_id, self.company)

    def test_company_can_change_while_nothing_is_booked(self):
        parent = self.map_parent()
        other = self.new_company("Other Ledger", "USD")

        parent.company_id = other

        self.assertEqual(parent.company_id, other)

    def test_account_without_oneworld_has_one_row_for_the_main_company(self):
        self.land("currency", *CURRENCIES)

        only = self.env["netsuite.reference"]._ensure_single_company(self.connection)
        again = self.env["netsuite.reference"]._ensure_single_company(self.connection)

        self.assertEqual(only, again)
        self.assertRecordValues(
            only,
            [
                {
                    "internal_id": 0,
                    "name": "Northwind",
                    "currency_name": "USD",
                    "company_id": self.company.id,
                }
            ],
        )

    def test_account_without_oneworld_in_another_currency_waits_for_a_company(self):
        self.land("currency", {**CURRENCIES[0], "isbasecurrency": "F"})
        self.land("currency", {**CURRENCIES[2], "isbasecurrency": "T"})

        only = self.env["netsuite.reference"]._ensure_single_company(self.connection)

        self.assertEqual(only.currency_name, "EUR")
        self.assertFalse(only.company_id)


@tagged("post_install", "-at_install")
class TestJournals(ReferenceCase):
    def journal_of(self, account_id, company, name="Harbour Foods"):
        """Return the journal of another account's invoices in a company."""
        other = self.connection.create(
            {"name": name, "account_id": account_id, "company_id": company.id}
        )
        return self.env["account.journal"]._netsuite_journal(other, company, "sale")

    def test_journals_of_two_accounts_have_different_names_in_all_companies(self):
        first = self.env["account.journal"]._netsuite_journal(self.connection, self.company, "sale")
        elsewhere = self.new_company("Second Ledger", "USD")

        second = self.journal_of("7654322", elsewhere)
        third = self.journal_of("7654323", self.company)

        self.assertEqual(
            (first + second + third).mapped("name"),
            [
                "NetSuite receivables",
                "NetSuite receivables (Harbour Foods)",
                "NetSuite receivables (7654323)",
            ],
        )

    def test_account_names_its_journals_alike_in_each_of_its_companies(self):
        journals = self.env["account.journal"]
        elsewhere = self.new_company("Second Ledger", "USD")

        names = {
            journals._netsuite_journal(self.connection, company, "sale").name
            for company in self.company + elsewhere
        }

        self.assertEqual(names, {"NetSuite receivables"})


@tagged("post_install", "-at_install")
class TestCurrenciesAndPeriods(ReferenceCase):
    def test_currencies_in_use_are_activated_and_release_what_waited(self):
        euro = self.currency("EUR")
        euro.active = False
        waiting = self.blocked_record("currency:EUR", "currency")

        records = self.land("currency", *CURRENCIES)

        self.assertTrue(euro.active)
        self.assertEqual(records[2]._target(), euro)
        self.assertEqual(waiting.state, "pending")

    def test_inactive_currency_is_left_inactive(self):
        euro = self.currency("EUR")
        euro.active = False

        self.land("currency", {**CURRENCIES[2], "isinactive": "T"})

        self.assertFalse(euro.active)

    def test_unknown_currency_is_read_without_a_target(self):
        record = self.land("currency", {"id": "40", "name": "Points", "symbol": "PTS"})

        self.assertEqual(record.state, "booked")
        self.assertFalse(record.res_model)

    def test_period_is_read_without_a_target(self):
        record = self.land(
            "accountingperiod",
            {"id": "12", "periodname": "Jan 2026", "startdate": "2026-01-01", "closed": "F"},
        )

        self.assertEqual(record.state, "booked")


@tagged("post_install", "-at_install")
class TestCreateCompanies(ReferenceCase):
    def create_companies(self):
        return self.connection.with_user(self.administrator).action_create_companies()

    def test_three_subsidiaries_get_companies_with_charts_in_their_currencies(self):
        self.land("subsidiary", *SUBSIDIARIES)
        self.land("account", account_row(54, "4000", "Product Sales", "Income"))

        self.create_companies()

        companies = [self.subsidiary(internal_id).company_id for internal_id in (1, 2, 3)]
        self.assertEqual(companies[0], self.company)
        self.assertEqual([company.currency_id.name for company in companies], ["USD", "GBP", "EUR"])
        self.assertEqual(len(set(companies)), 3)
        for company in companies:
            self.assertTrue(company.chart_template)
            self.assertTrue(
                self.env["account.journal"].search_count(
                    [("company_id", "=", company.id), ("type", "=", "sale")]
                )
            )
            self.assertTrue(self.mapping(54, company=company).account_id)
            self.assertIn(company, self.administrator.company_ids)
        self.assertFalse(self.subsidiary(9).company_id)

    def test_second_call_creates_nothing(self):
        self.land("subsidiary", *SUBSIDIARIES)
        self.create_companies()
        count = self.env["res.company"].search_count([])

        self.create_companies()

        self.assertEqual(self.env["res.company"].search_count([]), count)

    def test_empty_main_company_takes_the_parents_currency(self):
        self.land("subsidiary", {**SUBSIDIARIES[0], "currency": "2", "currency_symbol": "GBP"})

        self.create_companies()

        self.assertEqual(self.subsidiary(1).company_id, self.company)
        self.assertEqual(self.company.currency_id.name, "GBP")

    def test_main_company_with_entries_keeps_its_currency(self):
        self.land("subsidiary", {**SUBSIDIARIES[0], "currency": "2", "currency_symbol": "GBP"})
        journal = self.env["account.journal"].search(
            [("company_id", "=", self.company.id), ("type", "=", "general")], limit=1
        )
        self.env["account.move"].create(
            {
                "journal_id": journal.id,
                "line_ids": [
                    (0, 0, {"account_id": self.account("400000").id, "credit": 5}),
                    (0, 0, {"account_id": self.account("101000").id, "debit": 5}),
                ],
            }
        )

        self.create_companies()

        self.assertEqual(self.company.currency_id.name, "USD")
        self.assertNotEqual(self.subsidiary(1).company_id, self.company)
        self.assertEqual(self.subsidiary(1).company_id.currency_id.name, "GBP")

    def test_inactive_subsidiary_gets_no_company(self):
        self.land("subsidiary", SUBSIDIARIES[0], {**SUBSIDIARIES[1], "isinactive": "T"})

        self.create_companies()

        self.assertFalse(self.subsidiary(2).company_id)

    def test_accountant_is_refused(self):
        self.land("subsidiary", *SUBSIDIARIES)
        accountant = new_test_user(
            self.env, "netsuite_accountant", "kolleno_netsuite.group_netsuite_accountant"
        )

        with self.assertRaises(AccessError):
            self.connection.with_user(accountant).action_create_companies()
