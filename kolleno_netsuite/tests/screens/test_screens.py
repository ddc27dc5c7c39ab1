"""What people see: the lists open for the users who may open them, and the sentences are true."""

import json
from datetime import datetime, timedelta

from freezegun import freeze_time
from lxml import etree
from odoo.addons.account.tests.common import AccountTestInvoicingCommon
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import TransactionCase, new_test_user, tagged
from odoo.tools.safe_eval import safe_eval

NOW = datetime.fromisoformat("2026-03-02 09:43:00")
GROUPS = ("viewer", "accountant", "administrator")


@tagged("post_install", "-at_install")
class ScreensCase(TransactionCase):
    """A connection of one company, somebody of each group, and somebody of another company."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.usd = cls.env.ref("base.USD")
        cls.company, cls.other_company = cls.env["res.company"].create(
            [
                {"name": "Lantern Ltd", "currency_id": cls.usd.id},
                {"name": "Harbour Ltd", "currency_id": cls.usd.id},
            ]
        )
        cls.users = {group: cls._user(group, cls.company) for group in GROUPS}
        cls.stranger = cls._user("accountant", cls.other_company, login="stranger")
        cls.connection = cls.env["netsuite.connection"].create(
            {"name": "Lantern", "account_id": "1234567_SB1", "company_id": cls.company.id}
        )
        cls.connection.write({"state": "connected"})
        cls.record = cls.env["netsuite.record"].create(
            {
                "connection_id": cls.connection.id,
                "record_type": "invoice",
                "internal_id": 4020,
                "name": "INV4020",
                "state": "blocked",
                "payload": {"row": {"id": "4020", "memo": "<b>bold</b>"}, "lines": [{"id": "1"}]},
            }
        )

    @classmethod
    def _user(cls, group, company, login=None):
        return new_test_user(
            cls.env,
            login=login or f"netsuite_{group}",
            groups=f"base.group_user,kolleno_netsuite.group_netsuite_{group}",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
            tz="UTC",
        )

    def as_user(self, group, record=None):
        """Return `record` (the connection by default) as somebody of `group` sees it."""
        return (record or self.connection).with_user(self.users[group])

    def issue(self, kind, key, records=None, **values):
        """Return an open issue of the connection."""
        return self.env["netsuite.issue"]._touch(
            self.connection, kind, key, f"{key} is missing", records=records, **values
        )


class TestAccess(ScreensCase):
    def _menus(self, user):
        """Return the menus of the app that `user` can reach."""
        Menu = self.env["ir.ui.menu"]
        loaded = Menu.with_user(user).load_menus(False)
        reached, todo = Menu, [self.env.ref("kolleno_netsuite.netsuite_menu_root").id]
        while todo:
            menu_id = todo.pop()
            reached |= Menu.browse(menu_id)
            todo += loaded[menu_id]["children"]
        return reached

    def test_every_screen_opens_for_each_group_that_has_its_menu(self):
        for group, user in self.users.items():
            for menu in self._menus(user).filtered("action"):
                with self.subTest(group=group, menu=menu.complete_name):
                    self._open(menu.action, user)

    def _open(self, action, user):
        """Load the views of `action` and read what its first view shows, as the browser does."""
        model = self.env[action.res_model].with_user(user)
        loaded = model.get_views(action.views)
        first = loaded["views"][action.view_mode.split(",")[0]]["arch"]
        fields = loaded["models"][action.res_model]["fields"]
        specification = {name: {} for name in fields if f'name="{name}"' in first}
        result = model.web_search_read(safe_eval(action.domain or "[]"), specification, limit=3)
        self.assertIn("records", result)

    def test_menu_of_viewer_has_no_configuration(self):
        viewer = self._menus(self.users["viewer"]).mapped("name")
        administrator = self._menus(self.users["administrator"]).mapped("name")

        self.assertIn("Overview", viewer)
        self.assertIn("Issues", viewer)
        self.assertFalse({"Configuration", "Technical"} & set(viewer))
        self.assertLessEqual({"Configuration", "Technical"}, set(administrator))

    def test_connection_of_another_company_is_not_seen(self):
        seen = self.env["netsuite.connection"].with_user(self.stranger).search([])

        self.assertNotIn(self.connection, seen)

    def test_shared_customer_opens_where_the_connection_is_not_seen(self):
        partner = self.env["res.partner"].create(
            {"name": "Shared", "netsuite_record_id": self.record.id}
        )

        seen = partner.with_user(self.stranger).read(["netsuite_state", "netsuite_number"])

        self.assertEqual(seen[0]["netsuite_state"], "waiting")

    def test_netsuite_tab_is_only_for_netsuite_users(self):
        outsider = new_test_user(
            self.env, login="outsider", groups="base.group_user,base.group_partner_manager"
        )
        for user, expected in ((self.users["viewer"], True), (outsider, False)):
            arch = (
                self.env["res.partner"]
                .with_user(user)
                .get_view(self.env.ref("base.view_partner_form").id, "form")["arch"]
            )
            self.assertEqual("action_netsuite_history" in arch, expected)

    def test_buttons_that_a_viewer_may_not_use_are_not_shown_to_him(self):
        for view, button in (
            ("netsuite_connection_view_kanban", "action_open_items"),
            ("netsuite_proof_view_form", "action_open_in_odoo"),
            ("netsuite_record_view_form", "action_open_target"),
            ("netsuite_issue_view_form", "action_fix"),
            ("netsuite_issue_view_list", "action_fix"),
            ("netsuite_issue_view_kanban", "action_fix"),
        ):
            view = self.env.ref(f"kolleno_netsuite.{view}")
            for group, expected in (("viewer", False), ("accountant", True)):
                with self.subTest(view=view.name, group=group):
                    model = self.env[view.model].with_user(self.users[group])
                    arch = model.get_view(view.id, view.type)["arch"]
                    self.assertEqual(f'name="{button}"' in arch, expected)

    def test_record_is_not_read_again_for_a_viewer(self):
        with self.assertRaises(AccessError):
            self.as_user("viewer", self.record).action_resync()

    def test_issue_is_not_retried_for_a_viewer(self):
        issue = self.issue("mapping", "account:4711:1", self.record)

        with self.assertRaises(AccessError):
            self.as_user("viewer", issue).action_retry()

        self.assertEqual(self.record.state, "blocked")


class TestOverview(ScreensCase):
    def test_in_step_sentence_names_the_oldest_complete_read(self):
        self.connection.stream_ids.last_success_at = NOW
        self.connection.stream_ids[0].last_success_at = NOW - timedelta(seconds=90)

        with freeze_time(NOW):
            text = self.as_user("viewer").in_step_text

        # 30 seconds before the read that was complete at 09:41:30.
        self.assertEqual(text.replace("\u202f", " "), "Up to date as of 9:41 AM (2 minutes ago)")

    def test_in_step_sentence_waits_for_every_stream(self):
        self.connection.stream_ids.last_success_at = NOW
        self.connection.stream_ids[0].last_success_at = False

        self.assertEqual(self.as_user("viewer").in_step_text, "Nothing imported yet.")
        self.assertFalse(self.as_user("viewer").in_step_at)

    def _run(self, **line):
        run = self.env["netsuite.run"].create(
            {
                "connection_id": self.connection.id,
                "kind": "first",
                "started_at": NOW - timedelta(minutes=3),
            }
        )
        self.env["netsuite.run.line"].create({"run_id": run.id, "record_type": "invoice", **line})
        return run

    def test_progress_counts_what_is_read_then_what_is_booked(self):
        run = self._run(total=12_480, landed=3_200)
        with freeze_time(NOW):
            reading = self.as_user("viewer").run_text
            run.line_ids.write({"landed": 12_480, "booked": 6_000, "blocked": 240})
            self.env.invalidate_all()
            booking = self.as_user("viewer")

            self.assertIn("Invoices: 3,200 of 12,480 read", reading)
            self.assertEqual(
                booking.run_text, "Invoices: 6,240 of 12,480 booked · about 1 min left"
            )
            self.assertAlmostEqual(booking.run_progress, 75.0)

    def test_progress_is_gone_when_the_run_ends(self):
        run = self._run(total=10, landed=10, booked=10)
        run.write({"state": "done", "finished_at": NOW})

        connection = self.as_user("viewer")

        self.assertFalse(connection.running_run_id)
        self.assertFalse(connection.run_text)

    def test_counts_are_those_of_the_lists_behind_them(self):
        self.issue("mapping", "account:4711:1", self.record)
        self.issue("currency", "currency:SEK").write({"state": "ignored"})
        self.issue("mapping", "tax:7:2", company=self.other_company)
        connection = self.as_user("viewer")
        for count, action in (
            (connection.waiting_count, connection.action_open_waiting()),
            (connection.issue_count, connection.action_open_issues()),
        ):
            Model = self.env[action["res_model"]].with_user(self.users["viewer"])
            filters = {
                "netsuite.record": [("state", "in", ("pending", "blocked"))],
                "netsuite.issue": [("state", "=", "open")],
            }
            domain = action["domain"] + filters[action["res_model"]]
            self.assertEqual(count, Model.search_count(domain))
        self.assertEqual(connection.issue_count, 1)
        self.assertEqual(connection.waiting_count, 1)

    def test_card_names_the_companies_that_are_not_chosen(self):
        viewer = self.users["viewer"]
        viewer.company_ids = [Command.link(self.other_company.id)]
        self.env["netsuite.subsidiary"].create(
            {
                "connection_id": self.connection.id,
                "internal_id": 2,
                "name": "Harbour",
                "currency_name": "USD",
                "company_id": self.other_company.id,
            }
        )
        both = (self.company | self.other_company).ids

        alone = self.as_user("viewer").with_context(allowed_company_ids=self.company.ids)
        together = self.as_user("viewer").with_context(allowed_company_ids=both)

        self.assertIn("Without Harbour Ltd,", alone.companies_hint)
        self.assertFalse(together.companies_hint)

    def test_refusals_are_counted_by_code_and_the_limit_of_the_card_grows_again(self):
        refused = {"status": 400, "code": "CONCURRENCY_LIMIT_EXCEEDED"}
        self.env["netsuite.call"].create(
            {"connection_id": self.connection.id, "called_at": NOW, **refused}
        )
        self.connection.session_ids.write({"width": 2, "width_changed_at": NOW})

        for minutes, limit in ((0, ", 2 for now"), (1, ", 3 for now"), (2, "")):
            with self.subTest(minutes), freeze_time(NOW + timedelta(minutes=minutes)):
                connection = self.as_user("viewer")
                connection.invalidate_recordset()
                self.assertEqual(
                    connection.call_text,
                    f"1 calls in 24 hours, at most 4 at once{limit}; "
                    "NetSuite refused 1 because too many were running",
                )
                values = json.loads(connection.call_graph)[0]["values"]
                self.assertEqual(values[-1]["type"], "future")

    def test_empty_list_behind_a_number_says_what_its_zero_means(self):
        connection = self.as_user("viewer")

        self.assertIn("All customers match", connection.action_open_differences()["help"])
        self.assertIn("Nothing waits", connection.action_open_waiting()["help"])

    def test_calls_are_counted_in_the_hour_of_the_user(self):
        self.users["viewer"].tz = "Asia/Kolkata"
        self.env["netsuite.call"].create(
            [
                {"connection_id": self.connection.id, "called_at": called_at, "status": status}
                for called_at, status in (
                    (NOW - timedelta(minutes=1), 200),
                    (NOW - timedelta(minutes=1), 429),
                    (NOW - timedelta(hours=3), 200),
                    (NOW - timedelta(hours=30), 200),
                )
            ]
        )

        with freeze_time(NOW):
            connection = self.as_user("viewer")
            values = json.loads(connection.call_graph)[0]["values"]

        # 09:42 UTC is 15:12 in Kolkata.
        self.assertEqual(values[-1], {"label": "15", "value": 2, "type": "future"})
        self.assertEqual([v["value"] for v in values if v["label"] == "12"], [1])
        self.assertEqual(connection.call_count, 3)
        self.assertEqual(
            connection.call_text,
            "3 calls in 24 hours, at most 4 at once; "
            "NetSuite refused 1 because too many were running",
        )


@tagged("post_install", "-at_install")
class TestOpenAmounts(AccountTestInvoicingCommon):
    def test_open_amounts_are_those_of_the_mirror_in_each_currency(self):
        connection = (
            self.env["netsuite.connection"]
            .sudo()
            .create({"name": "Lantern", "account_id": "1234567", "company_id": self.env.company.id})
        )
        journal = self.company_data["default_journal_sale"]
        mirror = journal.copy({"code": "NSR", "default_account_id": journal.default_account_id.id})
        mirror.sudo().netsuite_connection_id = connection
        euro = self.setup_other_currency("EUR")
        for currency, amount, kept_in in (
            (self.env.company.currency_id, 1204.5, mirror),
            (euro, 88.0, mirror),
            (euro, 5000.0, journal),
        ):
            self.init_invoice(
                "out_invoice", amounts=[amount], currency=currency, journal=kept_in, post=True
            )
        viewer = new_test_user(
            self.env,
            login="viewer",
            groups="base.group_user,kolleno_netsuite.group_netsuite_viewer",
            company_id=self.env.company.id,
            company_ids=[Command.set(self.env.company.ids)],
        )

        text = connection.with_user(viewer).open_amounts

        self.assertEqual(text, "USD 1,204.50 · EUR 88.00")
        items = self.env["account.move.line"].search(connection._open_items_domain())
        self.assertEqual(sum(items.mapped("amount_residual_currency")), 1292.5)
        self.assert_open_items_are_added_up_by_currency(connection)

    def assert_open_items_are_added_up_by_currency(self, connection):
        """Fail unless lists of open items add up what is open, and never over currencies."""
        action = connection.action_open_items()
        views = {kind: view_id for view_id, kind in action["views"]}
        Line = self.env["account.move.line"]
        listed = etree.fromstring(Line.get_view(views["list"], "list")["arch"])
        # Neither the original amount nor what is open in several currencies has a total.
        self.assertFalse(listed.xpath("//field[@name='amount_currency' or @name='balance']"))
        self.assertEqual(listed.xpath("//field[@sum]/@name"), ["amount_residual"])
        self.assertFalse(Line._fields["netsuite_amount"].aggregator)
        due = listed.xpath("//field[@name='date_maturity']")[0]
        self.assertEqual(due.get("decoration-danger"), "netsuite_overdue")
        items = Line.search(connection._open_items_domain())
        self.assertFalse(
            items.filtered(lambda item: item.netsuite_overdue and item.amount_residual <= 0)
        )
        pivot = etree.fromstring(Line.get_view(views["pivot"], "pivot")["arch"])
        self.assertEqual(pivot.xpath("//field[@type='col']/@name"), ["currency_id"])
        self.assertEqual(
            pivot.xpath("//field[@type='measure']/@name"), ["amount_residual_currency"]
        )
        invoices = etree.fromstring(self.env["account.move"].get_view(view_type="list")["arch"])
        for node in invoices.xpath("//field[@name='invoice_date_due']"):
            self.assertIn("move_type == 'out_refund'", node.get("invisible"))


class TestIssueActions(ScreensCase):
    def test_fix_opens_exactly_the_mapping_that_is_missing(self):
        mapping = self.env["netsuite.mapping"].create(
            {
                "connection_id": self.connection.id,
                "kind": "account",
                "internal_id": 4711,
                "name": "Consulting",
                "company_id": self.company.id,
            }
        )
        issue = self.issue("mapping", f"account:4711:{self.company.id}", self.record)

        action = self.as_user("accountant", issue).action_fix()

        self.assertEqual((action["res_model"], action["res_id"]), (mapping._name, mapping.id))
        self.assertEqual(action["target"], "new")

    def test_fix_opens_the_subsidiary_the_currency_and_the_lock_dates(self):
        subsidiary = self.env["netsuite.subsidiary"].create(
            {"connection_id": self.connection.id, "internal_id": 2, "name": "Lantern UK"}
        )
        sek = self.env.ref("base.SEK")
        sek.active = False
        for kind, key, target in (
            ("subsidiary", "subsidiary:2", subsidiary),
            ("currency", "currency:SEK", sek),
            ("period", f"period:{self.company.id}:2026-01-31", self.company),
            ("sign_in", "sign_in", self.connection),
        ):
            with self.subTest(kind=kind):
                action = self.as_user("administrator", self.issue(kind, key)).action_fix()
                self.assertEqual((action["res_model"], action["res_id"]), (target._name, target.id))

    def test_fix_opens_the_records_when_only_they_can_be_looked_at(self):
        issue = self.issue("content", "INV4020", self.record)

        action = self.as_user("accountant", issue).action_fix()

        self.assertEqual(issue.fix_label, "See the records")
        self.assertEqual(self.env[action["res_model"]].search(action["domain"]), self.record)

    def test_retry_books_what_the_issue_stops_again(self):
        issue = self.issue("mapping", "account:4711:1", self.record)

        answer = self.as_user("accountant", issue).action_retry()

        self.assertEqual(self.record.state, "pending")
        self.assertIn("1 record is booked again", answer["params"]["message"])

    def test_issue_set_aside_leaves_the_open_ones_until_it_is_opened_again(self):
        issue = self.issue("mapping", "account:4711:1", self.record)

        self.as_user("accountant", issue).action_set_aside()
        self.assertEqual(self.as_user("viewer").issue_count, 0)

        self.as_user("accountant", issue).action_reopen()
        self.env.invalidate_all()
        self.assertEqual(self.as_user("viewer").issue_count, 1)


class TestCallLog(ScreensCase):
    def test_call_says_what_was_asked_without_the_columns(self):
        query, login = self.env["netsuite.call"].create(
            [
                {
                    "connection_id": self.connection.id,
                    "query": '{"q": "SELECT t.id AS id FROM transaction t WHERE (t.id > 5)"}',
                },
                {"connection_id": self.connection.id, "query": "grant_type=client_credentials"},
            ]
        )

        self.assertEqual(query.about, "FROM transaction t WHERE (t.id > 5)")
        self.assertEqual(login.about, "grant_type=client_credentials")


class TestMirrorButtons(ScreensCase):
    def test_record_shows_what_netsuite_sent_without_trusting_it(self):
        table = self.as_user("accountant", self.record).payload_table

        self.assertIn("memo", table)
        self.assertNotIn("<b>bold</b>", table)
        self.assertIn("&lt;b&gt;bold&lt;/b&gt;", table)

    def test_payload_is_not_read_by_a_viewer(self):
        with self.assertRaises(AccessError):
            self.as_user("viewer", self.record).read(["payload_table"])

    def test_partner_leads_to_netsuite_and_to_what_it_sent(self):
        self.record.write({"record_type": "customer", "state": "booked"})
        partner = self.env["res.partner"].create(
            {"name": "Harbour", "netsuite_record_id": self.record.id}
        )
        partner = self.as_user("viewer", partner)

        self.assertEqual(partner.netsuite_state, "in_step")
        self.assertEqual(
            partner.action_netsuite_open()["url"],
            "https://1234567-sb1.app.netsuite.com/app/common/entity/custjob.nl?id=4020",
        )
        self.assertEqual(partner.action_netsuite_history()["res_id"], self.record.id)
