import itertools
import re

from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, new_test_user, tagged
from odoo.tools import SQL

from ...exceptions import RecordFailed

# All that may follow a state, for each field of states. A table that changes, changes here as well.
ANY_BOOKED = {"pending", "booked", "blocked", "failed", "ignored", "removed"}
TABLES = {
    ("netsuite.record", "state"): {
        "pending": ANY_BOOKED,
        "booked": ANY_BOOKED,
        "blocked": ANY_BOOKED,
        "failed": ANY_BOOKED,
        "ignored": {"pending", "blocked", "failed", "ignored", "removed"},
        "removed": {"pending"},
    },
    ("netsuite.record", "removal_step"): {
        False: {"suspected", "certain", "asked"},
        "suspected": {"certain", "asked", False},
        "certain": {"asked", "refused", False},
        "asked": {"confirmed", False},
        "confirmed": {"cleared", False},
        "cleared": {"refused", False},
        "refused": {False},
    },
    ("netsuite.record", "pdf_state"): {
        False: {"current", "missing", "failed"},
        "current": {"current", "missing", "failed", False},
        "missing": {"current", "missing", "failed"},
        "failed": {"current", "missing", "failed"},
    },
    ("netsuite.application", "state"): {
        "waiting": {"waiting", "applied"},
        "applied": {"waiting"},
    },
    ("netsuite.issue", "state"): {
        "open": {"solved", "ignored"},
        "ignored": {"open", "solved"},
        "solved": set(),
    },
    ("netsuite.run", "state"): {
        "running": {"done", "failed"},
        "failed": {"done"},
        "done": set(),
    },
    ("netsuite.stream", "phase"): {
        "open": {"history", "regular"},
        "history": {"regular"},
        "regular": {"regular", "history"},
    },
    ("netsuite.connection", "state"): {
        "draft": {"draft", "setup", "connected", "reconnect", "token_limit"},
        "setup": {"draft", "setup", "connected", "reconnect", "token_limit"},
        "connected": {"draft", "connected", "reconnect", "token_limit", "paused"},
        "reconnect": {"draft", "setup", "connected", "reconnect", "token_limit"},
        "token_limit": {"draft", "setup", "connected", "reconnect", "token_limit"},
        "paused": {"draft", "connected", "reconnect", "token_limit", "paused"},
    },
    ("netsuite.resync", "state"): {
        "queued": {"running", "done", "failed"},
        "running": {"running", "done", "failed"},
        "done": set(),
        "failed": set(),
    },
    ("netsuite.intercompany", "state"): {
        "open": {"excluded", "dismissed"},
        "excluded": {"dismissed"},
        "dismissed": {"excluded"},
    },
    ("netsuite.field.mapping", "state"): {
        "valid": {"doubtful", "invalid"},
        "doubtful": {"valid", "doubtful", "invalid"},
        "invalid": {"valid", "invalid"},
    },
    ("netsuite.writeback", "state"): {
        "draft": {"draft", "queued", "cancelled"},
        "queued": {"queued", "sending", "confirmed", "failed", "blocked", "conflict", "cancelled"},
        "sending": {"sent", "queued", "ambiguous", "failed", "blocked"},
        "sent": {"confirmed", "conflict"},
        "ambiguous": {"ambiguous", "sent", "queued", "failed", "conflict"},
        "failed": {"draft", "queued", "cancelled"},
        "blocked": {"draft", "queued", "cancelled"},
        "conflict": {"draft", "cancelled"},
        "confirmed": {"undone"},
        "cancelled": set(),
        "undone": set(),
    },
    ("netsuite.exclude", "state"): {
        "choose": {"preview"},
        "preview": {"choose", "preview", "done"},
        "done": set(),
    },
    ("netsuite.setup", "step"): {
        "account": {"sign_in", "companies"},
        "sign_in": {"account", "test"},
        "test": {"sign_in", "companies"},
        "companies": {"test", "preview"},
        "preview": {"companies"},
    },
}
# What is called so and does not move: found anew each time, or part of what is written with it.
NO_STATES = {
    ("netsuite.proof", "state"): "the verdict of the last comparison",
    ("netsuite.proof.document", "state"): "the verdict of the last comparison",
    ("netsuite.setup.check", "state"): "the answer to one test",
    ("netsuite.mapping", "state"): "who chose the target; written with the target alone",
}
NAMES_OF_STATES = re.compile(r"(^|_)(state|step|phase|status)$")


