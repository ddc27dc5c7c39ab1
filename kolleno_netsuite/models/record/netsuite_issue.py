from collections.abc import Callable
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..connection.hook import hook


class Fix(NamedTuple):
    """What a button offers for an issue.

    :param label: what the button says, translated.
    :param method: name of the method of the issue that opens the place, and returns the action.
    :param applies: function of the issue that tells whether this is for it.
    """

    label: str
    method: str
    applies: Callable = bool


class NetsuiteIssue(models.Model):
    """One kind of trouble, in plain words, however many records it stops.

    The fingerprint (kind and key) makes the hundredth record that misses the same account
    count on the line of the first. An issue closes itself when nothing waits for it, and says
    what a person can do: *Fix* opens the place, *Retry* lets go on what waits.
    """

    _name = "netsuite.issue"
    _description = "NetSuite Issue"
    _order = "severity desc, record_count desc, last_seen desc"
    _rec_name = "title"
    _inherit = ["mail.thread", "netsuite.state.machine"]

    connection_id = fields.Many2one(
        "netsuite.connection", required=True, index=True, ondelete="cascade"
    )
    kind = fields.Selection(
        [
            ("customer", "Customer missing"),
            ("currency", "Currency inactive or without rate"),
            ("period", "Period locked"),
            ("content", "Cannot be booked exactly"),
            ("sign_in", "Sign-in"),
            ("moved", "Original or copy"),
            ("permission", "Permission"),
            ("right", "Right lost"),
            ("fact", "Account changed"),
            ("network", "Connection"),
            ("column", "Column missing"),
            ("program", "Program error"),
            ("server", "Server"),
        ],
        required=True,
    )
    key = fields.Char(required=True, help="What the records wait for, as account:4711:1.")
    title = fields.Char(required=True)
    advice = fields.Text(help="What to do.")
    detail = fields.Text(help="NetSuite's or Odoo's own words.")
    severity = fields.Selection(
        [("0", "Note"), ("1", "Warning"), ("2", "Blocking")], required=True, default="2"
    )
    state = fields.Selection(
        [("open", "Open"), ("solved", "Solved"), ("ignored", "Ignored")],
        # One that comes back after it was solved is a new one.
        transitions={
            "open": {"solved", "ignored"},
            "ignored": {"open", "solved"},
            "solved": set(),
        },
        required=True,
        default="open",
    )
    first_seen = fields.Datetime(required=True, default=fields.Datetime.now)
    last_seen = fields.Datetime(required=True, default=fields.Datetime.now)
    solved_at = fields.Datetime()
    record_ids = fields.Many2many(
        "netsuite.record", "netsuite_issue_record_rel", "issue_id", "record_id"
    )
    record_count = fields.Integer(readonly=True, help="How many records it stops.")
    company_id = fields.Many2one("res.company")

    _open_unique = models.UniqueIndex(
        "(connection_id, kind, key) WHERE state <> 'solved'", "This issue is already listed."
    )

    fix_label = fields.Char(compute="_compute_fix_label", help="What the button does.")
    can_retry = fields.Boolean(compute="_compute_can_retry")

    # === COMPUTE METHODS === #

    @api.depends("kind", "key", "state", "record_count")
    def _compute_fix_label(self):
        fixes = self._fixes()
        for issue in self:
            fix = issue.state != "solved" and issue._fix(fixes)
            issue.fix_label = fix.label if fix else False

    @hook
    @api.depends("key", "state", "record_count")
    def _compute_can_retry(self):
        for issue in self:
            issue.can_retry = issue.state != "solved" and issue.record_count > 0

    # === ACTION METHODS === #

    def action_fix(self):
        """Open the one place where this trouble ends."""
        self.ensure_one()
        fix = self._fix(self._fixes())
        return getattr(self, fix.method)() if fix else self.action_open_records()

    @hook
    def action_retry(self):
        """Try again what these issues stop."""
        # `_retry` writes in SQL, which asks for no right.
        self.check_access("write")
        released = self._retry()
        if not released and set(self.mapped("kind")) == {"right"}:
            message = self.env._("NetSuite is asked again now.")
        elif released == 1:
            message = self.env._("1 record is booked again; whatever still blocks it stays listed.")
        else:
            message = self.env._(
                "%s records are booked again; whatever still blocks them stays listed.", released
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_set_aside(self):
        """Leave these issues out of the open ones; their records keep waiting."""
        self.filtered(lambda issue: issue.state == "open")._advance("ignored")

    def action_reopen(self):
        """List these issues as open again."""
        self.filtered(lambda issue: issue.state == "ignored")._advance("open")

    @hook
    def action_open_records(self):
        """Open what these issues stop."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "kolleno_netsuite.netsuite_record_action"
        )
        if len(self) == 1:
            action["name"] = self.title
        return {**action, "domain": [("issue_ids", "in", self.ids)], "context": {}}

    # === BUSINESS METHODS === #

    @api.model
    def _touch(
        self,
        connection,
        kind,
        key,
        title,
        advice="",
        severity="2",
        records=None,
        detail="",
        company=None,
    ):
        """List a trouble, or count on the line where it is listed already.

        :param kind: a key of `kind`; with `key` it is the fingerprint.
        :param key: what is missing or wrong, stable over runs (``account:4711:1``).
        :param title: translated sentence without a count.
        :param advice: translated sentence saying what to do.
        :param severity: "0" note, "1" warning, "2" blocks.
        :param records: the `netsuite.record` rows that it stops.
        :param detail: NetSuite's or Odoo's own words, for the engineer.
        :param company: company whose users are notified; all of the connection's when empty.
        :return: the open issue.
        """
        issue = self.search(
            [
                ("connection_id", "=", connection.id),
                ("kind", "=", kind),
                ("key", "=", key),
                ("state", "!=", "solved"),
            ],
            limit=1,
        )
        values = {
            "title": title,
            "advice": advice,
            "detail": detail,
            "severity": severity,
            "last_seen": fields.Datetime.now(),
        }
        if issue:
            issue.write({name: value for name, value in values.items() if issue[name] != value})
        else:
            issue = self.create(
                {
                    **values,
                    "connection_id": connection.id,
                    "kind": kind,
                    "key": key,
                    "company_id": company.id if company else False,
                }
            )
        issue._link(records)
        return issue

    def _link(self, records):
        """Count `records` as stopped by this issue."""
        if not records:
            return
        # An issue can stop a million records; the ORM would read them all to add one.
        self.env.execute_query(
            SQL(
                """INSERT INTO netsuite_issue_record_rel (issue_id, record_id)
                   SELECT %s, unnest(%s) ON CONFLICT DO NOTHING RETURNING record_id""",
                self.id,
                records.ids,
            )
        )
        self.invalidate_recordset(["record_ids"])
        records.invalidate_recordset(["issue_ids"])
        self._count_records()

    def _count_records(self):
        """Count what each issue stops, in one query."""
        if not self:
            return
        # The ORM would load every linked record to count them.
        counts = dict(
            self.env.execute_query(
                SQL(
                    """SELECT issue_id, COUNT(*) FROM netsuite_issue_record_rel
                       WHERE issue_id IN %s GROUP BY issue_id""",
                    tuple(self.ids),
                )
            )
        )
        for issue in self:
            count = counts.get(issue.id, 0)
            if issue.record_count != count:
                issue.sudo().record_count = count  # sudo: netsuite.issue - as in `_solve`

    @api.model
    def _release(self, connection, keys):
        """Release whatever waits for `keys`: the things they name are there now.

        :param keys: keys of `exceptions.Missing`, as ``account:4711:1``.
        :return: number of records that are booked again.
        """
        issues = self.search(
            [
                ("connection_id", "=", connection.id),
                ("key", "in", list(keys)),
                ("state", "!=", "solved"),
            ]
        )
        if not issues:
            return 0
        released = issues._retry()
        issues._solve()
        return released

    def _retry(self):
        """Try again what these issues stop; return how many records."""
        released, others = 0, self
        for kind, retry in self._retries().items():
            own = self.filtered(lambda issue, kind=kind: issue.kind == kind)
            others -= own
            released += getattr(own, retry)() if own else 0
        return released + others._retry_booking()

    @hook
    @api.model
    def _retries(self):
        """Return {kind: name of the method of its issues that tries again what they stop}.

        The method returns how many records that are. What other kinds stop is booked again.
        """
        return {"right": "_retry_right"}

    def _retry_right(self):
        """Ask NetSuite again for what it refused; nothing is booked again for that."""
        keys = [issue.key.partition(":")[2] for issue in self]
        facts = self.env["netsuite.fact"].search(
            [("connection_id", "in", self.connection_id.ids), ("key", "in", keys)]
        )
        # sudo: netsuite.fact, netsuite.stream - the sync's; who may solve issues may start it
        facts.sudo()._ask_again()
        return 0

    @hook
    def _retry_booking(self):
        """Put what these issues stop back to be booked; return how many records."""
        if not self:
            return 0
        released = 0
        for connection, issues in self.grouped("connection_id").items():
            released += self.env["netsuite.record"]._requeue_where(
                connection,
                ("blocked", "failed"),
                SQL(
                    "id IN (SELECT record_id FROM netsuite_issue_record_rel WHERE issue_id IN %s)",
                    tuple(issues.ids),
                ),
            )
        return released

    def _solve(self):
        """Close these issues; nothing waits for them any more."""
        now = fields.Datetime.now()
        # sudo: netsuite.issue - nobody takes records off by hand; who may write may solve
        self.sudo().record_ids = [(5,)]
        self._advance("solved", solved_at=now)

    @api.model
    def _settle(self, records, but=None):
        """Take booked records off their issues, and close the issues that stop nobody.

        :param but: issues on which they stay.
        """
        if not records:
            return
        # Joined in SQL: the ORM would read all records of each issue.
        rows = self.env.execute_query(
            SQL(
                """DELETE FROM netsuite_issue_record_rel WHERE record_id IN %s
                   AND issue_id <> ALL(%s) RETURNING issue_id""",
                tuple(records.ids),
                but.ids if but else [],
            )
        )
        if not rows:
            return
        issues = self.browse({issue_id for (issue_id,) in rows})
        issues.invalidate_recordset(["record_ids"])
        records.invalidate_recordset(["issue_ids"])
        issues._count_records()
        empty = issues.filtered(lambda issue: not issue.record_count and issue.state != "solved")
        empty._advance("solved", solved_at=fields.Datetime.now())

    @hook
    @api.model
    def _fixes(self):
        """Return {kind: its `Fix` objects}; the first that applies to an issue is offered.

        A kind that is not here, or none of whose fixes applies, offers the records that wait.
        """
        setup = [Fix(self.env._("Check the connection"), "_open_setup")]
        return {
            "customer": [Fix(self.env._("See the customer"), "_open_customer")],
            "currency": [
                Fix(
                    self.env._("See the exchange rates"),
                    "_open_currency",
                    lambda issue: issue.key.startswith("rate:"),
                ),
                Fix(self.env._("Activate the currency"), "_open_currency"),
            ],
            "period": [Fix(self.env._("See the lock dates"), "_open_lock_dates")],
            "sign_in": [Fix(self.env._("Check the sign-in"), "_open_setup")],
            "moved": [Fix(self.env._("Say which it is"), "_open_setup")],
            "permission": setup,
            "right": [Fix(self.env._("See what is missing"), "_open_fact")],
            "fact": [Fix(self.env._("Decide"), "_open_fact")],
            "network": setup,
            "column": [Fix(self.env._("See the intervals"), "_open_streams")],
        }

    def _fix(self, fixes):
        """Return what is offered for this issue, None when nothing is.

        :param fixes: what `_fixes` returned.
        """
        self.ensure_one()
        for fix in fixes.get(self.kind, ()):
            if fix.applies(self):
                return fix
        if self.record_count:
            return Fix(self.env._("See the records"), "action_open_records")
        return None

    def _key_parts(self):
        """Return the key's parts, as ``["account", "4711", "1"]``."""
        self.ensure_one()
        return self.key.split(":")

    def _key_number(self, position):
        """Return the part of the key at `position` as a number, 0 when it is none."""
        parts = self._key_parts()
        text = parts[position] if position < len(parts) else ""
        return int(text) if text.isdigit() else 0

    def _open_customer(self):
        record = self.env["netsuite.record"].search(
            [
                ("connection_id", "=", self.connection_id.id),
                ("record_type", "=", "customer"),
                ("internal_id", "=", self._key_number(1)),
            ],
            limit=1,
        )
        if not record:
            return self.action_open_records()
        return self._open_form("netsuite.record", record)

    def _open_currency(self):
        name = self._key_parts()[1]
        currency = (
            self.env["res.currency"]
            .with_context(active_test=False)
            .search([("name", "=", name)], limit=1)
        )
        if not currency:
            raise UserError(
                self.env._("Odoo does not know the currency %s. Create it under Currencies.", name)
            )
        return self._open_form("res.currency", currency)

    def _open_lock_dates(self):
        company = self.env["res.company"].browse(self._key_number(1)) or self.company_id
        view = self.env.ref("kolleno_netsuite.res_company_view_form_lock_dates")
        return {
            **self._open_dialog("res.company", company),
            "name": self.env._("Lock Dates of %s", company.name),
            "views": [(view.id, "form")],
        }

    def _open_fact(self):
        fact = self.env["netsuite.fact"].search(
            [
                ("connection_id", "=", self.connection_id.id),
                ("key", "=", self.key.partition(":")[2]),
            ],
            limit=1,
        )
        return self._open_dialog("netsuite.fact", fact)

    def _open_setup(self):
        return self.connection_id.action_open_setup()

    def _open_streams(self):
        return self.connection_id._open_list("kolleno_netsuite.netsuite_stream_action")

    def _open_form(self, model, record):
        return {
            "type": "ir.actions.act_window",
            "name": record.display_name or self.title,
            "res_model": model,
            "res_id": record.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    def _open_dialog(self, model, record):
        return {**self._open_form(model, record), "name": self.title, "target": "new"}
