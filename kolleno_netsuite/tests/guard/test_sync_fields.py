# Tests say things in English only.
# pylint: disable=translation-required

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL

from ..support.booking_case import NetsuiteBookingCommon

# Stored fields of Odoo's models that are named after us and that people may write: what NetSuite
# says of a person, and what users correct, as they correct a name or an e-mail address; and what
# an action is to write.
PEOPLES_OWN = {
    "ir.actions.server": {
        *("netsuite_connection_id", "netsuite_record_type", "netsuite_on_failure"),
        *("netsuite_run_mode", "netsuite_group", "netsuite_domain"),
    },
    "res.partner": {
        *("netsuite_first_name", "netsuite_last_name", "netsuite_position"),
        *("netsuite_mobile", "netsuite_alt_email"),
    },
}

# What people decide, of the addon's own models. Whatever else is stored, the addon knows.
DECIDED = {
    "netsuite.connection": {
        *("name", "active", "company_id", "responsible_ids", "note_changes"),
        # How it signs in.
        *("account_id", "auth_method", "client_id", "certificate_id", "private_key", "certificate"),
        *("certificate_expires_on", "consumer_key", "consumer_secret", "token_id", "token_secret"),
        *("service_url", "concurrency_limit", "page_size"),
        # What is read, and when.
        *("history_start", "sync_journals", "track_deletions", "import_inactive", "import_leads"),
        *("primary_only", "exclude_representing", "customers_per_company", "interval_minutes"),
        *("fetch_active", "book_active", "heal_active", "daily_active", "lookback_days"),
        *("schedule_tz", "hours_limited", "hours_from", "hours_to", "hours_weekdays"),
        *("daily_hour", "comparison_active", "comparison_weekday", "daily_open_items"),
        # How it is booked.
        *("base_currency_id", "use_netsuite_rates", "journal_items", "sync_hierarchy"),
        "bank_deposits",
        *("rates_for_invoices", "rates_for_credits", "rates_for_payments", "rates_for_journals"),
        # Who is written to.
        *("chase_journals", "refresh_before_reminder", "statement_recipients", "sync_contacts"),
        *("import_inactive_contacts", "import_customer_contacts", "customer_contact_name"),
        *("unused_invoice_contacts", "invoice_recipients", "invoice_recipient_position"),
        # Its PDFs.
        *("pdf_source", "pdf_field_invoice", "pdf_field_creditmemo", "pdf_pattern", "pdf_form"),
        *("pdf_in_advance", "pdf_locale", "pdf_attachments", "pdf_on_failure", "pdf_timeout"),
        *("pdf_size_limit", "document_script", "document_deployment"),
        # What is written to NetSuite.
        *("write_active", "field_update_mode", "two_persons", "update_limit", "protected_fields"),
    },
    "netsuite.contact.field": {
        *("connection_id", "sequence", "active", "record_type", "field_id", "label", "position"),
        *("link_to_invoice", "name_field_id"),
    },
    "netsuite.exclusion": {"connection_id", "internal_id", "reason", "note"},
    "netsuite.field.mapping": {
        *("connection_id", "record_type", "field_id", "field_name", "destination", "active"),
        *("odoo_field_id", "direction", "conversion", "conflict_policy"),
    },
    "netsuite.update.line": {
        *("action_id", "sequence", "field_id", "field_name", "kind", "value_kind", "value"),
        "policy",
    },
    "netsuite.writeback.value": {"choice"},
    "netsuite.mapping": {
        *("account_id", "tax_id", "payment_term_id", "payment_method_line_id"),
        *("state", "suggestion_reason"),
    },
    "netsuite.setup": {
        *("name", "account", "company_id", "service_url", "auth_method", "client_id"),
        *("certificate_id", "consumer_key", "consumer_secret", "token_id", "token_secret"),
        *("history", "history_from", "subsidiary_ids", "stream_ids", "question_ids"),
        *("says_one_world", "says_multi_currency", "base_currency_id"),
    },
    # To have a record type read at once is no secret of the sync's.
    "netsuite.stream": {"active", "interval_minutes", "in_daily", "next_read_at"},
    "netsuite.subsidiary": {"company_id", "offset_account_id"},
}
# What Odoo itself keeps of a record: who made it, its messages and to-dos.
ODOOS_OWN = ("id", "create_uid", "create_date", "write_uid", "write_date")
ODOOS_MIXINS = ("mail.thread", "mail.activity.mixin")


