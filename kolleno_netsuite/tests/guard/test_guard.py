# Tests say things in English only.
# pylint: disable=translation-required

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, new_test_user, tagged

from ..support.booking_case import NetsuiteBookingCommon


@tagged("post_install", "-at_install")
class TestGuard(NetsuiteBookingCommon):
    """What NetSuite keeps is paid, applied, credited and corrected there, never in Odoo."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accountant = new_test_user(
            cls.env,
            "guarded_accountant",
            "base.group_system,account.group_account_manager,account.group_account_user,"
            "kolleno_netsuite.group_netsuite_administrator",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    def setUp(self):
        super().setUp()
        self.partner, self.entity = self.customer()
        _record, move = self.invoice(self.entity, [{"foreign": 100}])
        self.paid_record, paid = self.invoice(self.entity, [{"foreign": 60}])
        _record, payment = self.payment(self.entity, 60, [(self.paid_record.internal_id, 60)])
        _record, credit = self.invoice(self.entity, [{"foreign": 40}], record_type="creditmemo")
        self.move, self.paid = self.as_user(move), self.as_user(paid)
        self.paying, self.credit = self.as_user(payment), self.as_user(credit)
        self.own_payment = self.own_credit(30)

    # === ENTRY POINTS === #

    def test_every_way_to_change_a_mirrored_document_is_refused_with_a_place_in_netsuite(self):
        ways = {
            "choose Void": self.ways_to_cancel(),
            "choose Credit": self.ways_to_credit(),
            "Accept Payment": self.ways_to_pay(),
            "tick the invoice": self.ways_to_apply(),
            "untick the invoice": self.ways_to_unapply(),
            "choose Edit": {**self.ways_to_edit(), **self.ways_to_edit_items()},
            "delete it in NetSuite": {
                "delete an invoice": self.move.unlink,
                "delete a payment": self.paying.unlink,
            },
            "copy it": {"copy an invoice": self.move.copy, "copy a payment": self.paying.copy},
        }
        for sentence, group in ways.items():
            for name, way in group.items():
                with self.subTest(name), self.assertRaisesRegex(UserError, sentence):
                    way()
        self.assert_untouched()

    def test_a_flag_from_a_browser_opens_nothing(self):
        with self.assertRaisesRegex(UserError, "read-only copy from NetSuite"):
            self.move.with_context(netsuite_import=True).button_draft()

    def test_the_sentence_names_the_document(self):
        with self.assertRaisesRegex(UserError, self.move.name):
            self.move.button_draft()

    # === WHAT ODOO DOES BY ITSELF === #

    def test_widget_offers_nothing_on_a_mirrored_invoice_and_no_mirrored_credit_elsewhere(self):
        own = self.own_invoice(25)

        offered = own.invoice_outstanding_credits_debits_widget

        self.assertFalse(self.move.invoice_outstanding_credits_debits_widget)
        self.assertFalse(self.move.invoice_has_outstanding)
        self.assertEqual([each["id"] for each in offered["content"]], [self.own_payment.id])

    def test_autopost_leaves_mirrored_documents_alone(self):
        draft = self.move.sudo().with_context(netsuite_import=True)
        draft.button_draft()
        draft.auto_post = "at_date"

        with self.assertRaisesRegex(UserError, "read-only copy from NetSuite"):
            self.move.sudo()._post()

        self.assertEqual(self.move.state, "draft")

    def test_bank_transaction_is_not_matched_with_mirrored_items(self):
        own = self.own_invoice(25)
        transaction = self.bank_transaction(40)

        found = self.env["account.move.line"].search(
            transaction._get_default_amls_matching_domain()
        )

        self.assertFalse(found.move_id.filtered("netsuite_record_id"))
        self.assertIn(self.receivable_line(own), found)

    def test_mirrored_invoice_is_not_paid_online(self):
        self.env["ir.config_parameter"].set_param("account_payment.enable_portal_payment", True)

        self.assertFalse(self.move._has_to_be_paid())
        self.assertIn("cannot be paid online", self.move._get_online_payment_error())
        self.assertTrue(self.own_invoice(25)._has_to_be_paid())

    # === CREDIT MEMOS === #

    def test_open_credit_memo_stays_open_beside_the_paid_invoice_until_netsuite_applies_it(self):
        other_record, other = self.invoice(self.entity, [{"foreign": 70}])
        memo_record = self.credit.sudo().netsuite_record_id
        balance = sum(
            self.env["account.move.line"]
            .search(
                [
                    ("partner_id", "=", self.partner.id),
                    ("move_id.netsuite_record_id", "!=", False),
                    ("account_id.account_type", "=", "asset_receivable"),
                    ("parent_state", "=", "posted"),
                ]
            )
            .mapped("amount_residual")
        )
        before = (self.credit.move_type, self.credit.amount_residual, self.paid.payment_state)

        links = [
            {name: str(value) for name, value in link.items()}
            for link in self.links(memo_record.internal_id, [(other_record.internal_id, 40)])
        ]
        payload = {**memo_record.payload, "links": links}
        memo_record.write({"payload": payload, "state": "pending"})
        self.book(memo_record)

        self.assertEqual(before, ("out_refund", 40, "paid"))
        self.assertEqual(balance, 100 + 70 - 40)
        self.assertEqual((self.credit.amount_residual, other.amount_residual), (0, 30))
        self.assertEqual(self.paid.payment_state, "paid")

    # === WHAT STAYS FREE === #

    def test_notes_responsible_and_activities_stay_free(self):
        self.move.write(
            {
                "invoice_user_id": self.accountant.id,
                "narration": "Call on Monday",
                "ref": "PO 7",
                "checked": True,
            }
        )
        self.move.activity_schedule("mail.mail_activity_data_todo", summary="Chase")
        self.move.message_post(body="Promised for Friday")

        self.assertEqual(self.move.invoice_user_id, self.accountant)
        self.assertEqual(len(self.move.activity_ids), 1)
        self.assert_untouched()

    def test_own_documents_of_the_customer_are_odoos_as_ever(self):
        own = self.own_invoice(25)
        own.button_draft()
        own.action_post()
        wizard = self.register(own)
        wizard.action_create_payments()
        credit = own._reverse_moves()

        self.assertEqual(own.payment_state, "paid")
        self.assertEqual(credit.amount_total, 25)

    def test_what_was_reconciled_by_hand_with_an_own_document_may_be_undone(self):
        line = self.receivable_line(self.move)
        by_sync = {"netsuite_import": True}
        (line | self.own_payment).sudo().with_context(**by_sync).reconcile()

        line.remove_move_reconcile()

        self.assertEqual(self.move.amount_residual, 100)

    def test_documents_of_an_archived_connection_are_odoos_own(self):
        self.connection.active = False

        self.move.button_draft()

        self.assertEqual(self.move.state, "draft")
        self.assertFalse(self.move.netsuite_mirrored)

    # === SCREENS === #

    def test_forms_hide_the_buttons_and_say_where_to_go(self):
        for record, view in (
            (self.move, "account.view_move_form"),
            (self.paying, "account.view_account_payment_form"),
        ):
            with self.subTest(view):
                form = Form(record, view)
                arch = form._view["tree"]
                self.assertTrue(record.netsuite_mirrored)
                hidden = {
                    button.get("name"): "netsuite_mirrored" in (button.get("invisible") or "")
                    for button in arch.xpath("//header/button")
                    if button.get("name")
                    in ("action_register_payment", "action_reverse", "button_cancel")
                    or button.get("name") in ("action_draft", "action_cancel", "action_post")
                }
                self.assertTrue(hidden and all(hidden.values()), hidden)
        self.assertFalse(self.move.show_reset_to_draft_button)

    # === WAYS, EACH UNDER ITS NAME === #

    def ways_to_cancel(self):
        return {
            "cancel an invoice": self.move.button_cancel,
            "request to cancel": self.move.button_request_cancel,
            "cancel a payment": self.paying.action_cancel,
            "reject a payment": self.paying.action_reject,
        }

    def ways_to_credit(self):
        return {
            "credit an invoice": self.move.action_reverse,
            "reverse in code": self.move._reverse_moves,
            "reversal wizard": lambda: self.reversal().reverse_moves(),
            "modify wizard": lambda: self.reversal().modify_moves(),
            "credit a credit memo": self.credit.action_reverse,
        }

    def ways_to_pay(self):
        return {
            "pay by button": self.move.action_register_payment,
            "pay by force": self.move.action_force_register_payment,
            "pay from the items": self.receivable_line(self.move).action_register_payment,
            "register wizard": lambda: self.register(self.move),
        }

    def ways_to_apply(self):
        line, credit = self.receivable_line(self.move), self.receivable_line(self.credit)
        return {
            "outstanding widget": lambda: self.move.js_assign_outstanding_line(credit.id),
            "own payment by widget": lambda: self.move.js_assign_outstanding_line(
                self.own_payment.id
            ),
            "mirrored credit on an own invoice": lambda: self.own_invoice(
                25
            ).js_assign_outstanding_line(credit.id),
            "reconcile items": (line | credit).reconcile,
            "reconcile with an own item": (line | self.own_payment).reconcile,
            "reconcile with a bank transaction": lambda: self.reconcile_with_bank(line),
            "move to another account": lambda: self.transfer(line),
            "partial by hand": lambda: self.partial(line),
        }

    def ways_to_unapply(self):
        line = self.receivable_line(self.paid)
        return {
            "remove by widget": lambda: self.paid.js_remove_outstanding_partial(
                line.matched_credit_ids.id
            ),
            "unreconcile items": line.remove_move_reconcile,
        }

    def ways_to_edit(self):
        return {
            "reset an invoice": self.move.button_draft,
            "switch the type": self.move.action_switch_move_type,
            "edit the date": lambda: self.move.write({"date": "2024-02-02"}),
            "edit the number": lambda: self.move.write({"name": "MINE/1"}),
            "edit the customer": lambda: self.move.write(
                {"partner_id": self.company.partner_id.id}
            ),
            "reset a payment": self.paying.action_draft,
            "post a payment": self.paying.action_post,
            "edit a payment": lambda: self.paying.write({"amount": 1}),
            "reset a payment's entry": self.paying.move_id.button_draft,
        }

    def ways_to_edit_items(self):
        line = self.receivable_line(self.move)
        income = (self.move.line_ids - line)[:1]
        return {
            "edit an amount": lambda: income.write({"price_unit": 7}),
            "edit an item": lambda: line.write({"amount_currency": 99}),
            "edit what the proof reads": lambda: line.write({"netsuite_set_off": 5}),
            "add an item": self.add_item,
            "delete an item": income.unlink,
        }

    # === ARRANGING === #

    def as_user(self, record):
        return record.with_user(self.accountant).with_context(netsuite_import=False)

    def own_invoice(self, amount):
        """Return an invoice that Odoo itself made for the customer."""
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.partner.id,
                "invoice_date": "2024-03-25",
                "journal_id": self.company_data["default_journal_sale"].id,
                "invoice_line_ids": [
                    Command.create({"name": "Own", "price_unit": amount, "tax_ids": False})
                ],
            }
        )
        invoice.action_post()
        return self.as_user(invoice)

    def own_credit(self, amount):
        """Return the open item of a payment that Odoo itself booked."""
        payment = self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": self.partner.id,
                "amount": amount,
                "date": "2024-03-25",
                "journal_id": self.company_data["default_journal_bank"].id,
            }
        )
        payment.action_post()
        return self.as_user(self.receivable_line(payment.move_id))

    def reversal(self):
        return (
            self.env["account.move.reversal"]
            .with_user(self.accountant)
            .with_context(active_model="account.move", active_ids=self.move.ids)
            .create({"journal_id": self.move.journal_id.id, "date": "2024-03-25"})
        )

    def register(self, move):
        return (
            self.env["account.payment.register"]
            .with_user(self.accountant)
            .with_context(active_model="account.move", active_ids=move.ids)
            .create({"journal_id": self.company_data["default_journal_bank"].id})
        )

    def reconcile_with_bank(self, line):
        """Reconcile an item with a bank transaction, as Odoo's bank widget and its cron end."""
        transaction = self.bank_transaction(100).with_user(self.accountant)
        _liquidity, suspense, _other = transaction._seek_for_lines()
        suspense.write({"account_id": line.account_id.id, "partner_id": line.partner_id.id})
        (suspense | line).reconcile()

    def bank_transaction(self, amount):
        return self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.company_data["default_journal_bank"].id,
                "payment_ref": f"{amount}.00",
                "amount": amount,
            }
        )

    def transfer(self, line):
        """Move the balance of an item to another account by Odoo's own wizard."""
        wizard = (
            self.env["account.automatic.entry.wizard"]
            .with_user(self.accountant)
            .with_context(active_model="account.move.line", active_ids=line.ids)
            .create(
                {
                    "action": "change_account",
                    "destination_account_id": line.account_id.copy().id,
                    "journal_id": self.company_data["default_journal_misc"].id,
                    "date": "2024-03-25",
                }
            )
        )
        return wizard.do_action()

    def partial(self, line):
        return line.env["account.partial.reconcile"].create(
            {
                "debit_move_id": line.id,
                "credit_move_id": self.own_payment.id,
                "amount": 5,
                "debit_amount_currency": 5,
                "credit_amount_currency": 5,
            }
        )

    def add_item(self):
        self.env["account.move.line"].with_user(self.accountant).create(
            {
                "move_id": self.move.id,
                "name": "More",
                "account_id": self.accounts[54].id,
                "balance": 0,
            }
        )

    # === ASSERTIONS === #

    def assert_untouched(self):
        self.assertEqual((self.move.state, self.move.amount_residual), ("posted", 100))
        self.assertEqual((self.paid.state, self.paid.payment_state), ("posted", "paid"))
        self.assertEqual(self.credit.amount_residual, 40)
        self.assertEqual(self.paying.amount, 60)
        self.assertFalse(self.move.reversal_move_ids)
