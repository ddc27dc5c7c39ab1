import base64

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged
from psycopg2.errors import UniqueViolation

from ..support.booking_case import RECEIVABLE, NetsuiteBookingCommon


class ExclusionCase(NetsuiteBookingCommon):
    """Short words for what an administrator does with the exclusion list."""

    def exclude(self, *internal_ids, **values):
        """Put customers on the exclusion list."""
        return self.env["netsuite.exclusion"].create(
            [
                {"connection_id": self.connection.id, "internal_id": internal_id, **values}
                for internal_id in internal_ids
            ]
        )

    def wizard(self, *internal_ids, **values):
        """Return the wizard at its preview of customers."""
        wizard = self.env["netsuite.exclude"].create(
            {
                "connection_id": self.connection.id,
                "entries": "\n".join(str(internal_id) for internal_id in internal_ids),
                **values,
            }
        )
        wizard.action_preview()
        return wizard

    def apply(self, wizard):
        """Type what the wizard asks for, and go on."""
        wizard.confirmation = wizard.expected
        wizard.action_apply()

    def books_again(self, connection):
        """Book what is pending, customers first, as the driver does."""
        for record_type in ("customer", "invoice", "creditmemo", "customerpayment"):
            connection._book_pending(record_type)
            self.env["netsuite.booking"]._apply_waiting(connection)


