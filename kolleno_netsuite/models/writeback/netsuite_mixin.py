from odoo import api, fields, models

from ...const import UPDATED_TYPES, VIEWER_GROUP
from .netsuite_writeback import PROBLEMS


class NetsuiteMixin(models.AbstractModel):
    """What changes in Odoo is meant for NetSuite where a mapping says so; imports never are."""

    _inherit = "netsuite.mixin"

    netsuite_writeback_count = fields.Integer(
        compute="_compute_netsuite_writebacks",
        compute_sudo=True,
        string="NetSuite Write-backs",
        groups=VIEWER_GROUP,
    )
    netsuite_writeback_problem = fields.Char(
        compute="_compute_netsuite_writebacks",
        compute_sudo=True,
        string="Not Written to NetSuite",
        groups=VIEWER_GROUP,
        help="Why a change made in Odoo is not in NetSuite.",
    )

    # === COMPUTE METHODS === #

    @api.depends("netsuite_record_id")
    def _compute_netsuite_writebacks(self):
        Writeback = self.env["netsuite.writeback"]
        rows = Writeback.search(
            [
                ("record_id", "in", self.netsuite_record_id.ids),
                ("state", "not in", ("cancelled", "undone")),
            ]
        )
        by_record = rows.grouped("record_id")
        for mirrored in self:
            own = by_record.get(mirrored.netsuite_record_id, Writeback)
            problem = own.filtered(lambda row: row.state in PROBLEMS)[:1]
            mirrored.netsuite_writeback_count = len(own)
            mirrored.netsuite_writeback_problem = bool(problem) and self.env._(
                "%(what)s – %(why)s", what=problem.summary, why=problem.error or ""
            )

    # === CRUD METHODS === #

    def _netsuite_watched(self, vals):
        watched = super()._netsuite_watched(vals)
        names = self.env["netsuite.field.mapping"]._outgoing_fields(self._name) & set(vals)
        if not names or self.env["netsuite.guard"]._is_sync():
            return watched
        return {**watched, "outgoing": {each: {n: each[n] for n in names} for each in self}}

    def _netsuite_changed(self, before):
        super()._netsuite_changed(before)
        for mirror, values in before.get("outgoing", {}).items():
            changed = {name for name, value in values.items() if mirror[name] != value}
            if changed:
                mirror._netsuite_intend(changed)

    # === ACTION METHODS === #

    def action_netsuite_writebacks(self):
        """Open what was, or is to be, written to NetSuite for this record."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "kolleno_netsuite.netsuite_writeback_action"
        )
        domain = [("record_id", "=", self.netsuite_record_id.id)]
        return {**action, "domain": domain, "context": {}}

    # === BUSINESS METHODS === #

    def _netsuite_records_to_update(self):
        """Return the `netsuite.record` rows that this record mirrors and whose fields may change.

        A customer may be mirrored from several accounts.
        """
        self.ensure_one()
        # sudo: netsuite.record - who may change the mirror need not see the record's own row
        record = self.sudo().netsuite_record_id
        found = record | record.search([("res_model", "=", self._name), ("res_id", "=", self.id)])
        return found.filtered(
            lambda each: each.record_type in UPDATED_TYPES and each.connection_id.active
        )

    def _netsuite_intend(self, names):
        """Mean the present values of some fields for NetSuite, as their mappings say."""
        self.ensure_one()
        # sudo: netsuite.writeback, netsuite.field.mapping - whoever may change the field here
        # makes the write-back; it is reviewed, or pushed, by those who may
        Mapping = self.env["netsuite.field.mapping"].sudo()
        for record in self._netsuite_records_to_update():
            mappings = Mapping._writing(record.connection_id, record.record_type, names)
            changes = [mapping._intended_change(self, record) for mapping in mappings]
            if changes:
                Mapping.env["netsuite.writeback"]._intend(record, changes, source=self)
                record.connection_id._trigger_cron("write")
