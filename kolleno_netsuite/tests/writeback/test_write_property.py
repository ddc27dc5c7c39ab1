import json
import re
from contextlib import contextmanager
from datetime import timedelta

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from odoo.tests import tagged

from ..support.examples import EXAMPLES
from ..support.simulator_case import value_in
from ..support.writeback_fault_case import SETTLED, WritebackFaultCase

# What may become of calls that write, or look.
FAULTS = (
    *("429", "400_concurrency", "500", "502_html", "503", "html_200", "drop_before"),
    *("commit_then_drop", "token_expired_mid_page", "after_submit_error", "record_locked"),
    *("late_commit", "second_writer", "changed_meanwhile", "unsupported_search"),
)
POLICIES = ("ask", "netsuite", "odoo")
ANSWERS = ("user_error", "status_409", "last_write_wins")
CONNECTION = ("connection", "owner", "number", "move", "partner")
# Rounds in which a person has decided all that is left, however it is mixed.
ROUNDS = 8
OPEN = ("draft", "queued", "sending", "sent", "ambiguous", "failed", "blocked", "conflict")

which = st.integers(0, 1)
text = st.sampled_from(("", "L1", "L2", "L3", "legal"))
STEPS = st.one_of(
    st.tuples(st.just("user"), which, text),
    st.tuples(st.just("user"), which, text),
    st.tuples(st.just("rule"), which, text, st.sampled_from(POLICIES)),
    st.tuples(st.just("rule_of_another_field"), which, text),
    st.tuples(st.just("accountant"), which, text),
    st.tuples(st.just("accountant"), which, text),
    st.tuples(st.just("write"), st.integers(0, 20)),
    st.tuples(st.just("write_with"), st.sampled_from(FAULTS), st.integers(0, 3), which, text),
    st.tuples(st.just("write_with"), st.sampled_from(FAULTS), st.integers(0, 3), which, text),
    st.tuples(st.just("workflow"), st.sampled_from(("field_dropped", "field_changed")), text),
    st.tuples(st.just("lose_right"), st.sampled_from(("view", "edit"))),
    st.tuples(st.just("outage"), st.integers(0, 4)),
    st.tuples(st.just("switch"), st.booleans()),
    st.tuples(st.just("review"), st.booleans()),
    st.tuples(st.just("sync")),
    st.tuples(st.just("person"), st.sampled_from(("push", "retry", "cancel", "odoo", "netsuite"))),
)


