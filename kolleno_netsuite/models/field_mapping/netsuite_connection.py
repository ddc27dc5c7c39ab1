from odoo import api, fields, models

from ...client.errors import ErrorKind, NetsuiteError
from ...client.metadata import read_fields
from ...const import STANDSTILL_CODES
from ..sync.netsuite_connection_driving import Work
from .field_target import TARGETS, mapped_types


class NetsuiteConnection(models.Model):
    """Finds out which fields the record types of an account have."""

    _inherit = "netsuite.connection"

    field_ids = fields.One2many("netsuite.field", "connection_id", string="Field Catalogue")
    field_mapping_ids = fields.One2many(
        "netsuite.field.mapping", "connection_id", string="Field Mappings"
    )
    field_count = fields.Integer(compute="_compute_field_count", string="Fields Known")
    types_to_discover = fields.Json(
        readonly=True, copy=False, help="Record types whose fields are still to be read."
    )
    discovery_note = fields.Text(
        string="Last Discovery", readonly=True, copy=False, help="Fields found by Discover Fields."
    )

    # === COMPUTE METHODS === #

    @api.depends("field_ids")
    def _compute_field_count(self):
        for connection in self:
            connection.field_count = len(connection.field_ids)

    # === ACTION METHODS === #

    def action_discover_fields(self):
        """Read the field catalogue of each record type in the background.

        NetSuite can take more than a minute for each.
        """
        self.ensure_one()
        self.check_access("write")
        self._check_connected()
        # sudo: netsuite.connection - the administrator starts it; the list of what to discover is
        # the sync's
        self.sudo().write(
            {
                "types_to_discover": mapped_types(),
                "discovery_note": self.env._("Reading the fields of NetSuite…"),
            }
        )
        self._trigger_cron("discover")
        return self._notification(
            self.env._(
                "The fields are being read; NetSuite can take a minute for each record type. "
                "The result is shown here and in the chatter."
            ),
            "info",
        )

    def action_open_fields(self):
        """Open the field catalogue of this connection."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "kolleno_netsuite.netsuite_field_action"
        )
        return {**action, "domain": [("connection_id", "=", self.id)]}

    def action_open_field_mappings(self):
        """Open the field mappings of this connection."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "kolleno_netsuite.netsuite_field_mapping_action"
        )
        return {
            **action,
            "domain": [("connection_id", "=", self.id)],
            "context": {"default_connection_id": self.id},
        }

    # === WORKS === #

    @api.model
    def _works(self):
        work = Work(self.env._("Discovering fields"))
        return {**super()._works(), "discover": work}

    def _taken_up(self):
        super()._taken_up()
        if self.types_to_discover:
            self._trigger_cron("discover")

    # === CRON METHODS === #

    @api.model
    def _cron_discover(self):
        """Read the field catalogues that someone asked for, one record type per commit."""
        self._drive_each("discover", lambda connection: connection._drive_discover())

    def _drive_discover(self):
        """Read the fields of the record types that are to be discovered, and say what came."""
        self.ensure_one()
        if not self.types_to_discover:
            return
        client, notes = self._client(), []
        for record_type in list(self.types_to_discover):
            if record_type not in (self.types_to_discover or ()):
                # Without a sign-in the others would be refused as well.
                break
            note, error = self._shielded(
                lambda record_type=record_type: self._commit_unit(
                    self._discover_fields, client, record_type, client=client
                ),
                lambda connection, error, record_type=record_type: connection._commit_unit(
                    connection._give_up_discovering, record_type
                ),
                part=True,
            )
            notes.append(note or self._problem_of_type(record_type, self._reason(error)))
            self._commit_unit(self._note_discovery, notes, processed=0)
            if self._is_interrupted("discover"):
                return
        self._commit_unit(lambda: self._message_log(body=self.discovery_note), processed=0)

    # === BUSINESS METHODS === #

    def _discover_fields(self, client, record_type):
        """Read the fields of one record type; never commits.

        :return: a sentence that says how many, or what NetSuite refused.
        """
        labels = self.env["netsuite.record"]._record_type_labels()
        left = self._types_left(record_type)
        try:
            found = read_fields(client.transport, TARGETS[record_type].rest_name)
        except NetsuiteError as error:
            # Without a sign-in, or once paused, the others would be refused as well.
            stops = error.kind is ErrorKind.AUTH or error.code in STANDSTILL_CODES
            self.types_to_discover = [] if stops else left
            return self._problem_of_type(record_type, " ".join(self._error_sentences(error)))
        self.types_to_discover = left
        count = self.env["netsuite.field"]._store(self, record_type, found)
        self._link_typed_mappings(record_type)
        return self.env._("%(type)s: %(count)s fields", type=labels[record_type], count=count)

    def _types_left(self, record_type):
        """Return the record types that are to be discovered besides this one."""
        return [each for each in self.types_to_discover or [] if each != record_type]

    def _give_up_discovering(self, record_type):
        """Go on with the next record type: this one met an error that nobody foresaw."""
        self.types_to_discover = self._types_left(record_type)

    def _problem_of_type(self, record_type, problem):
        """Return a sentence that says what keeps the fields of a record type from being read."""
        labels = self.env["netsuite.record"]._record_type_labels()
        return self.env._("%(type)s: %(problem)s", type=labels[record_type], problem=problem)

    def _link_typed_mappings(self, record_type):
        """Give mappings whose field was typed before the label that is known now."""
        self.field_mapping_ids.filtered(
            lambda mapping: mapping.record_type == record_type and not mapping.field_id
        )._adopt_field()

    def _note_discovery(self, notes):
        self.discovery_note = "\n".join(notes)
