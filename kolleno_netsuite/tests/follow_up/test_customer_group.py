from datetime import timedelta

from odoo import Command, fields
from odoo.tests import new_test_user, tagged
from odoo.tools.safe_eval import safe_eval

from ...const import MAX_HIERARCHY_DEPTH
from ..scope.test_exclusion import ExclusionCase


@tagged("post_install", "-at_install")
class TestCustomerGroup(ExclusionCase):
    """Who belongs to whom in NetSuite, and what a group owes together."""

    def family(self, **row):
        """Return partners and internal ids of a chain: a parent, its child, its grandchild."""
        top, top_id = self.customer(companyname="Top", **row)
        middle, middle_id = self.customer(companyname="Middle", parent=top_id)
        bottom, bottom_id = self.customer(companyname="Bottom", parent=middle_id)
        return (top, middle, bottom), (top_id, middle_id, bottom_id)

    def move(self, internal_id, parent, **row):
        """Give a customer to another parent in NetSuite, and book it."""
        record = self.land_customer(internal_id=internal_id, parent=parent or None, **row)
        self.book(record)
        return record

    # === CHAIN === #

    def test_group_is_the_topmost_parent_and_lists_all_members(self):
        (top, middle, bottom), _ids = self.family()

        self.assertEqual((top + middle + bottom).netsuite_group_id, top)
        self.assertEqual(bottom.netsuite_parent_id, middle)
        self.assertEqual(top.netsuite_member_ids, top + middle + bottom)
        self.assertEqual(bottom.netsuite_member_count, 3)

    def test_subtree_follows_a_parent_that_moves(self):
        (top, middle, bottom), (_top, middle_id, _bottom) = self.family()
        other, other_id = self.customer(companyname="Other")

        self.move(middle_id, other_id)

        self.assertEqual((middle + bottom).netsuite_group_id, other)
        self.assertEqual(top.netsuite_group_id, top)
        self.assertEqual(top.netsuite_member_count, 1)

    def test_customer_without_parent_any_more_heads_its_own_group(self):
        (_top, middle, bottom), (_top_id, middle_id, _bottom) = self.family()

        self.move(middle_id, None)

        self.assertEqual((middle + bottom).netsuite_group_id, middle)

    def test_two_that_change_places_in_one_read_are_linked(self):
        (top, middle, bottom), (top_id, middle_id, _bottom) = self.family()

        records = self.land_customer(internal_id=top_id, parent=middle_id)
        records |= self.land_customer(internal_id=middle_id)
        self.book(records)

        self.assertEqual(set(records.mapped("state")), {"booked"})
        self.assertEqual((top + middle + bottom).netsuite_group_id, middle)
        self.assertEqual(top.netsuite_parent_id, middle)

    def test_chain_that_is_too_long_fails_alone(self):
        parent = None
        for _level in range(MAX_HIERARCHY_DEPTH + 1):
            partner, parent = self.customer(parent=parent)
        self.assertEqual(partner._netsuite_levels_above(), MAX_HIERARCHY_DEPTH)

        record = self.land_customer(parent=parent)
        self.book(record)

        self.assertEqual(record.state, "failed")
        self.assertIn("more than 20 parents", record.message)

    # === SETTING === #

    def test_groups_are_dissolved_and_made_again_by_the_setting(self):
        (top, middle, bottom), _ids = self.family()

        self.connection.sync_hierarchy = False
        self.assertFalse((top + middle + bottom).netsuite_group_id)
        self.assertFalse(bottom.netsuite_parent_id)
        _late, late_id = self.customer(companyname="Late", parent=top.netsuite_internal_id)
        late = self.env["res.partner"].search([("name", "=", "Late")])
        self.assertFalse(late.netsuite_group_id)

        self.connection.sync_hierarchy = True
        self.assertEqual((top + middle + bottom + late).netsuite_group_id, top)
        self.assertEqual(late.netsuite_internal_id, late_id)

    # === HEADS THAT ARE LEFT OUT === #

    def test_inactive_parent_without_open_items_heads_its_group_as_a_shell(self):
        parent = self.land_customer(companyname="Old Head", isinactive="T")
        self.book(parent)
        self.assertFalse(parent.res_id)

        child, child_id = self.customer(companyname="Child", parent=parent.internal_id)

        head = child.netsuite_parent_id
        self.assertEqual(parent._target(), head)
        self.assertTrue(head.netsuite_shell)
        self.assertFalse(head.active)
        self.assertEqual((parent.state, parent.left_out), ("ignored", "inactive"))
        self.assertIn("Only the parent of its group", head.netsuite_group_note)
        # Its own documents stay out.
        invoice = self.land_invoice(parent.internal_id, [{"foreign": 5}])
        self.book(invoice)
        self.assertEqual((invoice.state, invoice.left_out), ("ignored", "inactive"))
        self.assertEqual(child.netsuite_group_id, head)
        self.assertEqual(child_id, child.netsuite_internal_id)

    def test_parent_of_a_subsidiary_without_company_heads_its_group_as_a_shell(self):
        self.connection.one_world = True
        parent = self.land_customer(companyname="Far Head")
        elsewhere = {"id": "1", "subsidiary": "99", "isprimarysub": "T"}
        parent.payload = {**parent.payload, "subsidiaries": [elsewhere]}
        self.book(parent)
        self.assertEqual((parent.state, parent.left_out), ("ignored", "subsidiary"))

        child, _id = self.customer(companyname="Child", parent=parent.internal_id)

        head = parent._target()
        self.assertEqual((child.netsuite_group_id, head.netsuite_shell), (head, True))
        self.assertIn("None of the customer's subsidiaries", head.netsuite_group_note)

    def test_shell_becomes_a_customer_like_others_when_it_is_mirrored_again(self):
        parent = self.land_customer(companyname="Old Head", isinactive="T")
        child = self.land_customer(parent=parent.internal_id)
        self.book(parent | child)
        head = parent._target()
        self.assertTrue(head.netsuite_shell)

        self.land_customer(internal_id=parent.internal_id, companyname="Old Head")
        self.book(parent)

        self.assertFalse(head.netsuite_shell)
        self.assertTrue(head.active)
        self.assertEqual((parent.state, parent.left_out), ("booked", False))
        self.assertEqual(parent._target(), head)

    def test_chain_of_left_out_parents_is_made_up_to_the_top(self):
        top = self.land_customer(companyname="Top", isinactive="T")
        middle = self.land_customer(companyname="Middle", isinactive="T", parent=top.internal_id)
        bottom = self.land_customer(companyname="Bottom", parent=middle.internal_id)

        self.book(bottom)
        self.book(top | middle)

        self.assertEqual(bottom._target().netsuite_group_id, top._target())
        self.assertTrue(top._target().netsuite_shell)

    def test_excluded_parent_is_not_made_and_its_child_says_so(self):
        self.exclude(4242)
        self.book(self.land_customer(internal_id=4242, companyname="Own Company"))

        child, _id = self.customer(parent=4242)

        self.assertFalse(child.netsuite_parent_id)
        self.assertEqual(child.netsuite_group_id, child)
        self.assertIn("internal ID 4242", child.netsuite_group_note)
        self.assertIn("exclusion list", child.netsuite_group_note)

    # === TOTALS AND STATEMENT === #

    def test_group_adds_up_what_each_member_keeps_for_itself(self):
        (top, middle, bottom), (_top, middle_id, bottom_id) = self.family()
        self.invoice(bottom_id, [{"foreign": 100}], duedate="2024-01-31")
        self.invoice(bottom_id, [{"foreign": 70}], duedate="2999-01-31")
        self.invoice(middle_id, [{"foreign": 20}], currency=4, exchange_rate=2)
        self.payment(middle_id, 30)

        usd = self.usd.name
        self.assertEqual(bottom.netsuite_open_text, f"170.00 {usd}")
        self.assertEqual(bottom.netsuite_overdue_text, f"100.00 {usd}")
        self.assertEqual(top.netsuite_open_text, "")
        self.assertEqual(middle.netsuite_open_text, f"20.00 EUR · -30.00 {usd}")
        self.assertEqual(top.netsuite_group_open_text, f"20.00 EUR · 140.00 {usd}")
        self.assertEqual(top.netsuite_group_overdue_text, f"20.00 EUR · 100.00 {usd}")
        action = top.action_netsuite_group_items()
        items = self.env["account.move.line"].search(action["domain"])
        self.assertEqual(items.partner_id, middle + bottom)
        self.assertEqual(len(items), 4)

    def test_statement_lists_open_documents_by_currency_and_member(self):
        (top, _middle, bottom), (top_id, _middle_id, bottom_id) = self.family()
        _record, first = self.invoice(top_id, [{"foreign": 40}], duedate="2024-01-31")
        _record, second = self.invoice(bottom_id, [{"foreign": 60}], duedate="2999-01-31")
        record, paid = self.invoice(bottom_id, [{"foreign": 10}])
        self.payment(bottom_id, 10, [(record.internal_id, 10)])

        (section,) = top._netsuite_statement()
        html = (
            self.env["ir.actions.report"]
            ._render_qweb_html("kolleno_netsuite.netsuite_group_statement", top.ids)[0]
            .decode()
        )

        self.assertEqual((section["open"], section["overdue"]), (100.0, 40.0))
        self.assertEqual([m["partner"] for m in section["members"]], [top, bottom])
        for text in (first.name, second.name, "Total of the group in", "100.00", top.name):
            self.assertIn(text, html)
        self.assertNotIn(paid.name, html)
        self.assertIn(second.name, str(top.netsuite_group_statement))

    def test_what_is_due_today_is_not_overdue_yet(self):
        (top, _middle, bottom), (_top, _middle_id, bottom_id) = self.family()
        today = fields.Date.context_today(top)
        self.invoice(bottom_id, [{"foreign": 100}], duedate=str(today))
        self.invoice(bottom_id, [{"foreign": 7}], duedate=str(today - timedelta(days=1)))

        (section,) = top._netsuite_statement()

        usd = self.usd.name
        self.assertEqual(bottom.netsuite_overdue_text, f"7.00 {usd}")
        self.assertEqual(top.netsuite_group_overdue_text, f"7.00 {usd}")
        self.assertEqual((section["open"], section["overdue"]), (107.0, 7.0))

    def test_statement_of_a_group_that_owes_nothing_says_so(self):
        (top, _middle, _bottom), _ids = self.family()

        self.assertIn("Nothing is open", str(top.netsuite_group_statement))

    def test_statement_is_addressed_to_the_topmost_parent_unless_all_are_wanted(self):
        (top, middle, bottom), _ids = self.family(email="top@example.com")
        bottom.email = "bottom@example.com"
        self.assertEqual(top._netsuite_statement_recipients(), top)

        self.connection.statement_recipients = "members"

        self.assertEqual(top._netsuite_statement_recipients(), top + bottom)
        self.assertNotIn(middle, top._netsuite_statement_recipients())
        template = self.env.ref("kolleno_netsuite.mail_template_netsuite_group_statement")
        values = template._generate_template(top.ids, ("subject", "partner_to"))[top.id]
        self.assertEqual(values["subject"], "Statement of account of Top")
        self.assertEqual(set(values["partner_ids"]), set((top + bottom).ids))

    def test_viewer_sees_totals_without_access_to_journal_items(self):
        (top, _middle, _bottom), (_top, _middle_id, bottom_id) = self.family()
        _record, invoice = self.invoice(bottom_id, [{"foreign": 60}])
        viewer = new_test_user(
            self.env,
            login="group_viewer",
            groups="base.group_user,kolleno_netsuite.group_netsuite_viewer",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )

        seen = top.with_user(viewer)

        self.assertFalse(self.env["account.move.line"].with_user(viewer).has_access("read"))
        self.assertEqual(seen.netsuite_group_open_text, f"60.00 {self.usd.name}")
        self.assertIn(invoice.name, str(seen.netsuite_group_statement))
        self.assertEqual(seen.netsuite_group_note, False)
        foreign = viewer.copy({"login": "group_stranger"})
        stranger = self.env["res.company"].create({"name": "Stranger"})
        foreign.write({"company_ids": [Command.set(stranger.ids)], "company_id": stranger.id})
        self.assertEqual(top.with_user(foreign).netsuite_group_open_text, "")

    def test_groups_are_listed_by_their_heads(self):
        (top, middle, _bottom), _ids = self.family()
        single, _id = self.customer()
        action = self.env.ref("kolleno_netsuite.res_partner_action_netsuite_group")

        partners = self.env["res.partner"].with_context(active_test=False)
        found = partners.search(safe_eval(action.domain))

        self.assertIn(top, found)
        self.assertFalse(found & (middle + single))
        self.assertEqual(middle.action_netsuite_group()["res_id"], top.id)
