from collections.abc import Callable
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError

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
    """What a person can do about an issue."""

    _inherit = "netsuite.issue"

    fix_label = fields.Char(compute="_compute_fix_label", help="What the button does.")

    # === COMPUTE METHODS === #

    @api.depends("kind", "key", "state", "record_count")
    def _compute_fix_label(self):
        fixes = self._fixes()
        for issue in self:
            fix = issue.state != "solved" and issue._fix(fixes)
            issue.fix_label = fix.label if fix else False

    # === ACTION METHODS === #

    def action_fix(self):
        """Open the one place where this trouble ends."""
        self.ensure_one()
        fix = self._fix(self._fixes())
        return getattr(self, fix.method)() if fix else self.action_open_records()

    def action_retry(self):
        """Book again what these issues stop."""
        # `_retry` writes in SQL, which asks for no right.
        self.check_access("write")
        released = self._retry()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._(
                    "%s records are booked again; what still stops them stays listed.", released
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_set_aside(self):
        """Leave these issues out of the open ones; their records keep waiting."""
        self.filtered(lambda issue: issue.state == "open")._advance("ignored")

    def action_reopen(self):
        """List these issues as open again."""
        self.filtered(lambda issue: issue.state == "ignored")._advance("open")

    def action_open_records(self):
        """Open the records that these issues stop."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "kolleno_netsuite.netsuite_record_action"
        )
        if len(self) == 1:
            action["name"] = self.title
        return {**action, "domain": [("issue_ids", "in", self.ids)], "context": {}}

    # === BUSINESS METHODS === #

    @hook
    @api.model
    def _fixes(self):
        """Return {kind: its `Fix` objects}; the first that applies to an issue is offered.

        A kind that is not here, or none of whose fixes applies, offers the records that wait.
        """
        setup = [Fix(self.env._("Check the connection"), "_open_setup")]
        return {
            "customer": [Fix(self.env._("See the customer"), "_open_customer")],
            "currency": [Fix(self.env._("Activate the currency"), "_open_currency")],
            "period": [Fix(self.env._("See the lock dates"), "_open_lock_dates")],
            "sign_in": [Fix(self.env._("Check the sign-in"), "_open_setup")],
            "permission": setup,
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

    def _open_setup(self):
        return self.connection_id.action_open_setup()

    def _open_streams(self):
        return self.connection_id._open_list("kolleno_netsuite.netsuite_stream_action", {})

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