@tagged("post_install", "-at_install")
class TestSyncFields(NetsuiteBookingCommon):
    """What only the synchronisation may know, nobody else writes, through whatever door."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = new_test_user(
            cls.env,
            "link_writer",
            "base.group_system,base.group_partner_manager,account.group_account_manager,"
            "account.group_account_user,kolleno_netsuite.group_netsuite_administrator",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        cls.alpha, cls.alpha_id = cls.customer(companyname="Alpha")
        cls.beta, cls.beta_id = cls.customer(companyname="Beta")
        cls.invoice_record, cls.move = cls.invoice(cls.alpha_id, [{"foreign": 100}])
        cls.payment_record, cls.paying = cls.payment(cls.alpha_id, 60)
        cls.issue = cls.env["netsuite.issue"]._touch(
            cls.connection, "content", "test", "Title", records=cls.invoice_record
        )
        cls.other_company = cls.env["res.company"].create({"name": "Elsewhere"})
        cls.setup = cls.env["netsuite.setup"].create({"company_id": cls.company.id})

    def as_user(self, record, **context):
        return record.with_user(self.user).with_context(**context)

    # === THE LIST === #

    def test_every_stored_field_that_is_named_after_us_is_on_the_list(self):
        guarded = self.env["netsuite.guard"]._sync_fields()
        unlisted = [
            f"{name}.{field.name}"
            for name, model in self.env.registry.items()
            if not name.startswith("netsuite.") and not model._abstract
            for field in model._fields.values()
            if field.name.startswith("netsuite_")
            and (field.store or field.inverse)
            and not field.related
            and field.type != "one2many"
            and field.name not in guarded.get(name, set()) | PEOPLES_OWN.get(name, set())
        ]
        self.assertFalse(unlisted)

    def test_every_field_of_our_models_is_the_syncs_or_decided_by_people(self):
        """Whoever adds a field says who writes it."""
        guarded = self.env["netsuite.guard"]._sync_fields()
        mixed_in = {name for mixin in ODOOS_MIXINS for name in self.env[mixin]._fields}
        unlisted = {}
        for name, model in self.env.registry.items():
            writable = self.env["ir.model.access"].search_count(
                [
                    ("model_id.model", "=", name),
                    "|",
                    ("perm_write", "=", True),
                    ("perm_create", "=", True),
                ],
                limit=1,
            )
            if not name.startswith("netsuite.") or model._transient or not writable:
                continue
            states = {n for n, field in model._fields.items() if getattr(field, "transitions", 0)}
            fields = {
                field.name
                for field in model._fields.values()
                if (field.store or field.inverse) and field.type != "one2many"
            }
            unlisted[name] = fields - {
                *(*ODOOS_OWN, *mixed_in, *states),
                *guarded.get(name, ()),
                *DECIDED.get(name, ()),
            }
        self.assertFalse({name: sorted(fields) for name, fields in unlisted.items() if fields})

    def test_what_people_decide_is_not_kept_from_them(self):
        guarded = self.env["netsuite.guard"]._sync_fields()
        for name, fields in DECIDED.items():
            self.assertFalse(fields & set(guarded.get(name, ())), name)

    def test_every_field_on_the_list_exists(self):
        for name, names in self.env["netsuite.guard"]._sync_fields().items():
            self.assertFalse(names - set(self.env[name]._fields), name)

    def test_whatever_is_on_the_list_is_read_only_for_everybody(self):
        for name, names in self.env["netsuite.guard"]._sync_fields().items():
            described = self.env(user=self.user, su=False)[name].fields_get(list(names))
            for field, description in described.items():
                self.assertTrue(description["readonly"], f"{name}.{field}")

    # === DOORS === #

    def doors(self):
        """Return {what is tried: function}."""
        user = self.as_user
        journal = self.move.journal_id
        line = self.move.line_ids[0]
        stream = self.connection.stream_ids[0]
        attachment = self.env["ir.attachment"].create({"name": "a.txt", "raw": b"a"})
        return {
            "unlink a partner from its customer": lambda: user(self.alpha).write(
                {"netsuite_record_id": False}
            ),
            "link a new partner": lambda: user(self.env["res.partner"]).create(
                {"name": "New", "netsuite_record_id": self.alpha.netsuite_record_id.id}
            ),
            "link by a default": lambda: user(
                self.env["res.partner"], default_netsuite_record_id=self.invoice_record.id
            ).create({"name": "New"}),
            "claim to be the sync": lambda: user(self.alpha, netsuite_import=True).write(
                {"netsuite_record_id": False}
            ),
            "import": lambda: self.load(),
            "through a child": lambda: user(self.alpha).write(
                {"child_ids": [Command.create({"name": "A", "netsuite_address_id": 7})]}
            ),
            "move to a group": lambda: user(self.beta).write({"netsuite_parent_id": self.alpha.id}),
            "unlink an invoice": lambda: user(self.move).write({"netsuite_record_id": False}),
            "unlink a payment": lambda: user(self.paying).write({"netsuite_record_id": False}),
            "claim a journal": lambda: user(journal).write({"netsuite_connection_id": False}),
            "unset a deposit": lambda: user(line).write({"netsuite_deposit": True}),
            "claim a file": lambda: user(attachment).write({"netsuite_file_id": 7}),
            "name an issue anew": lambda: user(self.issue).write({"key": "other"}),
            "turn an issue": lambda: user(self.issue).write({"kind": "network"}),
            "take records off an issue": lambda: user(self.issue).write(
                {"record_ids": [Command.clear()]}
            ),
            "move a cursor": lambda: user(stream).write({"cursor_at": "2020-01-01 00:00:00"}),
            "end a setback": lambda: user(self.connection).write({"setbacks": False}),
            "take the subsidiaries away": lambda: user(self.connection).write({"one_world": False}),
            "call it complete": lambda: user(self.connection).write({"completeness_known": True}),
            "hide a switched-off type": lambda: user(stream).write({"awaited": True}),
            "turn a mapping to another company": lambda: user(self.connection.mapping_ids[0]).write(
                {"company_id": self.other_company.id}
            ),
            "make a mapping": lambda: user(self.env["netsuite.mapping"]).create(
                {
                    "connection_id": self.connection.id,
                    "kind": "account",
                    "internal_id": 4711,
                    "name": "Mine",
                    "company_id": self.company.id,
                }
            ),
            "turn a set-up to another connection": lambda: user(self.setup).write(
                {"connection_id": self.connection.id}
            ),
            "call a set-up tested": lambda: user(self.env["netsuite.setup.check"]).create(
                {"setup_id": self.setup.id, "name": "Sign-in", "state": "ok"}
            ),
            "share a connection": lambda: user(self.connection).write(
                {"company_ids": [Command.link(self.other_company.id)]}
            ),
        }

    def load(self):
        """Import a link from a file, as the screen does it."""
        partners = self.as_user(self.env["res.partner"])
        result = partners.load(
            ["name", "netsuite_record_id/.id"],
            [["Imported", str(self.alpha.netsuite_record_id.id)]],
        )
        if not result["ids"]:
            raise AccessError(result["messages"][0]["message"])

    def test_no_door_leads_a_user_to_what_the_sync_writes(self):
        doors = self.doors()
        # As in a request: what is written by way of another record is the user's own as well.
        transaction = self.env.transaction
        self.addCleanup(setattr, transaction, "default_env", transaction.default_env)
        transaction.default_env = self.env(user=self.user, su=False)
        for name, door in doors.items():
            with self.subTest(name), self.assertRaises(UserError):
                door()
                self.env.flush_all()
        self.assertEqual(self.alpha.netsuite_record_id.internal_id, self.alpha_id)
        self.assertEqual(self.issue.record_ids, self.invoice_record)

    def test_refusal_names_the_field(self):
        with self.assertRaisesRegex(AccessError, "NetSuite Record of Contact is kept by"):
            self.as_user(self.alpha).write({"netsuite_record_id": False})

    def test_what_people_may_correct_stays_theirs(self):
        self.as_user(self.alpha).write({"name": "Alpha Ltd", "netsuite_mobile": "+1 555 0100"})
        self.as_user(self.connection).write({"interval_minutes": 20})

        self.assertEqual(self.alpha.netsuite_mobile, "+1 555 0100")

    def test_administrator_makes_the_journals_of_a_connection_without_claiming_others(self):
        journals = self.as_user(self.env["account.journal"])

        journal = journals._netsuite_journal(self.connection, self.company, "general")

        self.assertEqual(journal.netsuite_connection_id, self.connection)
        self.assertEqual(
            journals._netsuite_journal(self.connection, self.company, "general"), journal
        )

    # === MERGING === #

    def merge(self, *partners):
        wizard = self.env["base.partner.merge.automatic.wizard"]
        self.as_user(wizard)._merge(
            [partner.id for partner in partners], self.as_user(partners[-1])
        )

    def test_merging_two_customers_is_refused_although_a_link_was_lost(self):
        self.env.flush_all()
        self.env.cr.execute(
            SQL("UPDATE res_partner SET netsuite_record_id = NULL WHERE id = %s", self.alpha.id)
        )
        self.env.invalidate_all()

        with self.assertRaisesRegex(UserError, "different customers in NetSuite"):
            self.merge(self.alpha, self.beta)

    def test_customer_merged_with_a_contact_of_odoos_keeps_its_link(self):
        own = self.env["res.partner"].create({"name": "Alpha again", "phone": "+1 555 0111"})
        record = self.alpha.netsuite_record_id

        self.merge(self.alpha, own)

        self.assertFalse(self.alpha.exists())
        self.assertEqual(own.netsuite_record_id, record)
        self.assertEqual(record._target(), own)
        self.assertEqual((own.phone, record.state), ("+1 555 0111", "booked"))