@tagged("post_install", "-at_install")
class TestExclusion(ExclusionCase):
    def test_excluded_customer_is_never_made_nor_anything_of_it(self):
        self.exclude(4242)

        customer = self.land_customer(internal_id=4242)
        invoice = self.land_invoice(4242, [{"foreign": 10}])
        payment = self.land_payment(4242, 10, [(invoice.internal_id, 10)])
        for record in (customer, invoice, payment):
            self.book(record)

            self.assertEqual((record.state, record.left_out), ("ignored", "excluded"))
            self.assertIn("exclusion list", record.message)
            self.assertFalse(record.res_id)

    def test_transactions_that_wait_for_a_customer_wait_no_longer_once_it_is_excluded(self):
        invoice = self.land_invoice(4242, [{"foreign": 10}])
        self.book(invoice)
        issue = invoice.issue_ids
        self.assertEqual((invoice.state, issue.state), ("blocked", "open"))

        self.exclude(4242)

        self.assertEqual((invoice.state, issue.state), ("ignored", "solved"))

    def test_customer_is_on_the_list_once(self):
        self.exclude(4242)

        with self.assertRaises(UniqueViolation), self.env.cr.savepoint():
            self.exclude(4242)

    def test_row_of_the_list_is_not_turned_into_another_customer(self):
        exclusion = self.exclude(4242)

        with self.assertRaisesRegex(UserError, "off the list"):
            exclusion.internal_id = 4243
        exclusion.write({"internal_id": 4242, "note": "Own company"})

        self.assertEqual(exclusion.note, "Own company")

    def test_excluded_customer_that_cannot_be_read_stays_out(self):
        self.exclude(4242)
        record = self.land_customer(internal_id=4242, isinactive="perhaps")

        self.book(record)

        self.assertEqual((record.state, record.left_out), ("ignored", "excluded"))

    def test_only_administrators_change_the_list(self):
        accountant = new_test_user(
            self.env,
            login="exclusion_accountant",
            groups="base.group_user,kolleno_netsuite.group_netsuite_accountant",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        exclusion = self.exclude(4242)

        with self.assertRaises(AccessError):
            exclusion.with_user(accountant).sudo(False).unlink()
        with self.assertRaises(AccessError):
            self.env["netsuite.exclusion"].with_user(accountant).sudo(False).create(
                {"connection_id": self.connection.id, "internal_id": 4243}
            )
        self.assertEqual(exclusion.with_user(accountant).sudo(False).internal_id, 4242)

    def test_administrator_excludes_and_takes_back_with_his_own_rights(self):
        administrator = new_test_user(
            self.env,
            login="exclusion_administrator",
            groups="base.group_user,kolleno_netsuite.group_netsuite_administrator",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        partner, ns = self.customer()
        _record, invoice = self.invoice(ns, [{"foreign": 100}])
        own = self.connection.with_user(administrator)
        wizard = self.env["netsuite.exclude"].browse(own.action_exclude()["res_id"])
        wizard = wizard.with_user(administrator)
        wizard.entries = str(ns)

        wizard.action_preview()
        self.apply(wizard)
        exclusion = self.env["netsuite.exclusion"].with_user(administrator).search([])
        self.assertEqual((exclusion.create_uid, invoice.state), (administrator, "cancel"))
        self.assertIn("Exclusion list: 1 (no open balance)", own.left_out_text)
        exclusion.unlink()
        own.write({"import_inactive": "always", "sync_hierarchy": False})
        self.books_again(self.connection)

        self.assertEqual((partner.active, invoice.state), (True, "posted"))

    def test_refund_of_a_mirrored_and_an_excluded_customer_waits_and_says_why(self):
        _parent, parent = self.customer()
        _child, child = self.customer()
        self.exclude(child)
        lines = [
            {"line": 0, "mainline": "T", "account": 122, "foreignamount": -30, "credit": 30},
            {"line": 1, "account": RECEIVABLE, "foreignamount": 10, "debit": 10},
            {
                "line": 2,
                "account": RECEIVABLE,
                "foreignamount": 20,
                "debit": 20,
                "subentity": child,
            },
        ]
        lines = [{"mainline": "F", "subsidiary": 1, **line} for line in lines]
        refund = self.land_payment(parent, 30, lines=lines)
        refund.record_type = "customerrefund"

        self.book(refund)

        self.assertEqual(refund.state, "blocked")
        self.assertIn("is excluded, but another customer's document needs it", refund.message)

    def test_customer_who_leaves_the_list_comes_back_as_it_was(self):
        partner, ns = self.customer()
        _record, invoice = self.invoice(ns, [{"foreign": 100}])
        record, payment = self.payment(ns, 40, [(invoice.netsuite_internal_id, 40)])
        self.apply(self.wizard(ns))
        self.assertEqual((invoice.state, payment.state), ("cancel", "canceled"))
        self.assertFalse(partner.active)

        # Changed meanwhile in NetSuite, and read although nobody books it.
        self.land_customer(internal_id=ns, phone="555-0123")
        self.books_again(self.connection)
        self.assertNotEqual(partner.phone, "555-0123")
        self.env["netsuite.exclusion"].search([("internal_id", "=", ns)]).unlink()
        self.books_again(self.connection)

        self.assertTrue(partner.active)
        self.assertEqual(partner.phone, "555-0123")
        self.assertEqual(invoice.state, "posted")
        self.assertEqual(record._target(), payment)
        self.assert_open(invoice, 60, 60)
        self.assertFalse(record.left_out)


@tagged("post_install", "-at_install")
class TestExclusionWizard(ExclusionCase):
    def test_wrong_words_change_nothing(self):
        partner, ns = self.customer()
        _record, invoice = self.invoice(ns, [{"foreign": 100}])
        wizard = self.wizard(ns)

        for words in (False, "", "exclude 1", "EXCLUDE", "EXCLUDE 2"):
            wizard.confirmation = words
            with self.assertRaisesRegex(UserError, "Nothing was changed"):
                wizard.action_apply()

        self.assertEqual(wizard.expected, "EXCLUDE 1")
        self.assertTrue(partner.active)
        self.assertEqual(invoice.state, "posted")
        self.assertFalse(self.env["netsuite.exclusion"].search([]))

    def test_right_words_archive_and_cancel_and_delete_nothing(self):
        partner, ns = self.customer()
        record, invoice = self.invoice(ns, [{"foreign": 100}])
        _record, payment = self.payment(ns, 40, [(record.internal_id, 40)])
        wizard = self.wizard(ns, reason="intercompany", note="Own company")
        line = wizard.line_ids
        self.assertEqual((line.document_count, line.blocked_count), (2, 0))
        self.assertEqual(line.open_text, f"60.00 {self.usd.name}")
        self.assertEqual(str(line.last_date), "2024-03-20")
        self.assertIn("Documents that are cancelled: 2;", wizard.summary)
        self.assertFalse(line.remark)

        self.apply(wizard)

        self.assertFalse(partner.active)
        self.assertEqual((invoice.state, payment.state), ("cancel", "canceled"))
        self.assertEqual((record.state, record.left_out), ("ignored", "excluded"))
        exclusion = self.env["netsuite.exclusion"].search([("internal_id", "=", ns)])
        self.assertEqual((exclusion.reason, exclusion.note), ("intercompany", "Own company"))
        self.assertFalse(exclusion.partner_id)
        self.assertIn("Cancelled documents: 2", wizard.result)

    def test_what_is_in_odoo_can_be_left_as_it_is(self):
        partner, ns = self.customer()
        record, invoice = self.invoice(ns, [{"foreign": 100}])
        wizard = self.wizard(ns, effect="keep")
        self.assertFalse(wizard.needs_confirmation)

        wizard.action_apply()
        self.land_invoice(ns, [{"foreign": 70}], internal_id=record.internal_id)
        self.book(record)

        self.assertTrue(partner.active)
        self.assertEqual((invoice.state, invoice.amount_total), ("posted", 100.0))
        self.assertEqual(invoice.netsuite_state, "left_out")
        self.assertEqual(self.connection.out_of_scope_count, 1)

    def test_document_of_a_locked_period_is_listed_and_stays(self):
        partner, ns = self.customer()
        _old, locked = self.invoice(ns, [{"foreign": 100}], trandate="2024-01-10")
        _new, free = self.invoice(ns, [{"foreign": 50}], trandate="2024-03-10")
        self.company.fiscalyear_lock_date = "2024-01-31"

        wizard = self.wizard(ns)
        self.assertEqual(wizard.line_ids.blocked_count, 1)
        self.assertIn(locked.name, wizard.line_ids.blockers)
        self.assertIn("locked until", wizard.line_ids.blockers)
        self.apply(wizard)

        self.assertEqual((locked.state, free.state), ("posted", "cancel"))
        self.assertFalse(self.env["account.move"].search([("reversed_entry_id", "=", locked.id)]))
        self.assertTrue(partner.active)
        self.assertIn("1 documents stay as they are", wizard.result)

    def test_document_that_is_secured_is_listed_and_stays(self):
        _partner, ns = self.customer()
        _record, invoice = self.invoice(ns, [{"foreign": 100}])
        self.env.flush_all()
        # As securing a journal leaves it; the test needs no chain of hashes.
        self.env.cr.execute(
            "UPDATE account_move SET inalterable_hash = 'secured' WHERE id = %s", [invoice.id]
        )
        invoice.invalidate_recordset()

        wizard = self.wizard(ns)
        self.apply(wizard)

        self.assertIn("secured by a hash", wizard.line_ids.blockers)
        self.assertEqual(invoice.state, "posted")

    def test_document_reconciled_with_an_entry_of_odoo_is_listed_and_stays(self):
        partner, ns = self.customer()
        _record, invoice = self.invoice(ns, [{"foreign": 100}])
        account = self.receivable_line(invoice).account_id
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "date": "2024-03-15",
                "line_ids": [
                    Command.create(
                        {"account_id": account.id, "partner_id": partner.id, "credit": 100}
                    ),
                    Command.create(
                        {
                            "account_id": self.company_data["default_account_revenue"].id,
                            "debit": 100,
                        }
                    ),
                ],
            }
        )
        entry.action_post()
        lines = (invoice.line_ids + entry.line_ids).filtered(
            lambda line: line.account_id == account
        )
        lines.with_context(netsuite_import=True).reconcile()

        wizard = self.wizard(ns)
        self.apply(wizard)

        self.assertIn(entry.name, wizard.line_ids.blockers)
        self.assertEqual((invoice.state, invoice.amount_residual), ("posted", 0.0))

    def test_address_of_a_customer_is_understood_and_another_accounts_is_refused(self):
        page = "app.netsuite.com/app/common/entity/custjob.nl?id="
        wizard = self.wizard(
            f"https://tstdrv1.{page}123", f"https://7654321.{page}124", "https://tstdrv1/x?id=5"
        )

        good, *wrong = wizard.line_ids
        self.assertEqual((good.internal_id, good.problem), (123, False))
        self.assertTrue(all("not an address of account TSTDRV1" in w.problem for w in wrong))
        wizard.action_apply()
        self.assertEqual(self.env["netsuite.exclusion"].search([]).internal_id, 123)

    def test_file_tells_its_wrong_lines_and_keeps_the_others(self):
        text = "Internal ID;Name\n12;One\n;Nobody\nabc;Letters\n12;Twice\n13;Two\n"
        wizard = self.wizard(file=base64.b64encode(text.encode("utf-8-sig")))

        wrong = {line.line: line.problem for line in wizard.line_ids if line.problem}
        self.assertEqual(sorted(wrong), [3, 4, 5])
        self.assertIn("is empty", wrong[3])
        self.assertIn("positive number", wrong[4])
        self.assertIn("further up", wrong[5])
        wizard.action_apply()
        self.assertEqual(self.env["netsuite.exclusion"].search([]).mapped("internal_id"), [12, 13])

    def test_partner_is_chosen_instead_of_an_id(self):
        partner, ns = self.customer()
        stranger = self.env["res.partner"].create({"name": "Stranger"})

        wizard = self.wizard(partner_ids=[Command.set((partner + stranger).ids)])

        by_name = {line.text: line for line in wizard.line_ids}
        self.assertEqual(by_name[partner.display_name].internal_id, ns)
        self.assertIn("not a customer of", by_name["Stranger"].problem)

    def test_unticked_customer_is_spared(self):
        _partner, first = self.customer()
        spared, second = self.customer()
        wizard = self.wizard(first, second)
        wizard.line_ids.filtered(lambda line: line.internal_id == second).selected = False

        self.apply(wizard)

        self.assertTrue(spared.active)
        self.assertEqual(self.env["netsuite.exclusion"].search([]).mapped("internal_id"), [first])

    def test_clean_up_lists_inactive_customers_with_what_they_have(self):
        partner, ns = self.customer()
        self.invoice(ns, [{"foreign": 100}])
        active, _other = self.customer()
        self.land_customer(internal_id=ns, isinactive="T")
        self.book(partner.netsuite_record_id)
        self.assertEqual(self.connection.inactive_count, 1)

        action = self.connection.action_clean_up_inactive()
        wizard = self.env["netsuite.exclude"].browse(action["res_id"])
        self.assertEqual(wizard.line_ids.partner_id, partner)
        self.assertEqual(wizard.line_ids.document_count, 1)
        self.apply(wizard)

        self.assertFalse(partner.active)
        self.assertTrue(active.active)
        self.assertEqual(self.env["netsuite.exclusion"].search([]).reason, "inactive")
        self.connection.invalidate_recordset()
        self.assertEqual(self.connection.inactive_count, 0)

    def test_form_of_the_wizard_leads_from_the_choice_to_the_result(self):
        _partner, ns = self.customer()
        with Form(
            self.env["netsuite.exclude"].with_context(default_connection_id=self.connection.id)
        ) as form:
            form.entries = str(ns)
        wizard = form.record
        wizard.action_preview()
        with Form(wizard) as form:
            form.note = "Own company"
            form.confirmation = "EXCLUDE 1"
        wizard.action_apply()

        self.assertEqual(wizard.state, "done")
        self.assertEqual(self.env["netsuite.exclusion"].search([]).note, "Own company")
