from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError
from odoo.tools import html2plaintext

from ...client.metadata import BOOLEAN, DATE, DATETIME, LIST, MULTI, NUMBER, TEXT
from ...mappers.bodies.values import value_of
from ...mappers.fields import ConversionError
from .netsuite_writeback import ENDED
from .netsuite_writeback_value import POLICIES, WritebackChange
from .odoo_value import plain_value

# What a field is that the catalogue does not have, by how it is read.
KIND_OF_CONVERSION = {
    "text": TEXT,
    "number": NUMBER,
    "date": DATE,
    "datetime": DATETIME,
    "boolean": BOOLEAN,
    "list_id": LIST,
}


# What decides which fields of Odoo's are written.
OUTGOING_FIELDS = {"direction", "state", "active", "odoo_field_id", "record_type", "connection_id"}


class NetsuiteFieldMapping(models.Model):
    """The way out: what changes in Odoo is meant for NetSuite, and never comes back as a change."""

    _inherit = "netsuite.field.mapping"

    conflict_policy = fields.Selection(
        POLICIES,
        string="If Both Changed",
        required=True,
        default="ask",
        help="What happens when the field was changed in NetSuite after Odoo read it last, and in "
        "Odoo as well.",
    )

    write_active = fields.Boolean(related="connection_id.write_active")

    # === CONSTRAINT METHODS === #

    @api.constrains(
        "direction", "destination", "record_type", "field_name", "field_id", "conversion", "active"
    )
    def _check_outgoing(self):
        for mapping in self.filtered(lambda mapping: mapping.direction != "in" and mapping.active):
            sentence = mapping.connection_id._unwritable_sentence(
                mapping.field_name, mapping.record_type
            )
            sentence = sentence or mapping._unsendable_sentence()
            if sentence:
                raise ValidationError(sentence)

    def _unsendable_sentence(self):
        """Return why no value of the Odoo field can be sent, or None."""
        if self.destination == "attributes":
            return self.env._(
                "Attributes are only read. Choose a field in Odoo that %s is written from.",
                self.display_name,
            )
        kind = self.field_id.kind
        if kind == MULTI or self.conversion == "multi_select":
            return self.env._(
                "%s takes several list values, which are read as texts: it can only be read.",
                self.display_name,
            )
        if kind == LIST and self.conversion != "list_id":
            return self.env._(
                "%s is a list, and NetSuite takes the internal ID of a list value. Read it as "
                "List: internal ID to write it as well.",
                self.display_name,
            )
        if self.conversion == "list_text":
            return self.env._(
                "A text of a list cannot be written. Read %s as List: internal ID to write it.",
                self.display_name,
            )
        return None

    # === CRUD METHODS === #

    def _changed(self, names):
        super()._changed(names)
        if names & OUTGOING_FIELDS:
            self.env.registry.clear_cache()

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    # === BUSINESS METHODS === #

    @api.model
    @tools.ormcache("model_name")
    def _outgoing_fields(self, model_name):
        """Return the names of the fields of a model that some mapping writes to NetSuite.

        Asked for with each write on such a model, so it costs no query.
        """
        # sudo: netsuite.field.mapping - whoever changes a field, it is written
        mappings = self.sudo().search([("direction", "!=", "in"), ("state", "!=", "invalid")])
        return frozenset(
            mapping.odoo_field_id.name for mapping in mappings if mapping.odoo_model == model_name
        )

    @api.model
    def _writing(self, connection, record_type, names):
        """Return the mappings that write some fields of Odoo's to NetSuite.

        :param names: names of fields of the model that mirrors the type.
        """
        return self.search(
            [
                ("connection_id", "=", connection.id),
                ("record_type", "=", record_type),
                ("direction", "!=", "in"),
                ("state", "!=", "invalid"),
                ("odoo_field_id.name", "in", list(names)),
            ]
        )

    def _kind(self):
        """Return what kind of NetSuite field this maps."""
        self.ensure_one()
        return self.field_id.kind or KIND_OF_CONVERSION.get(self.conversion, TEXT)

    def _intended_change(self, mirror, record):
        """Return the `WritebackChange` that brings a mirror's value to NetSuite.

        One whose value NetSuite's field cannot hold says so, and has the value as a text.

        :param mirror: the Odoo record whose field was changed.
        :param record: the `netsuite.record` that it mirrors.
        """
        self.ensure_one()
        kind, field = self._kind(), mirror._fields[self.odoo_field_id.name]
        value, problem = mirror[field.name], ""
        if field.type == "html":
            value = html2plaintext(value or "").strip()
        base, known = self._base_of(record, kind)
        try:
            value = value_of(plain_value(mirror, field, value, kind), kind)
        except ConversionError as error:
            value, problem = str(value), self._refusal(error)
        return WritebackChange(
            field=self.field_name,
            label=self.field_id.name or self.field_name,
            kind=kind,
            value=value,
            policy=self.conflict_policy,
            base=base,
            base_known=known,
            mapping=self,
            problem=problem,
        )

    def _base_of(self, record, kind):
        """Return (what NetSuite's field holds as far as Odoo knows, whether it knows)."""
        read = self._value_read(record, kind) if self.direction == "both" else None
        if read:
            return read
        last = self.env["netsuite.writeback.value"].search(
            [
                ("field_name", "=ilike", self.field_name.replace("_", r"\_")),
                ("writeback_id.record_id", "=", record.id),
                ("writeback_id.state", "=", "confirmed"),
            ],
            order="id desc",
            limit=1,
        )
        return (last.meant or {}).get("value"), bool(last)

    def _value_read(self, record, kind):
        """Return what NetSuite's field held when it was read last.

        :param record: the `netsuite.record` whose field it is.
        :param kind: one of `client.metadata.KINDS`.
        :return: (value, whether it is known); None where nothing was read.
        """
        known = record.sudo().field_values or {}  # sudo: netsuite.record - accountants only
        # An empty text stands for what is to be read again.
        if known.get(str(self.id), "") == "":
            return None
        try:
            return value_of(known[str(self.id)], kind), True
        except ConversionError:
            return None, False

    @api.model
    def _of_fields(self, connection, record_type, names):
        """Return the mappings of NetSuite fields of a record type, whatever their spelling.

        :param names: IDs of NetSuite fields.
        """
        wanted = {name.lower() for name in names}
        return self.search(
            [("connection_id", "=", connection.id), ("record_type", "=", record_type)]
        ).filtered(lambda mapping: mapping.field_name.lower() in wanted)

    def _forget(self, record):
        """Let whatever NetSuite has in the field be written to all mirrors of a record.

        :param record: the `netsuite.record`.
        """
        for mapping in self._reads():
            # sudo: netsuite.record - only the sync keeps what was read
            record.sudo().field_values = {**(record.field_values or {}), str(mapping.id): ""}

    @api.model
    def _held(self, records):
        held = dict(super()._held(records))
        # sudo: netsuite.writeback - what is under way concerns each booking
        values = (
            self.env["netsuite.writeback.value"]
            .sudo()
            .search(
                [
                    ("mapping_id", "!=", False),
                    ("writeback_id.record_id", "in", records.ids),
                    ("writeback_id.state", "not in", ENDED),
                ]
            )
        )
        for value in values:
            record = value.writeback_id.record_id
            held[record] = held.get(record, self.browse()) | value.mapping_id
        return held
