from typing import NamedTuple

from odoo import api, fields, models

from ...client.metadata import LIST
from ...mappers.bodies.field_update import Change
from ...mappers.bodies.values import Value, shown

# Who wins when NetSuite changed a field that Odoo writes.
POLICIES = [("ask", "Ask"), ("netsuite", "NetSuite wins"), ("odoo", "Odoo wins")]


class WritebackChange(NamedTuple):
    """What a user, a rule or a mapping means a field of NetSuite's to hold.

    :param field: as the REST record service spells it.
    :param label: what NetSuite's form calls it.
    :param kind: one of `client.metadata.KINDS`.
    :param value: in the form of `mappers.bodies.values`.
    :param policy: who wins when NetSuite changed the field meanwhile.
    :param base: what NetSuite held as far as it was known when this was meant.
    :param base_known: whether `base` says anything.
    :param mapping: the `netsuite.field.mapping` that writes the field, or None.
    :param problem: why NetSuite's field cannot hold the value, which is a text then.
    """

    field: str
    label: str
    kind: str
    value: Value
    policy: str = "ask"
    base: Value = None
    base_known: bool = False
    mapping: object = None
    problem: str = ""

    def based_on(self, base, known):
        """Return this change as it follows on an earlier one of the same field.

        :param base: what NetSuite holds before this one: what the earlier one writes, or, when it
            was never sent, what NetSuite held when that was meant.
        :param known: whether anybody knows; if not, this change keeps what it says itself.
        """
        return self._replace(base=base, base_known=True) if known else self

    def stored_values(self):
        """Return the values of `netsuite.writeback.value`."""
        return {
            "field_name": self.field,
            "label": self.label or self.field,
            "kind": self.kind,
            "meant": {"value": self.value},
            "policy": self.policy,
            "base": {"value": self.base},
            "base_known": self.base_known,
            "mapping_id": self.mapping.id if self.mapping else False,
            "problem": self.problem or False,
        }


class NetsuiteWritebackValue(models.Model):
    """One field of a write-back: what it was, what it is to be, and what NetSuite has.

    The values themselves are JSON, ``{"value": …}`` in the form of `mappers.bodies.values`.
    """

    _name = "netsuite.writeback.value"
    _description = "NetSuite Write-back Field"
    _order = "writeback_id, id"
    _rec_name = "label"

    writeback_id = fields.Many2one(
        "netsuite.writeback", required=True, index=True, readonly=True, ondelete="cascade"
    )
    field_name = fields.Char(string="Field ID", required=True, readonly=True)
    label = fields.Char(string="Field", required=True, readonly=True)
    kind = fields.Selection("_selection_kind", string="Type", required=True, readonly=True)
    mapping_id = fields.Many2one("netsuite.field.mapping", readonly=True, ondelete="set null")
    policy = fields.Selection(
        POLICIES,
        string="If NetSuite Changed It",
        required=True,
        readonly=True,
        default="ask",
    )
    base = fields.Json(readonly=True, help="What NetSuite held when this was meant.")
    base_known = fields.Boolean(readonly=True)
    former = fields.Json(readonly=True, help="What NetSuite held just before it was sent.")
    meant = fields.Json(readonly=True, help="What it is to hold.")
    found = fields.Json(readonly=True, help="What it held when it was read last.")
    problem = fields.Char(readonly=True, help="Why NetSuite's field cannot hold the value.")
    choice = fields.Selection(
        [("odoo", "Odoo's value"), ("netsuite", "NetSuite's value")],
        string="Keep",
        help="Which of the two holds from now on.",
    )
    was_text = fields.Char(compute="_compute_texts", string="Was")
    meant_text = fields.Char(compute="_compute_texts", string="New Value")
    found_text = fields.Char(compute="_compute_texts", string="In NetSuite Now")

    @api.model
    def _selection_kind(self):
        return self.env["netsuite.field"]._selection_kind()

    # === COMPUTE METHODS === #

    @api.depends("base", "base_known", "former", "meant", "found", "writeback_id.state")
    def _compute_texts(self):
        empty = self.env._("(empty)")
        for value in self:
            waits = value.writeback_id.state in ("draft", "queued")
            unknown = self.env._("read before it is sent") if waits else self.env._("not known")
            was = value.former or (value.base_known and value.base)
            value.was_text = value._text(was, empty) if was else unknown
            value.meant_text = value._text(value.meant, empty)
            value.found_text = value._text(value.found, empty) if value.found else unknown

    def _text(self, stored, empty):
        """Return a stored value as people read it."""
        found = (stored or {}).get("value")
        if isinstance(found, bool):
            return self.env._("Yes") if found else self.env._("No")
        text = shown(found)
        # What a list's value is called, nobody has read; its ID does not stand alone.
        return self.env._("ID %s", text) if self.kind == LIST and text.isdigit() else text or empty

    # === ACTION METHODS === #

    def action_choose_odoo(self):
        """Let Odoo's value of this field hold."""
        self._choose("odoo")

    def action_choose_netsuite(self):
        """Let NetSuite's value of this field hold."""
        self._choose("netsuite")

    def _choose(self, choice):
        """Note which value is to hold; *Apply Choices* of the write-back goes on with it."""
        self.ensure_one()
        self.writeback_id._check_reviewer()
        if self.writeback_id.state == "conflict":
            self.choice = choice

    # === BUSINESS METHODS === #

    def _meant(self):
        """Return {field: the value that it is to have}."""
        return {each.field_name: (each.meant or {}).get("value") for each in self}

    def _kinds(self):
        """Return {field: its kind}."""
        return {each.field_name: each.kind for each in self}

    def _changes(self):
        """Return what NetSuite gets, as `mappers.bodies.field_update.Change`."""
        meant = self._meant()
        fitting = self.filtered(lambda value: not value.problem)
        return [Change(each.field_name, each.kind, meant[each.field_name]) for each in fitting]

    def _phrases(self):
        """Return (``["Memo to late", …]``, labels of what is emptied) for a sentence."""
        to_set, to_clear = [], []
        for value in self:
            text = value._text(value.meant, "")
            if text:
                to_set.append(self.env._("%(field)s to %(value)s", field=value.label, value=text))
            else:
                to_clear.append(value.label)
        return to_set, to_clear

    def _note_found(self, stored, *names):
        """Keep what NetSuite has.

        :param stored: {field: value}, as it was read; what could not be read is left out.
        :param names: fields of this model that take it, ``found`` among them.
        """
        for value in self.filtered(lambda value: value.field_name in stored):
            found = {"value": stored[value.field_name]}
            value.write(dict.fromkeys(names, found))

    def _former_changes(self):
        """Return the `WritebackChange` objects that give these fields their former values back.

        Those whose former value nobody has read are left out.
        """
        return [
            WritebackChange(
                field=each.field_name,
                label=each.label,
                kind=each.kind,
                value=each.former.get("value"),
                policy="ask",
                base=(each.meant or {}).get("value"),
                base_known=True,
                mapping=each.mapping_id,
            )
            for each in self
            if each.former
        ]
