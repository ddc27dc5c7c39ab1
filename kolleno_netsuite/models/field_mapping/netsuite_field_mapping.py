from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...mappers.fields import (
    BODY_PREFIX,
    CONVERSION_OF_KIND,
    ENTITY_PREFIX,
    OTHER_PREFIXES,
    TEXT,
    alias_of,
    expression_of,
)
from ...mappers.queries.record_sources import RECORD_SOURCES
from ..connection.hook import hook
from .field_target import TARGETS, TYPES_OF_CONVERSION, is_safe, safe_fields

# A change of one of these asks for other values than those that were read.
READING_FIELDS = {"active", "field_name", "field_id", "direction", "conversion"}
WRITING_FIELDS = {"destination", "odoo_field_id"}


class NetsuiteFieldMapping(models.Model):
    """A NetSuite field whose value is kept on the Odoo record that mirrors it."""

    _name = "netsuite.field.mapping"
    _description = "NetSuite Field Mapping"
    _inherit = "netsuite.state.machine"
    _order = "connection_id, record_type, field_name, id"
    _rec_name = "field_name"

    connection_id = fields.Many2one(
        "netsuite.connection",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env["netsuite.connection"].search([], limit=1),
    )
    record_type = fields.Selection("_selection_record_type", required=True)
    field_id = fields.Many2one(
        "netsuite.field",
        string="Field in NetSuite",
        ondelete="set null",
        domain="[('connection_id', '=', connection_id), ('record_type', '=', record_type)]",
        help="Chosen from the catalogue; Discover Fields fills it.",
    )
    field_name = fields.Char(
        string="Field ID",
        required=True,
        compute="_compute_field_name",
        store=True,
        readonly=False,
        precompute=True,
        help="NetSuite's ID of the field, such as custbody15 or otherRefNum: chosen from the "
        "catalogue, or typed as NetSuite's Field Help shows it.",
    )
    destination = fields.Selection(
        [("field", "A field in Odoo"), ("attributes", "NetSuite attributes")],
        required=True,
        default="field",
        help="Attributes are listed on the record's NetSuite tab and need no field in Odoo.",
    )
    odoo_model = fields.Char(compute="_compute_odoo_model")
    allowed_field_ids = fields.Many2many("ir.model.fields", compute="_compute_allowed_field_ids")
    odoo_field_id = fields.Many2one(
        "ir.model.fields",
        string="Field in Odoo",
        ondelete="cascade",
        domain="[('id', 'in', allowed_field_ids)]",
        help="Only fields that keep no books: your own fields (Studio), and those of your modules.",
    )
    target_name = fields.Char(
        string="Kept In", compute="_compute_target_name", help="Where the value goes in Odoo."
    )
    direction = fields.Selection(
        [("in", "NetSuite to Odoo"), ("out", "Odoo to NetSuite"), ("both", "Both ways")],
        required=True,
        default="in",
        help="NetSuite to Odoo: the value follows NetSuite. Odoo to NetSuite: a change in Odoo is "
        "written to NetSuite, by way of Write-backs. Both ways does either.",
    )
    conversion = fields.Selection(
        [
            ("text", "Text"),
            ("number", "Number"),
            ("date", "Date"),
            ("datetime", "Date and time"),
            ("boolean", "Check box"),
            ("list_id", "List: internal ID"),
            ("list_text", "List: text"),
            ("multi_select", "Multiple select: texts"),
        ],
        string="Read as",
        required=True,
        compute="_compute_conversion",
        store=True,
        readonly=False,
        precompute=True,
        help="How NetSuite's value is understood. The catalogue suggests what fits.",
    )
    active = fields.Boolean(default=True)
    last_value = fields.Char(
        string="Last Value Seen", readonly=True, copy=False, help="The last value that was read."
    )
    state = fields.Selection(
        [("valid", "Valid"), ("doubtful", "Some values do not fit"), ("invalid", "Invalid")],
        transitions={
            "valid": {"doubtful", "invalid"},
            "doubtful": {"valid", "doubtful", "invalid"},
            "invalid": {"valid", "invalid"},
        },
        required=True,
        readonly=True,
        default="valid",
        copy=False,
    )
    reason = fields.Char(readonly=True, copy=False, help="Why it is invalid, or what did not fit.")

    @api.model
    def _selection_record_type(self):
        return self.env["netsuite.field"]._selection_record_type()

    # === COMPUTE METHODS === #

    @api.depends("field_id")
    def _compute_field_name(self):
        for mapping in self:
            mapping.field_name = mapping.field_id.field_id or mapping.field_name

    @api.depends("field_id")
    def _compute_conversion(self):
        for mapping in self:
            kind = mapping.field_id.kind
            suggested = CONVERSION_OF_KIND.get(kind, TEXT) if kind else mapping.conversion
            mapping.conversion = suggested or TEXT

    @api.depends("destination", "odoo_field_id")
    def _compute_target_name(self):
        labels = dict(self._fields["destination"]._description_selection(self.env))
        for mapping in self:
            description = mapping.odoo_field_id.field_description
            attributes = mapping.destination == "attributes"
            mapping.target_name = labels["attributes"] if attributes else description

    @api.depends("record_type")
    def _compute_odoo_model(self):
        for mapping in self:
            target = TARGETS.get(mapping.record_type)
            mapping.odoo_model = target.model if target else False

    @api.depends("record_type")
    def _compute_allowed_field_ids(self):
        # sudo: ir.model.fields - names of fields are no secret
        Field = self.env["ir.model.fields"].sudo()
        for record_type, mappings in self.grouped("record_type").items():
            names = safe_fields(self.env, record_type)
            mappings.allowed_field_ids = Field.search(
                [("model", "=", mappings[0].odoo_model), ("name", "in", names)]
            )

    @api.depends("field_name", "field_id.name")
    def _compute_display_name(self):
        for mapping in self:
            label = mapping.field_id.name
            mapping.display_name = (
                f"{label} ({mapping.field_name})" if label else mapping.field_name
            )

    # === ONCHANGE METHODS === #

    @api.onchange("field_name")
    def _onchange_field_name(self):
        """Find a typed field in the catalogue, so that it is read as what it is."""
        if self.field_name and self.field_name.lower() != (self.field_id.field_id or "").lower():
            self.field_id = self._catalogued()

    # === CONSTRAINT METHODS === #

    @api.constrains("field_name", "record_type")
    def _check_field_name(self):
        for mapping in self:
            sentence = mapping.connection_id._field_id_sentence(mapping.field_name)
            sentence = sentence or mapping._misplaced_sentence()
            if sentence:
                raise ValidationError(sentence)

    def _misplaced_sentence(self):
        """Return why no record of the type has a field of this ID, or None."""
        name, is_entity = self.field_name.lower(), TARGETS[self.record_type].is_entity
        labels = self.env["netsuite.record"]._record_type_labels()
        words = {"field": self.field_name, "type": labels[self.record_type]}
        if name.startswith(ENTITY_PREFIX) and not is_entity:
            return self.env._(
                "%(field)s belongs to customers and contacts, not to %(type)s. Transaction "
                "fields start with custbody.",
                **words,
            )
        if name.startswith(BODY_PREFIX) and is_entity:
            return self.env._(
                "%(field)s belongs to transactions, not to %(type)s. Customer and contact "
                "fields start with custentity.",
                **words,
            )
        if name.startswith(OTHER_PREFIXES):
            return self.env._(
                "%(field)s belongs to lines or to other NetSuite records; only fields of "
                "%(type)s themselves can be mapped.",
                **words,
            )
        return None

    @api.constrains("field_id", "connection_id", "record_type", "direction")
    def _check_catalogue(self):
        for mapping in self.filtered("field_id"):
            field = mapping.field_id
            theirs = (field.connection_id, field.record_type)
            if theirs != (mapping.connection_id, mapping.record_type):
                raise ValidationError(
                    self.env._("%s is a field of another record type.", field.display_name)
                )
            if field.is_readonly and mapping.direction != "in":
                raise ValidationError(
                    self.env._("NetSuite fills %s itself; it can only be read.", field.display_name)
                )

    @api.constrains("destination", "odoo_field_id", "conversion", "record_type")
    def _check_destination(self):
        for mapping in self:
            if mapping.destination == "attributes":
                if mapping.odoo_field_id:
                    raise ValidationError(
                        self.env._("Attributes need no field in Odoo; leave it empty.")
                    )
                continue
            if not mapping.odoo_field_id:
                raise ValidationError(
                    self.env._("Choose the Odoo field that takes %s.", mapping.display_name)
                )
            sentence = mapping._unfit_sentence()
            if sentence:
                raise ValidationError(sentence)

    def _unfit_sentence(self):
        """Return why the Odoo field cannot take the value, or None."""
        # sudo: ir.model.fields - its name and type only
        chosen = self.odoo_field_id.sudo()
        field = self.env[self.odoo_model]._fields.get(chosen.name)
        if chosen.model != self.odoo_model or field is None or not is_safe(field, self.record_type):
            return self.env._(
                "%s cannot be filled from NetSuite: it belongs to the accounts, to the mirror "
                "or to Odoo itself. Choose one of your own fields.",
                chosen.field_description or chosen.name,
            )
        if field.type not in TYPES_OF_CONVERSION[self.conversion]:
            return self.env._(
                "%(field)s cannot hold a value that is read as %(conversion)s.",
                field=chosen.field_description,
                conversion=dict(self._fields["conversion"]._description_selection(self.env))[
                    self.conversion
                ],
            )
        return None

    @api.constrains("connection_id", "record_type", "field_name", "odoo_field_id", "active")
    def _check_mapped_once(self):
        """Refuse a field that is mapped twice, and an Odoo field that two would fill."""
        for mapping in self:
            others = self.with_context(active_test=False).search(
                [
                    ("id", "!=", mapping.id),
                    ("connection_id", "=", mapping.connection_id.id),
                    ("record_type", "=", mapping.record_type),
                ]
            )
            same = others.filtered(
                lambda other, mine=mapping: (
                    other.field_name.lower() == mine.field_name.lower()
                    and other.odoo_field_id == mine.odoo_field_id
                )
            )
            if same:
                raise ValidationError(self.env._("%s is already mapped.", mapping.display_name))
            rivals = mapping.odoo_field_id and others.filtered(
                lambda other, mine=mapping: (
                    other.active and mine.active and other.odoo_field_id == mine.odoo_field_id
                )
            )
            if rivals:
                # sudo: ir.model.fields - its label only
                raise ValidationError(
                    self.env._(
                        "%(field)s is already filled by %(other)s.",
                        field=mapping.odoo_field_id.sudo().field_description,
                        other=rivals[0].display_name,
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        mappings = super().create(vals_list)
        mappings._adopt_field()
        mappings._fill()
        mappings._changed(set(self._fields))
        return mappings

    def write(self, vals):
        result = super().write(vals)
        if READING_FIELDS & set(vals):
            self._advance("valid", reason=False)
        if {"field_name", "record_type", "connection_id"} & set(vals):
            self._adopt_field()
        if (READING_FIELDS | WRITING_FIELDS) & set(vals):
            self._forget_values()
            self._fill()
        self._changed(set(vals))
        return result

    @hook
    def _changed(self, names):
        """Follow that mappings were made or changed.

        :param names: names of the fields that were written.
        """

    def _adopt_field(self):
        """Link mappings whose field ID was typed with the field of the catalogue, if it is there.

        The catalogue's spelling counts: NetSuite's queries take any, its REST service does not.
        """
        for mapping in self:
            field = mapping.field_id
            if field.field_id and field.field_id.lower() == mapping.field_name.lower():
                continue
            found = mapping._catalogued()
            name = found.field_id or mapping.field_name
            if (mapping.field_id, mapping.field_name) != (found, name):
                mapping.write(
                    {"field_id": found.id, "conversion": mapping.conversion, "field_name": name}
                )

    # === BUSINESS METHODS === #

    def _catalogued(self):
        """Return the catalogue's field of this field ID, or none."""
        return self.env["netsuite.field"]._find(
            self.connection_id, self.record_type, self.field_name
        )

    def _reads(self):
        """Return those of these mappings whose values come from NetSuite."""
        return self.filtered(
            lambda mapping: (
                mapping.active and mapping.direction != "out" and mapping.state != "invalid"
            )
        )

    @hook
    @api.model
    def _held(self, records):
        """Return {record: mappings whose value is under way to NetSuite}; Odoo's stays till then.

        :param records: `netsuite.record` rows that are being booked.
        """
        return {}

    @api.model
    def _reading(self, connection, record_types):
        """Return the mappings whose values are read of some record types."""
        return self.search(
            [
                ("connection_id", "=", connection.id),
                ("record_type", "in", list(record_types)),
                ("direction", "!=", "out"),
                ("state", "!=", "invalid"),
            ]
        )

    def _alias(self):
        """Return under which name the value stands in a record's payload."""
        self.ensure_one()
        return alias_of(self.field_name, self.conversion)

    def _expression(self):
        """Return what SuiteQL is asked for."""
        self.ensure_one()
        alias = RECORD_SOURCES[self.record_type].alias
        return expression_of(alias, self.field_name, self.conversion)

    def _issue_key(self):
        """Return the key of the issue that lists the records whose values do not fit."""
        self.ensure_one()
        return f"field:{self.id}"
