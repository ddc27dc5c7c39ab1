from odoo import api, fields, models

from ..record.netsuite_issue import Fix

ACTIVITY = "kolleno_netsuite.mail_activity_data_writeback"


class NetsuiteIssue(models.Model):
    """One line for each kind of trouble with write-backs, and an activity for the responsible."""

    _name = "netsuite.issue"
    _inherit = ["netsuite.issue", "mail.activity.mixin"]

    kind = fields.Selection(
        selection_add=[("writeback", "Write-back")], ondelete={"writeback": "cascade"}
    )
    writeback_ids = fields.One2many("netsuite.writeback", "issue_id")

    # === COMPUTE METHODS === #

    def _compute_can_retry(self):
        super()._compute_can_retry()
        for issue in self.filtered(lambda issue: issue.kind == "writeback"):
            # Between two values a person decides; the same again would end the same.
            issue.can_retry = issue.can_retry and ":conflict:" not in issue.key

    # === ACTION METHODS === #

    def action_retry(self):
        """Send again what these problems stopped, and say that."""
        if set(self.mapped("kind")) == {"writeback"}:
            return self._stopped_writebacks().action_retry()
        return super().action_retry()

    def action_open_records(self):
        """Open the write-backs of a problem that stops write-backs."""
        if set(self.mapped("kind")) == {"writeback"}:
            return self.action_open_writebacks()
        return super().action_open_records()

    def action_open_writebacks(self):
        """Open the write-backs that this problem stops."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "kolleno_netsuite.netsuite_writeback_action"
        )
        return {**action, "domain": [("issue_id", "in", self.ids)], "context": {}}

    # === BUSINESS METHODS === #

    @api.model
    def _fixes(self):
        see = Fix(self.env._("See the write-backs"), "action_open_writebacks")
        return {**super()._fixes(), "writeback": [see]}

    @api.model
    def _retries(self):
        return {**super()._retries(), "writeback": "_retry_writebacks"}

    def _retry_writebacks(self):
        """Send again what these problems stopped; what needs a decision stays."""
        rows = self._stopped_writebacks()
        rows.action_retry()
        return len(rows)

    def _stopped_writebacks(self):
        return self.writeback_ids.filtered(lambda row: row.state in ("failed", "blocked"))

    def _count_writebacks(self):
        """Count what each problem stops."""
        for issue in self.filtered(lambda issue: issue.kind == "writeback"):
            if issue.record_count != len(issue.writeback_ids):
                issue.record_count = len(issue.writeback_ids)

    def _ask_responsible(self):
        """Ask those who look after the connection to look at this, once."""
        for issue in self:
            if issue.activity_search([ACTIVITY]):
                continue
            for user in issue.connection_id.sudo().responsible_ids or self.env.user:
                # sudo: netsuite.connection - whom it asks is a setting
                issue.activity_schedule(ACTIVITY, note=issue.title, user_id=user.id)

    def _close_when_empty(self):
        """Close the problems that stop no write-back any more."""
        self._count_writebacks()
        for issue in self.filtered(lambda issue: issue.kind == "writeback"):
            if issue.state != "solved" and not issue.writeback_ids:
                issue.activity_unlink([ACTIVITY])
                issue._solve()


class NetsuiteWriteback(models.Model):
    """Which problem stops a write-back."""

    _inherit = "netsuite.writeback"

    def _note_problem(self, code, title, said, advice=""):
        """List why these write-backs do not go on, one line for each kind of trouble.

        :param code: NetSuite's code, or a word of ours, that such troubles share.
        :param title: translated sentence.
        :param said: NetSuite's own words.
        """
        for row in self:
            # sudo: netsuite.issue - only the program lists troubles
            issue = (
                self.env["netsuite.issue"]
                .sudo()
                ._touch(
                    row.connection_id,
                    "writeback",
                    f"writeback:{row.operation}:{row.state}:{code}:{self._short(title)[:80]}",
                    row._problem_title(title),
                    advice or row._problem_advice(),
                    severity="1",
                    detail=said,
                    company=row.company_id,
                )
            )
            former, row.issue_id = row.issue_id, issue
            issue._count_writebacks()
            (former - issue)._close_when_empty()
            issue._ask_responsible()
            row._tell_source()

    def _problem_title(self, title):
        if self.state == "conflict":
            return self._short(title)
        return self.env._("Not written to NetSuite: %s", self._short(title))

    def _problem_advice(self):
        """Return what to do about a write-back for which nothing better is known."""
        if self.state == "conflict":
            return self.env._("Open the write-backs, and choose for each field whose value stays.")
        return self.env._("Open the write-backs, correct what is said there, and retry them.")

    def _let_issues_go(self):
        """Take these write-backs off their problems."""
        issues = self.issue_id.sudo()  # sudo: netsuite.issue - as in `_note_problem`
        self.write({"issue_id": False})
        issues.invalidate_recordset(["writeback_ids"])
        issues._close_when_empty()

    def _tell_source(self):
        """Leave a line on the Odoo record: what was not written, and why."""
        source = self._source()
        if source and hasattr(source, "_message_log"):
            body = self.env._(
                "Not written to NetSuite: %(what)s. %(why)s", what=self.summary, why=self.error
            )
            source.sudo()._message_log(body=body)  # sudo: mail.message - the program's own line
