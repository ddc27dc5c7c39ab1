from odoo import api, fields, models
from odoo.exceptions import UserError


class NetsuiteIssue(models.Model):
    """What a person can do about an issue."""

    _inherit = "netsuite.issue"

    fix_label = fields.Char(compute="_compute_fix_label", help="What the button does.")

    # === COMPUTE METHODS === #

    @api.depends("kind", "state", "record_count")
    def _compute_fix_label(self):
        labels = {
            "mapping": self.env._("Map it"),
            "subsidiary": self.env._("Choose a company"),
            "customer": self.env._("See the customer"),
            "currency": self.env._("Activate the currency"),
            "period": self.env._("See the lock dates"),
            "sign_in": self.env._("Check the sign-in"),
            "permission": self.env._("Check the connection"),
            "network": self.env._("Check the connection"),
            "column": self.env._("See the intervals"),
            "removal": self.env._("Take them out of the books"),
        }
        for issue in self:
            label = labels.get(issue.kind)
            if not label and issue.record_count:
                label = self.env._("See the records")
            issue.fix_label = label if issue.state != "solved" else False

    # === ACTION METHODS === #

    def action_fix(self):
        """Open the one place where this trouble ends."""
        self.ensure_one()
        openers = {
            "mapping": self._open_mapping,
            "subsidiary": self._open_subsidiary,
            "customer": self._open_customer,
            "currency": self._open_currency,
            "period": self._open_lock_dates,
            "sign_in": self.connection_id.action_open_setup,
            "permission": self.connection_id.action_open_setup,
            "network": self.connection_id.action_open_setup,
            "column": self._open_streams,
            "removal": self._fix_removal,
        }
        return openers.get(self.kind, self.action_open_records)()

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

    def _key_parts(self):
        """Return the key's parts, as ``["account", "4711", "1"]``."""
        self.ensure_one()
        return self.key.split(":")

    def _key_number(self, position):
        """Return the part of the key at `position` as a number, 0 when it is none."""
        parts = self._key_parts()
        text = parts[position] if position < len(parts) else ""
        return int(text) if text.isdigit() else 0

    def _open_mapping(self):
        mapping = self.env["netsuite.mapping"]._of_key(self.connection_id, self.key)
        # The dialog starts from the best guess, which is not used before somebody accepts it.
        mapping.filtered(lambda row: row.how == "none")._suggest()
        return self._open_dialog("netsuite.mapping", mapping)

    def _open_subsidiary(self):
        subsidiary = self.env["netsuite.subsidiary"].search(
            [
                ("connection_id", "=", self.connection_id.id),
                ("internal_id", "=", self._key_number(1)),
            ],
            limit=1,
        )
        if not subsidiary:
            return self.connection_id.action_open_subsidiaries()
        return self._open_dialog("netsuite.subsidiary", subsidiary)

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
