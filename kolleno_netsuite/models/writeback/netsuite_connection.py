from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ...client.suiteql import field_id_fault
from ...const import UPDATE_LIMIT, UPDATED_TYPES
from ...mappers.bodies.field_update import PROTECTED_FIELDS, is_computed, is_protected
from ..sync.netsuite_connection_driving import Work
from .netsuite_writeback import ENDED, PROBLEMS, UNSETTLED

# {operation: the setting that says how it is pushed}.
MODES = {"field_update": "field_update_mode"}


class NetsuiteConnection(models.Model):
    """Whether, and how, anything is written to this account."""

    _inherit = "netsuite.connection"

    write_active = fields.Boolean(
        string="Write to NetSuite",
        copy=False,
        tracking=True,
        help="If this is off, nothing is written to NetSuite: what is meant to be written waits "
        "in Write-backs. Reading goes on.",
    )
    field_update_mode = fields.Selection(
        "_selection_write_mode",
        string="Field Updates",
        required=True,
        default="review",
        tracking=True,
        help="How changed fields of customers, invoices, credit memos and payments reach NetSuite. "
        "Changing this does not touch write-backs that were made before.",
    )
    field_update_user_id = fields.Many2one(
        "res.users",
        string="Switched On By",
        readonly=True,
        copy=False,
        help="Stands as the one who pushed what is pushed automatically.",
    )
    two_persons = fields.Boolean(
        string="Another Person Pushes",
        help="If this is on, nobody pushes a write-back that came from their own change.",
    )
    update_limit = fields.Integer(
        string="Records per Run",
        default=UPDATE_LIMIT,
        help="An action Update NetSuite Record refuses more records than this at once.",
    )
    protected_fields = fields.Text(
        default="\n".join(PROTECTED_FIELDS),
        help="NetSuite fields that are never written, one field ID a line, because the ledger "
        "rests on them. What NetSuite computes, and lines, cannot be written in any case.",
    )
    writeback_ids = fields.One2many("netsuite.writeback", "connection_id")
    writeback_count = fields.Integer(compute="_compute_writebacks", string="To Review")
    writeback_problem_count = fields.Integer(compute="_compute_writebacks", string="Problems")
    writeback_waiting_count = fields.Integer(compute="_compute_writebacks", string="Under Way")

    _update_limit_range = models.Constraint(
        "CHECK (update_limit BETWEEN 1 AND 100000)",
        "Between 1 and 100,000 records can be updated in one run.",
    )

    @api.model
    def _selection_write_mode(self):
        return [
            ("off", self.env._("Off")),
            ("review", self.env._("After review")),
            ("automatic", self.env._("Automatically")),
        ]

    # === COMPUTE METHODS === #

    @api.depends("writeback_ids.state")
    def _compute_writebacks(self):
        counts = self.env["netsuite.writeback"]._read_group(
            [
                ("connection_id", "in", self.ids),
                ("state", "not in", ENDED),
            ],
            ["connection_id", "state"],
            ["__count"],
        )
        found = {}
        for connection, state, count in counts:
            kind = "draft" if state == "draft" else "problem" if state in PROBLEMS else "waiting"
            found[connection, kind] = found.get((connection, kind), 0) + count
        for connection in self:
            connection.writeback_count = found.get((connection, "draft"), 0)
            connection.writeback_problem_count = found.get((connection, "problem"), 0)
            connection.writeback_waiting_count = found.get((connection, "waiting"), 0)

    # === CONSTRAINT METHODS === #

    @api.constrains("protected_fields")
    def _check_protected_fields(self):
        for connection in self:
            for name in connection._protected():
                if field_id_fault(name):
                    raise ValidationError(connection._field_id_sentence(name))

    # === CRUD METHODS === #

    def _created(self, vals):
        super()._created(vals)
        if self.field_update_mode == "automatic":
            self.sudo().field_update_user_id = self.env.user  # sudo: as in `_settings_changed`

    def _settings_changed(self, before):
        super()._settings_changed(before)
        if "field_update_mode" in before:
            automatic = self.field_update_mode == "automatic"
            # sudo: netsuite.connection - who switched it on is no setting
            self.sudo().field_update_user_id = self.env.user if automatic else False
        if self.write_active and {"write_active", "field_update_mode"} & set(before):
            self._trigger_cron("write")

    def _forget_sign_in(self, reason):
        super()._forget_sign_in(reason)
        # sudo: netsuite.connection - as where the sign-in is removed
        self.sudo().write_active = False

    # === ACTION METHODS === #

    def action_open_writebacks(self):
        """Open the write-backs of this connection that are not done."""
        return self._open_list(
            "kolleno_netsuite.netsuite_writeback_action", {"search_default_open": 1}
        )

    def action_open_writebacks_to_review(self):
        """Open the write-backs that wait for review."""
        return self._open_list(
            "kolleno_netsuite.netsuite_writeback_action", {"search_default_to_review": 1}
        )

    def action_open_writeback_problems(self):
        """Open the write-backs that a person has to look at."""
        return self._open_list(
            "kolleno_netsuite.netsuite_writeback_action", {"search_default_problems": 1}
        )

    def action_push_all(self):
        """Push every write-back of this connection that waits for review."""
        return self._drafts().action_push()

    def _drafts(self):
        self.ensure_one()
        return self.env["netsuite.writeback"].search(
            [("connection_id", "=", self.id), ("state", "=", "draft")]
        )

    # === BUSINESS METHODS === #

    def _write_mode(self, operation):
        """Return how a write-back that is made now is pushed: ``review`` or ``automatic``."""
        self.ensure_one()
        # sudo: netsuite.connection - settings; who may change the record may have it written
        return "automatic" if self.sudo()[MODES[operation]] == "automatic" else "review"

    def _pushing_user(self, operation):
        """Return who switched on that `operation` is pushed automatically."""
        self.ensure_one()
        return self.sudo()[MODES[operation].replace("_mode", "_user_id")]  # sudo: as above

    def _protected(self):
        """Return the names of the fields that are not written, as the administrator listed them."""
        return [name.strip() for name in (self.protected_fields or "").split() if name.strip()]

    def _unwritable_sentence(self, field_id, record_type):
        """Return why a field is not written to NetSuite, or None where it may be.

        :param field_id: NetSuite's ID of the field, as the REST record service spells it.
        :param record_type: REST name in lower case.
        """
        self.ensure_one()
        if is_computed(field_id):
            return self.env._("NetSuite fills %s itself; it can only be read.", field_id)
        if is_protected(field_id, self.sudo()._protected()):  # sudo: as in `_write_mode`
            return self.env._(
                "%s is protected: the ledger rests on it. An administrator can take it off the "
                "list of protected fields of the connection.",
                field_id,
            )
        if record_type not in UPDATED_TYPES:
            return self.env._(
                "Only fields of customers, invoices, credit memos and payments can be written to "
                "NetSuite."
            )
        # sudo: netsuite.field - whether a field may be written is no secret
        known = self.env["netsuite.field"].sudo()._find(self, record_type, field_id)
        if known.is_readonly:
            return self.env._("NetSuite fills %s itself; it can only be read.", known.display_name)
        return None

    # === WORKS === #

    @api.model
    def _works(self):
        return {
            **super()._works(),
            "write": Work(self.env._("Writing to NetSuite"), "write_active"),
        }

    def _taken_up(self):
        super()._taken_up()
        self._trigger_cron("write")

    # === WHAT IS HELD === #

    def _hold_sentence(self, operation):
        """Return why write-backs of this connection wait, or None while they are sent.

        :param operation: of ``netsuite.writeback``; all of them together when empty.
        """
        self.ensure_one()
        connection = self.sudo()  # sudo: netsuite.connection - why it waits is no secret
        if not connection.active:
            return self.env._("%s is archived.", self.name)
        if not connection.write_active:
            return self.env._("Writing to NetSuite is switched off for %s.", self.name)
        if operation and connection[MODES[operation]] == "off":
            return self.env._("Field updates are switched off for %s.", self.name)
        if connection.state != "connected":
            return connection.state_reason or self.env._("%s is not connected.", self.name)
        if connection._is_moved():
            return self.env._("This database may be a copy: nothing is sent to NetSuite.")
        setback = (connection.setbacks or {}).get("write")
        if setback and fields.Datetime.to_datetime(setback["until"]) > fields.Datetime.now():
            return self.env._(
                "NetSuite isn't responding. Next try at %s",
                self._moment(fields.Datetime.to_datetime(setback["until"]), fields.Datetime.now()),
            )
        return None

    def _due_domain(self):
        """Return which write-backs of this connection may be sent as far as they are concerned."""
        operations = [name for name, mode in MODES.items() if self[mode] != "off"]
        return Domain(
            [
                ("connection_id", "=", self.id),
                ("state", "=", "queued"),
                ("operation", "in", operations),
                ("record_id.left_out", "!=", "excluded"),
            ]
        ) & ~Domain("next_try", ">", fields.Datetime.now())

    def _due_writebacks(self, limit):
        """Return the write-backs to send next, oldest first: the head of each record's queue."""
        self.ensure_one()
        Writeback = self.env["netsuite.writeback"]
        Writeback.flush_model()
        due = Writeback._search(self._due_domain(), order="id")
        # What comes first of the same record is settled before: no domain compares two rows.
        rows = self.env.execute_query(
            SQL(
                """SELECT w.id FROM netsuite_writeback w WHERE w.id IN %(due)s AND NOT EXISTS (
                       SELECT 1 FROM netsuite_writeback e WHERE e.connection_id = w.connection_id
                           AND e.record_type = w.record_type
                           AND e.netsuite_internal_id = w.netsuite_internal_id AND e.id < w.id
                           AND NOT EXISTS (SELECT 1 FROM netsuite_writeback_value v
                                           WHERE v.writeback_id = e.id AND v.problem IS NOT NULL)
                           AND e.state IN %(unsettled)s)
                   ORDER BY w.id LIMIT %(limit)s""",
                due=due.subselect(),
                unsettled=UNSETTLED,
                limit=limit,
            )
        )
        return Writeback.browse(row_id for (row_id,) in rows)
