import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools.rendering_tools import parse_inline_template

from ...client.metadata import TEXT
from ...const import ACCOUNTANT_GROUP
from ...mappers.bodies.values import value_of
from ...mappers.fields import BODY_PREFIX, ENTITY_PREFIX, ConversionError
from ..field_mapping.field_target import TARGETS
from .netsuite_writeback_value import POLICIES, WritebackChange
from .odoo_value import exact, plain_value

# What a template may hold between its braces: the path from the record to one of its fields. No
# code is run.
_PATH = re.compile(r"object((?:\.[a-z_][a-z0-9_]*)+)")
# Names of fields that open something to whoever knows their value.
_SECRET = re.compile(r"token|secret|passw|api_?key", re.IGNORECASE)
# Groups of people who work with receivables: what they may see may stand in NetSuite.
OPEN_GROUPS = {
    *("base.group_user", "account.group_account_readonly", "account.group_account_invoice"),
    ACCOUNTANT_GROUP,
}
# Steps of such a path; more would be a query of its own for each record.
LONGEST_PATH = 5


class NetsuiteUpdateLine(models.Model):
    """One field that a server action *Update NetSuite Record* writes."""

    _name = "netsuite.update.line"
    _description = "NetSuite Field to Update"
    _order = "action_id, sequence, id"
    _rec_name = "field_name"

    action_id = fields.Many2one("ir.actions.server", required=True, index=True, ondelete="cascade")
    sequence = fields.Integer(default=10)
    record_type = fields.Selection(related="action_id.netsuite_record_type")
    model_name = fields.Char(related="action_id.model_name")
    field_id = fields.Many2one(
        "netsuite.field",
        string="Field in NetSuite",
        ondelete="set null",
        domain="[('record_type', '=', record_type), ('is_readonly', '=', False)]",
        help="Chosen from the catalogue; Discover Fields on the connection fills it.",
    )
    field_name = fields.Char(
        string="Field ID",
        required=True,
        compute="_compute_field_name",
        store=True,
        readonly=False,
        precompute=True,
        help="NetSuite's ID of the field, spelt as the catalogue or its Field Help shows it.",
    )
    kind = fields.Selection(
        "_selection_kind",
        string="Type",
        required=True,
        compute="_compute_kind",
        store=True,
        readonly=False,
        precompute=True,
        default=TEXT,
        help="What NetSuite's field holds; the catalogue tells.",
    )
    value_kind = fields.Selection(
        [
            ("static", "Value"),
            ("field", "Odoo field"),
            ("template", "Template"),
            ("clear", "Clear the field"),
        ],
        string="Set To",
        required=True,
        default="static",
    )
    value = fields.Text(
        help="A value: a date as 2026-01-31, a check box as yes or no, a list as the internal ID "
        "of the list value. An Odoo field: the path to it, as partner_id.email. A template: text "
        "with such paths in double braces, as {{object.invoice_date_due}}.",
    )
    policy = fields.Selection(
        POLICIES,
        string="If NetSuite Changed It",
        required=True,
        default="odoo",
        help="What happens when the field was changed in NetSuite between this action and its "
        "write-back, as far as Odoo had read the field before.",
    )

    @api.model
    def _selection_kind(self):
        return self.env["netsuite.field"]._selection_kind()

    # === COMPUTE METHODS === #

    @api.depends("field_id")
    def _compute_field_name(self):
        for line in self:
            line.field_name = line.field_id.field_id or line.field_name

    @api.depends("field_id")
    def _compute_kind(self):
        for line in self:
            line.kind = line.field_id.kind or line.kind or TEXT

    # === ONCHANGE METHODS === #

    @api.onchange("field_name")
    def _onchange_field_name(self):
        """Find a typed field in the catalogue, so that it is written as what it is."""
        if self.field_name and self.field_name.lower() != (self.field_id.field_id or "").lower():
            for connection in self._connections():
                found = self.env["netsuite.field"]._find(
                    connection, self.record_type, self.field_name
                )
                if found:
                    self.field_id = found
                    return
            self.field_id = False

    # === CONSTRAINT METHODS === #

    @api.constrains("field_name", "field_id", "kind", "value_kind", "value", "action_id")
    def _check_line(self):
        for line in self:
            sentence = line._field_sentence() or line._value_sentence()
            if sentence:
                raise ValidationError(sentence)

    def _field_sentence(self):
        """Return why this field cannot be written, or None."""
        Connection = self.env["netsuite.connection"]
        sentence = Connection._field_id_sentence(self.field_name)
        if sentence:
            return sentence
        record_type, name = self.record_type, self.field_name.lower()
        is_entity = TARGETS[record_type].is_entity if record_type else False
        if name.startswith(BODY_PREFIX if is_entity else ENTITY_PREFIX):
            return self.env._(
                "%(field)s is no field of %(type)s: customer fields start with custentity, "
                "transaction fields with custbody.",
                field=self.field_name,
                type=self.env["netsuite.record"]._record_type_labels()[record_type],
            )
        if self.field_id and self.field_id.record_type != record_type:
            return self.env._("%s is a field of another record type.", self.field_id.display_name)
        for connection in self._connections():
            sentence = connection._unwritable_sentence(self.field_name, record_type)
            if sentence:
                return sentence
        return None

    def _connections(self):
        """Return the connections whose rules this line has to keep."""
        # sudo: netsuite.connection - its rules hold for whoever edits the action
        action = self.action_id.sudo()
        return action.netsuite_connection_id or self.env["netsuite.connection"].search(
            [("active", "=", True)]
        )

    def _value_sentence(self):
        """Return why no value can come of this line, or None."""
        if self.value_kind == "clear":
            return None
        if not (self.value or "").strip():
            return self.env._(
                "Say what %s is set to. To empty it in NetSuite, choose Clear the Field.",
                self.field_name,
            )
        if self.value_kind == "static":
            return self._static_sentence()
        return self._path_sentence()

    def _static_sentence(self):
        try:
            value_of(self.value, self.kind)
        except ConversionError as error:
            return self.env._(
                "%(field)s: %(why)s",
                field=self.field_name,
                why=self.env["netsuite.field.mapping"]._refusal(error),
            )
        return None

    def _path_sentence(self):
        for path in self._paths():
            if path is None:
                return self.env._(
                    "A template takes paths to fields only, such as {{object.partner_id.name}}: no "
                    "calculations and no calls."
                )
            sentence = self._dead_end_sentence(path)
            if sentence:
                return sentence
        return None

    def _paths(self):
        """Return the paths to fields that this line names; None for what is no path."""
        if self.value_kind == "field":
            return [self.value.strip().removeprefix("object.")]
        parts = parse_inline_template(self.value or "")
        found = [_PATH.fullmatch(expression) for _text, expression, _default in parts if expression]
        return [match and match[1].removeprefix(".") for match in found]

    def _dead_end_sentence(self, path):
        """Return why a path leads to no value that may be sent, or None."""
        model, names = self.env.get(self.action_id.model_name), path.split(".")
        if len(names) > LONGEST_PATH:
            return self.env._("%s is too long a path to a field.", path)
        for number, name in enumerate(names):
            field = model._fields.get(name) if model is not None else None
            if field is None:
                return self.env._("%(path)s: there is no field %(field)s.", path=path, field=name)
            plain = field.type not in ("binary", "json", "properties")
            if not (plain and self._is_open(field)):
                return self.env._("%s is restricted, or no plain value: it is not sent.", path)
            last = number == len(names) - 1
            if not last and not field.relational:
                return self.env._(
                    "%(path)s: %(field)s does not lead to a record.", path=path, field=name
                )
            if field.relational and field.type != "many2one" and not last:
                return self.env._(
                    "%(path)s: %(field)s has several values; a path leads over single ones.",
                    path=path,
                    field=name,
                )
            model = self.env[field.comodel_name] if field.relational else None
        return None

    @staticmethod
    def _is_open(field):
        """Tell whether everybody who works with receivables may see a field."""
        groups = {group.strip() for group in (field.groups or "").split(",") if group.strip()}
        return not _SECRET.search(field.name) and (not groups or bool(groups & OPEN_GROUPS))

    # === BUSINESS METHODS === #

    def _change(self, record, netsuite_record):
        """Return the `WritebackChange` of this line for one record.

        :param record: the Odoo record that the action runs on.
        :param netsuite_record: the `netsuite.record` that is to change.
        :raise ConversionError: NetSuite's field cannot hold the value.
        """
        self.ensure_one()
        # REST takes the catalogue's own spelling only, and what it holds the account knows best.
        # sudo: netsuite.field - names and kinds of fields, for whoever runs the action
        catalogued = (
            self.env["netsuite.field"]
            .sudo()
            ._find(netsuite_record.connection_id, self.record_type, self.field_name)
        )
        kind = catalogued.kind or self.kind
        base, known = self._base(netsuite_record, kind)
        return WritebackChange(
            field=catalogued.field_id or self.field_name,
            label=catalogued.name or self.field_name,
            kind=kind,
            value=self._value(record, kind),
            policy=self.policy,
            base=base,
            base_known=known,
        )

    def _base(self, netsuite_record, kind):
        """Return (what NetSuite held when it was read last, whether that is known)."""
        # sudo: netsuite.field.mapping - what is known of the field, for whoever runs the action
        mapping = (
            self.env["netsuite.field.mapping"]
            .sudo()
            ._of_fields(
                netsuite_record.connection_id, netsuite_record.record_type, [self.field_name]
            )
            ._reads()[:1]
        )
        # A list that is read by its text tells no id.
        if not mapping or mapping.conversion in ("list_text", "multi_select"):
            return None, False
        return mapping._value_read(netsuite_record, kind) or (None, False)

    def _value(self, record, kind):
        if self.value_kind == "clear":
            # A check box is never empty.
            return value_of(None, kind)
        if self.value_kind == "static":
            return value_of(self.value, kind)
        found = self._found_value(record, kind)
        if found is None:
            # Only Clear the Field empties a field.
            raise ConversionError("", "empty")
        return found

    def _found_value(self, record, kind):
        """Return what the record has for this line; None for nothing."""
        if self.value_kind == "field":
            owner, field, value = self._at(record, self._paths()[0])
            return value_of(plain_value(owner, field, value, kind), kind)
        parts = []
        for text, expression, default in parse_inline_template(self.value):
            parts.append(text)
            if expression:
                path = _PATH.fullmatch(expression)[1].removeprefix(".")
                parts.append(self._text(*self._at(record, path)) or default)
        return value_of("".join(parts), kind)

    @staticmethod
    def _at(record, path):
        """Return (record, field, value) at the end of a path."""
        # sudo: the record - who made the action chose the path, which was checked
        record = record.sudo()
        *steps, last = path.split(".")
        for step in steps:
            record = record[step]
        return record, record._fields[last], record[last]

    @staticmethod
    def _text(record, field, value):
        """Return a value as it stands in a text."""
        if field.type == "boolean":
            return "yes" if value else "no"
        if field.relational:
            return ", ".join(each.display_name or "" for each in value)
        if value is False or value is None:
            return ""
        if field.type in ("float", "monetary"):
            return exact(record, field, value) if record else ""
        if field.type == "selection":
            return str(dict(field._description_selection(record.env)).get(value, value))
        return str(value)
