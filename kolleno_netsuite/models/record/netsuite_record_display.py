import json

from markupsafe import Markup
from odoo import api, fields, models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

ACCOUNTANT_GROUP = "kolleno_netsuite.group_netsuite_accountant"
# SuiteQL answers a status by its letter alone; the words are those of NetSuite's own pages
# (docs/NETSUITE.md 4.4). A letter that is not here is shown as it came.
_OPEN, _VOIDED = _lt("Open"), _lt("Voided")
_APPLIED, _PENDING = _lt("Fully Applied"), _lt("Pending Approval")
STATUS_NAMES = {
    "invoice": {
        "A": _OPEN,
        "B": _lt("Paid In Full"),
        "D": _PENDING,
        "E": _lt("Rejected"),
        "V": _VOIDED,
    },
    "creditmemo": {"A": _OPEN, "B": _APPLIED, "V": _VOIDED},
    "customerpayment": {
        "A": _lt("Unapproved Payment"),
        "B": _lt("Not Deposited"),
        "C": _lt("Deposited"),
        "V": _VOIDED,
    },
    "customerdeposit": {
        "A": _lt("Not Deposited"),
        "B": _lt("Deposited"),
        "C": _APPLIED,
        "V": _VOIDED,
    },
    "customerrefund": {"V": _VOIDED},
    "depositapplication": {"V": _VOIDED},
    "journalentry": {"A": _PENDING, "B": _lt("Approved for Posting"), "V": _VOIDED},
}


class NetsuiteRecord(models.Model):
    """What NetSuite sent, so that an accountant can read it."""

    _inherit = "netsuite.record"

    payload_table = fields.Html(
        compute="_compute_payload_display", string="As Sent", groups=ACCOUNTANT_GROUP
    )
    payload_json = fields.Text(
        compute="_compute_payload_display", string="JSON", groups=ACCOUNTANT_GROUP
    )
    netsuite_url = fields.Char(compute="_compute_netsuite_url")

    # === COMPUTE METHODS === #

    @api.depends("payload")
    def _compute_payload_display(self):
        titles = {
            "lines": self.env._("Lines"),
            "links": self.env._("Applied to"),
            "addresses": self.env._("Addresses"),
            "subsidiaries": self.env._("Subsidiaries"),
            "companies": self.env._("Customers of the contact"),
        }
        for record in self:
            payload = record.payload or {}
            record.payload_json = json.dumps(payload, indent=2, ensure_ascii=False)
            parts = [_columns_table(payload.get("row", {}))]
            parts += [
                Markup("<h3>%s</h3>%s") % (title, _rows_table(payload[part]))
                for part, title in titles.items()
                if payload.get(part)
            ]
            record.payload_table = Markup("").join(parts)

    @api.depends("connection_id.account_id", "record_type", "internal_id")
    def _compute_netsuite_url(self):
        for record in self:
            record.netsuite_url = record._ui_url()

    # === BUSINESS METHODS === #

    def _status_name(self):
        """Return NetSuite's status of a transaction in words, or False when it has none."""
        status = (self.payload or {}).get("row", {}).get("status")
        return str(STATUS_NAMES.get(self.record_type, {}).get(status, status or "")) or False

    # === ACTION METHODS === #

    def action_open_in_netsuite(self):
        """Open this record in NetSuite's own pages."""
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": self.netsuite_url, "target": "new"}

    def action_open_target(self):
        """Open the Odoo record that mirrors this one."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "view_mode": "form",
        }


def _columns_table(row):
    """Return one NetSuite row as a table of column and value."""
    cells = Markup("").join(
        Markup("<tr><th class='w-25 fw-normal text-muted'>%s</th><td>%s</td></tr>")
        % (column, value)
        for column, value in row.items()
    )
    return Markup("<table class='table table-sm'><tbody>%s</tbody></table>") % cells


def _rows_table(rows):
    """Return several NetSuite rows as one table, with the columns that any of them has."""
    columns = list(dict.fromkeys(column for row in rows for column in row))
    head = Markup("").join(Markup("<th>%s</th>") % column for column in columns)
    body = Markup("").join(
        Markup("<tr>%s</tr>")
        % Markup("").join(Markup("<td>%s</td>") % row.get(column, "") for column in columns)
        for row in rows
    )
    return Markup(
        "<div class='table-responsive'><table class='table table-sm'>"
        "<thead><tr>%s</tr></thead><tbody>%s</tbody></table></div>"
    ) % (head, body)