@tagged("post_install", "-at_install")
class TestAnyWriting(WritebackFaultCase):
    """Whatever is changed on both sides and whatever breaks: in the end both sides agree.

    The examples are few and always the same; ``make soak`` tries many others.
    """

    def prepare(self):
        super().prepare()
        # Something to be written beside the field that both sides change.
        self.other = self.invoice(self.owner, 50, tranId="INV-1045")
        self.drive(self.connection)
        self.moves = self.move | self.mirror(self.other)
        self.simulator.clear_requests()

    @settings(
        max_examples=EXAMPLES or 8,
        derandomize=not EXAMPLES,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(
        st.lists(STEPS, min_size=4, max_size=12),
        st.sampled_from(POLICIES),
        st.sampled_from(ANSWERS),
        st.sampled_from(("odoo", "netsuite", "mixed")),
    )
    @example(
        [("user", 0, "L2"), ("write_with", "late_commit", 0, 0, "L1"), ("user", 0, "L3")],
        *("ask", "user_error", "odoo"),
    )
    # A rule empties what a user has filled and a workflow has dropped.
    @example(
        [("user", 0, "L3"), ("workflow", "field_dropped", ""), ("rule", 0, "", "netsuite")],
        *("ask", "status_409", "odoo"),
    )
    def test_any_changes_and_faults_end_with_both_sides_equal(
        self, steps, policy, answer, decision
    ):
        with self.example():
            self.simulator.switches(conflict_answer=answer)
            self.map("custbody_stage", "invoice_origin", direction="both", conflict_policy=policy)
            for name, *values in steps:
                getattr(self, f"step_{name}")(*values)

            self.calm_down(decision)

            self.assert_both_sides_equal()
            self.assert_nothing_was_sent_unmeant()
            self.assert_at_rest()

    # === STEPS === #

    def step_user(self, number, value):
        self.meant.add(value)
        self.moves[number].invoice_origin = value or False

    def step_rule(self, number, value, policy):
        self.meant.add(value)
        line = {"field_name": "custbody_stage", "kind": "text", "policy": policy}
        line |= {"value": value} if value else {"value_kind": "clear"}
        self.run_action(self.action(line), self.moves[number])

    def step_rule_of_another_field(self, number, value):
        if value:
            action = self.action(("custbody_chase_note", "text", value))
            self.run_action(action, self.moves[number])

    def step_accountant(self, number, value):
        self.edit(self.ids[number], custbody_stage=value or None)

    def step_write(self, minutes):
        self.write_after(minutes)

    def step_write_with(self, fault, after, number, value):
        acts = self.another_act(value or None, self.ids[number])
        has_acts = fault in ("second_writer", "changed_meanwhile")
        self.simulator.fault(fault, after=after, **({"acts": acts} if has_acts else {}))
        self.write_after(1)
        self.simulator.clear_faults(name=fault)

    def step_workflow(self, fault, value):
        values = {"value": value} if fault == "field_changed" else {}
        self.fault(fault, record="invoice", field="custbody_stage", **values)
        self.write()
        self.simulator.clear_faults(name=fault)

    def step_lose_right(self, verb):
        self.fault("right_lost", record="invoice", verb=verb)
        self.write_after(1)
        self.simulator.clear_faults(name="right_lost")

    def step_outage(self, after):
        self.fault("503", after=after, times=None)
        self.write_after(1)
        self.write_after(5)
        self.simulator.clear_faults(name="503")

    def step_switch(self, on):
        self.connection.write_active = on

    def step_review(self, on):
        self.connection.field_update_mode = "review" if on else "automatic"

    def step_sync(self):
        self.drive(self.connection)

    def step_person(self, act):
        self.decide(act)

    # === ARRANGING === #

    @contextmanager
    def example(self):
        """Begin as the test began; undo all in the end."""
        outer, kept = self.env, dict(vars(self))
        outer.cr.flush()
        self.cr.execute("SAVEPOINT example")
        inner = self.registry.cursor()
        try:
            with self.simulator.copied():
                self._open(inner)
                for name in (*CONNECTION, "moves"):
                    setattr(self, name, value_in(kept[name], self.env))
                self.passed, self.meant, self.ids = timedelta(), set(), (self.number, self.other)
                yield
        finally:
            inner.close()
            self.cr.execute("ROLLBACK TO SAVEPOINT example")
            self.registry.clear_all_caches()
            outer.invalidate_all(flush=False)
            for name in (*CONNECTION, "moves", "env", "main_company", "passed"):
                setattr(self, name, kept[name])
            self.env.transaction.default_env = self.env

    def decide(self, act):
        """Let a person do something about all that waits for a person."""
        rows = self.rows()
        if act == "push":
            rows.action_push()
        elif act == "retry":
            rows.action_retry()
        elif act == "cancel":
            rows.filtered(lambda row: row.state in ("draft", "queued", "failed")).action_cancel()
        elif act == "odoo":
            rows.action_keep_odoo()
        else:
            rows.action_keep_netsuite()

    def calm_down(self, decision):
        """Let nothing break any more, and let a person decide what is left."""
        self.simulator.clear_faults()
        self.connection.write_active = True
        if self.connection.state != "connected":
            self.connection.action_connect()
        for number in range(ROUNDS):
            self.drive(self.connection)
            for act in ("push", "retry"):
                self.decide(act)
            self.decide(("odoo", "netsuite")[number % 2] if decision == "mixed" else decision)
            self.write_after(60 + SETTLED)
            if not self.rows().filtered(lambda row: row.state in OPEN):
                break
        self.drive(self.connection)

    # === ASSERTIONS === #

    def assert_both_sides_equal(self):
        left = self.rows().filtered(lambda row: row.state in OPEN)
        self.assertFalse(left, left.mapped(lambda row: (row.state, row.summary, row.error)))
        for number, move in zip(self.ids, self.moves, strict=True):
            self.assertEqual(move.invoice_origin or "", self.netsuite(internal_id=number) or "")

    def assert_nothing_was_sent_unmeant(self):
        """Fail unless each PATCH is a step of a write-back, with a value that was meant."""
        sent = dict.fromkeys(self.ids, 0)
        for call in self.simulator.requests():
            if call["method"] != "PATCH":
                continue
            body = json.loads(call["body"])
            self.assertIn(body.get("custbody_stage") or "", self.meant | {""})
            # A token that had expired was renewed, and nothing carried out before.
            sent[int(re.search(r"(\d+)$", call["path"])[1])] += call["status"] != 401
        for number, count in sent.items():
            rows = self.rows().filtered(
                lambda row, number=number: row.netsuite_internal_id == int(number)
            )
            steps = rows.attempt_ids.filtered(lambda step: step.kind == "send")
            self.assertLessEqual(count, len(steps))

    def assert_at_rest(self):
        """Fail unless nothing goes back and forth any more."""
        rows = self.rows()
        self.simulator.clear_requests()
        for _round in range(2):
            self.drive(self.connection)
            self.write_after(60)
        self.assertFalse(self.writes())
        self.assertEqual(self.rows(), rows)
