import json

from markupsafe import Markup
from odoo import api, fields, models
from odoo.tools import SQL, format_datetime
from odoo.tools.translate import LazyTranslate

from ...client.ui_links import ui_url
from ...const import JOURNAL_TYPE, RECORD_TYPES
from ...mappers.overwrite import overwritten
from ..connection.hook import hook

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
    """One NetSuite object: inbox, audit trail and link to Odoo in one row.

    `payload` keeps NetSuite's own strings: ``{"row": {column: text}, "lines": [...],
    "links": [...], "addresses": [...], "subsidiaries": [...]}`` (only the parts that the
    record type has). Nothing in it is converted before it is booked; accountants read it as a
    table.
    """

    _name = "netsuite.record"
    _description = "NetSuite Record"
    _inherit = "netsuite.state.machine"
    _order = "connection_id, record_type, internal_id"
    _rec_name = "name"

    connection_id = fields.Many2one(
        "netsuite.connection", required=True, index=True, ondelete="cascade"
    )
    record_type = fields.Selection("_selection_record_type", required=True)
    internal_id = fields.Integer(required=True, help="NetSuite's internal ID.", aggregator=None)
    name = fields.Char(help="NetSuite's document number or name.")
    external_id = fields.Char()
    payload = fields.Json(groups="kolleno_netsuite.group_netsuite_accountant")
    payload_hash = fields.Char()
    last_modified = fields.Datetime(help="Last change in NetSuite.")
    state = fields.Selection(
        [
            ("pending", "To book"),
            ("booked", "In sync"),
            ("blocked", "Waiting"),
            ("failed", "Failed"),
            ("ignored", "Skipped"),
            ("removed", "Deleted or merged in NetSuite"),
        ],
        transitions={
            "pending": {"pending", "booked", "blocked", "failed", "ignored", "removed"},
            "booked": {"pending", "booked", "blocked", "failed", "ignored", "removed"},
            "blocked": {"pending", "booked", "blocked", "failed", "ignored", "removed"},
            "failed": {"pending", "booked", "blocked", "failed", "ignored", "removed"},
            # What is left out may be in the books still, and refuse to leave them.
            "ignored": {"pending", "blocked", "failed", "ignored", "removed"},
            "removed": {"pending"},
        },
        required=True,
        default="pending",
    )
    priority = fields.Integer(default=1, help="0 is booked first: open items.", aggregator=None)
    customer_internal_id = fields.Integer(aggregator=None)
    subsidiary_internal_id = fields.Integer(aggregator=None)
    left_out = fields.Selection(
        [
            ("excluded", "Exclusion list"),
            ("inactive", "Inactive customer"),
            ("lead", "Lead or prospect"),
            ("primary", "Other primary subsidiary"),
            ("subsidiary", "Subsidiary not mapped"),
        ],
        help="Why this customer, or the customer of this record, is not synced.",
    )
    attempts = fields.Integer(aggregator=None)
    next_try = fields.Datetime()
    message = fields.Char(help="Why the record waits, failed or was skipped.")
    issue_ids = fields.Many2many(
        "netsuite.issue", "netsuite_issue_record_rel", "record_id", "issue_id"
    )
    res_model = fields.Char(string="Odoo Model")
    res_id = fields.Many2oneReference(string="Odoo Record", model_field="res_model")
    company_id = fields.Many2one("res.company", index=True)
    landed_at = fields.Datetime()
    unproved = fields.Boolean(
        string="Not Yet Checked",
        readonly=True,
        help="It changed the books, or is about to, and its customers' balances have not been "
        "compared with NetSuite since.",
    )
    booked_at = fields.Datetime()
    links_due = fields.Boolean(
        help="What this document is applied to, or is applied to it, may be older than the start "
        "of the history and has to be looked for."
    )
    booked_hash = fields.Char(
        help="What was booked, in two words: what it does to the books, and what it shows besides."
    )
    line_customers = fields.Json(
        help="Customers on the lines of a journal, or of a payment that is also for others, "
        "including those of the previous booking: each of them has to be compared again.",
    )
    booked_values = fields.Json(
        groups="kolleno_netsuite.group_netsuite_accountant",
        help="Values of a customer when it was last booked: only what NetSuite changed since is "
        "written again.",
    )
    removal_kind = fields.Selection(
        [
            ("deleted", "Deleted in NetSuite"),
            ("voided", "Voided in NetSuite"),
            ("merged", "Merged in NetSuite"),
        ],
        string="Gone",
        readonly=True,
        help="Why it no longer has open items in NetSuite.",
    )
    deleted_at = fields.Datetime(string="Deleted On", readonly=True)
    deleted_by = fields.Char(readonly=True, help="Who deleted it in NetSuite, where it tells.")
    merged_into_id = fields.Many2one("netsuite.record", readonly=True, ondelete="set null")

    _internal_id_unique = models.UniqueIndex(
        "(connection_id, record_type, internal_id)", "This NetSuite record is stored already."
    )
    _work_index = models.Index(
        "(connection_id, record_type, priority, internal_id) WHERE state = 'pending'"
    )
    _state_index = models.Index("(connection_id, record_type, state)")
    _target_index = models.Index("(res_model, res_id)")
    _links_due_index = models.Index("(connection_id) WHERE links_due")
    _unproved_index = models.Index("(connection_id) WHERE unproved")
    _customer_index = models.Index("(connection_id, customer_internal_id)")

    payload_table = fields.Html(
        compute="_compute_payload_display", string="As Sent", groups=ACCOUNTANT_GROUP
    )
    payload_json = fields.Text(
        compute="_compute_payload_display", string="JSON", groups=ACCOUNTANT_GROUP
    )
    netsuite_url = fields.Char(compute="_compute_netsuite_url")

    @api.model
    def _selection_record_type(self):
        labels = self._record_type_labels()
        return [(record_type, labels[record_type]) for record_type in RECORD_TYPES]

    @api.model
    def _record_type_labels(self):
        """Return {record type: what accountants call several of it}."""
        return {
            "subsidiary": self.env._("Subsidiaries"),
            "currency": self.env._("Currencies"),
            "account": self.env._("Accounts"),
            "term": self.env._("Terms"),
            "paymentmethod": self.env._("Payment methods"),
            "salestaxitem": self.env._("Tax codes"),
            "accountingperiod": self.env._("Accounting periods"),
            "customer": self.env._("Customers"),
            "contact": self.env._("Contacts"),
            "invoice": self.env._("Invoices"),
            "customercharge": self.env._("Statement charges"),
            "customtransaction": self.env._("Custom transactions"),
            "journalentry": self.env._("Journal entries"),
            "creditmemo": self.env._("Credit memos"),
            "customerpayment": self.env._("Customer payments"),
            "customerdeposit": self.env._("Customer deposits"),
            "depositapplication": self.env._("Deposit applications"),
            "customerrefund": self.env._("Customer refunds"),
            "deposit": self.env._("Bank deposits"),
        }

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

    # === BUSINESS METHODS === #

    def _ui_url(self):
        """Return the address of this record in NetSuite's own pages, or False."""
        if not self:
            return False
        self.ensure_one()
        # sudo: netsuite.connection - only the link is read; users who see the record may follow it
        connection = self.connection_id.sudo()
        return ui_url(connection._service_urls(), self.record_type, self.internal_id) or False

    def _requeue(self, **values):
        """Let these records be booked again, as if they had never been tried.

        :param values: written with it.
        :return: the records.
        """
        requeued = self._advance("pending", attempts=0, next_try=False, **values)
        for connection in requeued.connection_id:
            connection._trigger_cron("book")
        return requeued

    @api.model
    def _count_where(self, connection, states, condition):
        """Return how many records `_requeue_where` would take; parameters as there."""
        self.env.flush_all()
        # As it counts by the same condition, which no domain can say.
        ((count,),) = self.env.execute_query(
            SQL(
                "SELECT COUNT(*) FROM netsuite_record"
                " WHERE connection_id = %s AND state IN %s AND (%s)",
                connection.id,
                states,
                condition,
            )
        )
        return count

    @api.model
    def _requeue_where(self, connection, states, condition):
        """Let records be booked again in one statement: maybe more than fit into memory.

        :param states: only records in these.
        :param condition: `SQL` on columns of ``netsuite_record``.
        :return: how many they are.
        """
        count = self._advance_where(
            SQL("connection_id = %s AND state IN %s AND (%s)", connection.id, states, condition),
            state="pending",
            attempts=0,
            next_try=False,
        )
        if count:
            connection._trigger_cron("book")
        return count

    @api.model
    def _of_customers(self, connection, customers, record_type):
        """Return the documents of a type that belong to customers and NetSuite still has.

        A journal belongs to the customers of its lines.

        :param customers: NetSuite internal ids.
        """
        domain = [
            ("connection_id", "=", connection.id),
            ("record_type", "=", record_type),
            ("state", "!=", "removed"),
        ]
        if record_type != JOURNAL_TYPE:
            return self.search([*domain, ("customer_internal_id", "in", list(customers))])
        # No domain looks into a JSON list.
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT r.id FROM netsuite_record r
                   CROSS JOIN jsonb_array_elements_text(COALESCE(r.line_customers, '[]')) customer
                   WHERE r.connection_id = %s AND r.record_type = %s
                       AND customer::int = ANY(%s)""",
                connection.id,
                record_type,
                list(customers),
            )
        )
        return self.search([*domain, ("id", "in", [row_id for (row_id,) in rows])])

    def _customers(self):
        """Return the internal IDs of the customers that these records belong to."""
        customers = set(self.mapped("customer_internal_id"))
        for journal in self.filtered("line_customers"):
            customers.update(journal.line_customers)
        customers |= {r.internal_id for r in self if r.record_type == "customer"}
        return sorted(customers - {0})

    @hook
    def _overwrite(self):
        """Let the next booking overwrite what users changed in Odoo on what mirrors these records.

        What NetSuite has no value for, and had none when it was last read, stays as it is in Odoo.
        """
        fields_of_partner = self.env["res.partner"]._fields.values()
        flags = {field.name for field in fields_of_partner if field.type == "boolean"}
        # sudo: netsuite.record - only the sync keeps what was booked
        for record in self.sudo():
            ledger, _sep, _header = (record.booked_hash or "").partition(":")
            record.write(
                {
                    "booked_values": overwritten(record.booked_values, flags),
                    "booked_hash": f"{ledger}:" if ledger else False,
                }
            )

    def _note_unproved(self):
        """Note that the balances of the customers of these documents have to be compared anew."""
        self.filtered(lambda record: not record.unproved).unproved = True

    @hook
    def _mirror_states(self):
        """Return {record: why what mirrors it is not in sync}, of those that are booked.

        :return: values of ``netsuite.mixin.netsuite_state``; records in sync are left out.
        """
        return {}

    def _mirror_deleted(self, parts):
        """Book records again whose mirror someone deleted in Odoo: NetSuite still has them.

        :param parts: records that lost one of several mirrors.
        """
        deleted = self.exists().filtered(lambda r: r.state == "booked" and not r._target())
        deleted |= parts.exists().filtered(lambda r: r.state == "booked")
        deleted._requeue()

    def _is_mirrored(self):
        """Tell whether only NetSuite may change what mirrors this record."""
        return bool(self.connection_id.active)

    def _target(self):
        """Return the Odoo record that this row is linked to, empty when there is none."""
        self.ensure_one()
        if not self.res_model or self.res_model not in self.env or not self.res_id:
            return None
        return self.env[self.res_model].browse(self.res_id).exists()

    def _link_to(self, target):
        """Note what this record became in Odoo."""
        self.ensure_one()
        if (self.res_model, self.res_id) != (target._name, target.id):
            self.write({"res_model": target._name, "res_id": target.id})

    def _targets(self, model):
        """Return {record: what it became}, for those that became one of `model`; read together.

        What was deleted in Odoo is left out.
        """
        linked = self.filtered(lambda record: record.res_model == model and record.res_id)
        present = self.env[model].browse(linked.mapped("res_id")).exists()
        ids = set(present.ids)
        return {
            record: present.browse(record.res_id).with_prefetch(present.ids)
            for record in linked
            if record.res_id in ids
        }

    def _removal_sentence(self):
        """Return in words what happened to this record in NetSuite, empty when nothing did."""
        self.ensure_one()
        if self.removal_kind == "voided":
            return self.env._("Voided in NetSuite.")
        if self.removal_kind == "merged":
            return self.env._(
                "Merged into %s in NetSuite.",
                self.merged_into_id.name or self.env._("another customer"),
            )
        if self.removal_kind != "deleted":
            return ""
        if not self.deleted_at:
            return self.env._("Deleted in NetSuite.")
        when = format_datetime(self.env, self.deleted_at, dt_format="short")
        if not self.deleted_by:
            return self.env._("Deleted in NetSuite on %s.", when)
        return self.env._(
            "Deleted in NetSuite on %(when)s by %(who)s.", when=when, who=self.deleted_by
        )

    def _status_name(self):
        """Return NetSuite's status of a transaction in words, or False when it has none."""
        status = (self.payload or {}).get("row", {}).get("status")
        return str(STATUS_NAMES.get(self.record_type, {}).get(status, status or "")) or False


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