@tagged("post_install", "-at_install")
class TestState(TransactionCase):
    """States move along their tables, one place each, and nobody writes them by hand."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(su=True, context={"tracking_disable": True})
        cls.connection = cls.env["netsuite.connection"].create(
            {"name": "States", "account_id": "TSTDRV9"}
        )
        cls.internal_ids = itertools.count(100)

    # === ARRANGING === #

    def record(self, internal_id=0, **values):
        return self.env["netsuite.record"].create(
            {
                "connection_id": self.connection.id,
                "record_type": "currency",
                "internal_id": internal_id or next(self.internal_ids),
                **values,
            }
        )

    def issue(self, **values):
        return self.env["netsuite.issue"].create(
            {
                "connection_id": self.connection.id,
                "kind": "content",
                "key": f"content:{next(self.internal_ids)}",
                "title": "Cannot be booked",
                **values,
            }
        )

    def sample(self, model):
        """Return a record of a model that has states."""
        if model == "netsuite.connection":
            return self.connection
        if model == "netsuite.record":
            return self.record()
        if model == "netsuite.issue":
            return self.issue()
        if model == "netsuite.stream":
            return self.connection.stream_ids[0]
        of_connection = {"connection_id": self.connection.id}
        values = {
            "netsuite.application": lambda: {
                **of_connection,
                "paying_record_id": self.record().id,
                "invoice_internal_id": 2,
            },
            "netsuite.run": lambda: {**of_connection, "kind": "regular"},
            "netsuite.resync": lambda: {**of_connection, "record_id": self.record().id},
            "netsuite.intercompany": lambda: {
                **of_connection,
                "internal_id": next(self.internal_ids),
            },
            "netsuite.field.mapping": lambda: {
                **of_connection,
                "record_type": "customer",
                "field_name": "custentity_region",
                "destination": "attributes",
                "conversion": "text",
            },
            "netsuite.writeback": lambda: {**of_connection, "summary": "Set Memo to late"},
            "netsuite.exclude": lambda: of_connection,
            "netsuite.setup": dict,
        }[model]()
        return self.env[model].create(values)

    def triggers(self):
        """Return how often the booking was asked for."""
        cron = self.env.ref("kolleno_netsuite.ir_cron_book")
        return self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)])

    def each_step(self):
        """Yield (record, field, state, target, whether it is allowed) of all that can be tried.

        The record is in `state` then.
        """
        for (model, name), table in TABLES.items():
            record = self.sample(model)
            for state, allowed in table.items():
                for target in table:
                    record.write({name: state})
                    yield record, name, state, target, target in allowed

    # === TABLES === #

    def test_tables_are_those_listed_here(self):
        tables = {
            (model, name): field.transitions
            for model in self.registry
            for name, field in self.registry[model]._fields.items()
            if field.store and getattr(field, "transitions", None)
        }

        self.assertEqual(tables, TABLES)

    def test_table_tells_of_each_state_of_its_field(self):
        for (model, name), table in TABLES.items():
            with self.subTest(model=model, field=name):
                field = self.env[model]._fields[name]
                states = set(field.get_values(self.env)) | (set() if field.required else {False})
                self.assertEqual(set(table), states)
                self.assertLessEqual(set().union(*table.values()), states)

    def test_each_field_that_is_called_a_state_has_a_table_or_a_reason(self):
        named = {
            (model, name)
            for model in self.registry
            if model.startswith("netsuite.") and not self.registry[model]._abstract
            for name, field in self.registry[model]._fields.items()
            if field.type == "selection" and field.store and NAMES_OF_STATES.search(name)
        }

        self.assertEqual(named, set(TABLES) | set(NO_STATES))

    # === STEPS === #

    def test_record_goes_where_its_table_lets_it_and_nowhere_else(self):
        tried = 0
        for record, name, state, target, allowed in self.each_step():
            tried += 1
            if allowed:
                self.assertEqual(record._advance(**{name: target}), record, (state, target))
                self.assertEqual(record[name], target)
            elif state == target:
                self.assertFalse(record._advance(**{name: target}), (state, target))
                self.assertEqual(record[name], state)
            else:
                with self.assertRaisesRegex(ValueError, "may not go", msg=(state, target)):
                    record._advance(**{name: target})
                self.assertEqual(record[name], state)
        self.assertEqual(tried, sum(len(table) ** 2 for table in TABLES.values()))

    def test_statement_moves_what_the_table_lets_go_and_leaves_the_rest(self):
        for record, name, state, target, allowed in self.each_step():
            reached = any(target in targets for targets in TABLES[(record._name, name)].values())
            condition = SQL("id = %s", record.id)
            if not reached:
                with self.assertRaisesRegex(ValueError, "Nothing"):
                    record._advance_where(condition, **{name: target})
                continue
            moved = record._advance_where(condition, **{name: target})

            self.assertEqual(moved, int(allowed), (state, target))
            self.assertEqual(record[name], target if allowed else state)

    def test_statement_moves_only_what_is_meant(self):
        meant, other = self.record(1), self.record(2)

        moved = meant._advance_where(
            SQL("internal_id = %s OR internal_id = %s", 1, 99),
            state="failed",
            message="No such account",
            next_try=False,
        )

        self.assertEqual(moved, 1)
        self.assertRecordValues(
            meant | other,
            [
                {"state": "failed", "message": "No such account"},
                {"state": "pending", "message": False},
            ],
        )

    def test_one_that_may_not_go_keeps_all_where_they_are(self):
        booked, removed = self.record(1, state="booked"), self.record(2, state="removed")

        with self.assertRaises(ValueError):
            (booked | removed)._advance("ignored", message="Skipped")

        self.assertRecordValues(
            booked | removed,
            [{"state": "booked", "message": False}, {"state": "removed", "message": False}],
        )

    def test_second_state_among_the_values_is_held_to_its_own_table(self):
        record = self.record(state="booked")

        with self.assertRaisesRegex(ValueError, "removal_step"):
            record._advance("removed", removal_step="confirmed")
        record._advance(removal_step="certain")
        record._advance("removed", removal_step=False)

        self.assertRecordValues(record, [{"state": "removed", "removal_step": False}])

    def test_state_that_is_reached_once_keeps_what_came_with_it(self):
        issue = self.issue()
        issue._advance("solved", solved_at="2026-01-01 10:00:00")

        issue._advance("solved", solved_at="2026-02-02 10:00:00")

        self.assertEqual(str(issue.solved_at), "2026-01-01 10:00:00")

    def test_nothing_moves_without_a_state(self):
        with self.assertRaisesRegex(ValueError, "no state"):
            self.record()._advance(message="Why")
        with self.assertRaisesRegex(ValueError, "no state"):
            self.env["netsuite.record"]._advance_where(SQL("TRUE"), message="Why")

    # === BOOKED AGAIN === #

    def test_requeued_records_start_anew_and_the_booking_is_asked_for_once(self):
        records = self.record(1, state="failed") | self.record(2, state="booked")
        records.write({"attempts": 2, "next_try": "2030-01-01 00:00:00"})
        before = self.triggers()

        requeued = records._requeue(message=False)

        self.assertEqual(requeued, records)
        self.assertRecordValues(
            records, [{"state": "pending", "attempts": 0, "next_try": False}] * 2
        )
        self.assertEqual(self.triggers(), before + 1)
        self.env["netsuite.record"]._requeue()
        self.assertEqual(self.triggers(), before + 1)

    def test_requeued_by_statement_are_those_of_one_connection_in_the_states_named(self):
        other = self.env["netsuite.connection"].create({"name": "Other", "account_id": "TSTDRV8"})
        failed = self.record(1, state="failed", attempts=2, next_try="2030-01-01 00:00:00")
        booked = self.record(2, state="booked")
        elsewhere = self.record(1, state="failed", connection_id=other.id)
        Record, before = self.env["netsuite.record"], self.triggers()
        condition = SQL("internal_id = %s OR internal_id = %s", 1, 2)

        nothing = Record._requeue_where(self.connection, ("blocked",), condition)
        unasked = self.triggers()
        count = Record._requeue_where(self.connection, ("failed",), condition)

        self.assertEqual((nothing, unasked), (0, before))
        self.assertEqual((count, self.triggers()), (1, before + 1))
        self.assertRecordValues(
            failed | booked | elsewhere,
            [
                {"state": "pending", "attempts": 0, "next_try": False},
                {"state": "booked", "attempts": 0, "next_try": False},
                {"state": "failed", "attempts": 0, "next_try": False},
            ],
        )

    def test_landing_requeues_what_changed_as_the_table_lets_it(self):
        table = TABLES[("netsuite.record", "state")]
        Fetch = self.env["netsuite.fetch"]
        for internal_id, state in enumerate(table, 1):
            record = self.record(internal_id, state=state)
            # What NetSuite had deleted waits for a person, whatever comes.
            requeued = "removed" if state == "removed" else "pending"
            for symbol, force, expected in (
                ("USD", False, requeued),
                ("USD", False, state),
                ("USD", True, requeued),
                ("EUR", False, requeued),
            ):
                with self.subTest(state=state, symbol=symbol, force=force):
                    record.write({"state": state})
                    self.env.flush_all()
                    document = {"row": {"id": str(internal_id), "symbol": symbol}}
                    Fetch._land(self.connection, "currency", [document], None, force=force)
                    self.assertEqual(record.state, expected)
            self.assertIn("pending", table[state])

    # === BY HAND === #

    def test_user_who_may_write_a_record_does_not_write_its_state(self):
        administrator = new_test_user(
            self.env, "states", groups="kolleno_netsuite.group_netsuite_administrator"
        )
        for model, name, state in (
            ("netsuite.connection", "state", "connected"),
            ("netsuite.stream", "phase", "regular"),
            ("netsuite.issue", "state", "solved"),
            ("netsuite.field.mapping", "state", "invalid"),
            ("netsuite.intercompany", "state", "excluded"),
            ("netsuite.setup", "step", "preview"),
            ("netsuite.exclude", "state", "done"),
        ):
            with self.subTest(model=model):
                record = self.sample(model)
                before = record[name]
                mine = record.with_user(administrator)
                with self.assertRaisesRegex(AccessError, f'field "{name}"'):
                    mine.write({name: state})
                self.assertEqual(record[name], before)
                self.assertTrue(mine.fields_get([name], ["readonly"])[name]["readonly"])

    def test_user_makes_no_record_that_is_further_on(self):
        administrator = new_test_user(
            self.env, "states", groups="kolleno_netsuite.group_netsuite_administrator"
        )
        Connection = self.env["netsuite.connection"].with_user(administrator)
        values = {"name": "By hand", "account_id": "TSTDRV7"}

        with self.assertRaisesRegex(AccessError, 'field "state"'):
            Connection.create({**values, "state": "connected"})
        with self.assertRaisesRegex(AccessError, 'field "state"'):
            Connection.with_context(default_state="connected").create(values)

        self.assertEqual(Connection.create(values).state, "draft")

    def test_user_moves_a_record_by_what_he_may_do_with_it(self):
        accountant = new_test_user(
            self.env, "accounts", groups="kolleno_netsuite.group_netsuite_accountant"
        )
        viewer = new_test_user(self.env, "looks", groups="kolleno_netsuite.group_netsuite_viewer")
        issue = self.issue()

        with self.assertRaises(AccessError):
            issue.with_user(viewer).action_set_aside()
        issue.with_user(accountant).action_set_aside()

        self.assertEqual(issue.state, "ignored")

    def test_left_out_record_that_does_not_leave_the_books_fails_alone(self):
        record = self.record(state="ignored")

        self.env["netsuite.booking"]._fail(record, RecordFailed("locked", "The period is locked"))

        self.assertRecordValues(record, [{"state": "failed", "message": "The period is locked"}])
        self.assertEqual(record.issue_ids.mapped("state"), ["open"])

    def test_changed_credentials_have_to_be_tried_again(self):
        self.connection._advance("connected")

        self.connection.write({"client_id": "another"})

        self.assertRecordValues(self.connection, [{"state": "draft", "state_reason": False}])
