from odoo import api, fields, models

from ..connection.hook import hook


class NetsuiteMixin(models.AbstractModel):
    """What an Odoo record that mirrors a NetSuite object knows of it."""

    _name = "netsuite.mixin"
    _description = "NetSuite Mirror"

    netsuite_record_id = fields.Many2one(
        "netsuite.record",
        string="NetSuite Record",
        index="btree_not_null",
        copy=False,
        readonly=True,
        ondelete="set null",
    )
    netsuite_connection_id = fields.Many2one(
        related="netsuite_record_id.connection_id", string="NetSuite Connection"
    )
    netsuite_connection_name = fields.Char(
        related="netsuite_record_id.connection_id.name", string="NetSuite Account"
    )
    netsuite_message = fields.Char(
        related="netsuite_record_id.message", string="Why It Is Not in Sync"
    )
    netsuite_internal_id = fields.Integer(
        related="netsuite_record_id.internal_id", string="NetSuite Internal ID"
    )
    netsuite_number = fields.Char(related="netsuite_record_id.name", string="NetSuite Number")
    netsuite_last_modified = fields.Datetime(
        related="netsuite_record_id.last_modified", string="Last Change in NetSuite"
    )
    netsuite_synced_at = fields.Datetime(
        related="netsuite_record_id.booked_at", string="Last Synchronised"
    )
    netsuite_state = fields.Selection(
        [
            ("in_step", "In sync"),
            ("waiting", "Waiting"),
            ("unchecked", "Not yet checked"),
            ("stale", "Stale"),
            ("failed", "Failed"),
            ("difference", "Difference"),
            ("removed", "Deleted in NetSuite"),
            ("voided", "Voided in NetSuite"),
            ("merged", "Merged in NetSuite"),
            ("left_out", "Skipped"),
        ],
        compute="_compute_netsuite_state",
        # A customer can be shared by companies that one user may not all see.
        compute_sudo=True,
        string="NetSuite State",
    )
    netsuite_status = fields.Char(
        compute="_compute_netsuite_status",
        compute_sudo=True,
        string="Status in NetSuite",
        help="As NetSuite's own page of the record shows it, as of its last change there.",
    )
    netsuite_mirrored = fields.Boolean(
        compute="_compute_netsuite_mirrored",
        compute_sudo=True,
        string="Kept by NetSuite",
        help="Only NetSuite pays, applies, credits and changes it; Odoo follows.",
    )
    netsuite_url = fields.Char(
        compute="_compute_netsuite_url", compute_sudo=True, string="Open in NetSuite"
    )

    @api.depends(
        "netsuite_record_id.state",
        "netsuite_record_id.left_out",
        "netsuite_record_id.removal_kind",
        "netsuite_record_id.unproved",
        "netsuite_record_id.issue_ids.state",
    )
    def _compute_netsuite_state(self):
        states = {
            "pending": "waiting",
            "blocked": "waiting",
            "failed": "failed",
            "removed": "removed",
            "booked": "in_step",
            "ignored": "in_step",
        }
        doubted = self.netsuite_record_id._mirror_states()
        for mirrored in self:
            record = mirrored.netsuite_record_id
            different = record.issue_ids.filtered(
                # One that someone set aside is a difference still.
                lambda issue: issue.kind == "difference" and issue.state != "solved"
            )
            state = "left_out" if record.left_out else states.get(record.state, False)
            if state in ("removed", "in_step") and record.removal_kind in ("voided", "merged"):
                state = record.removal_kind
            if state == "in_step":
                state = doubted.get(record, state)
            mirrored.netsuite_state = "difference" if different else state

    @api.depends("netsuite_record_id.connection_id.active")
    def _compute_netsuite_mirrored(self):
        for mirrored in self:
            record = mirrored.netsuite_record_id
            mirrored.netsuite_mirrored = bool(record) and record._is_mirrored()

    @api.depends("netsuite_record_id")
    def _compute_netsuite_url(self):
        for mirrored in self:
            mirrored.netsuite_url = mirrored.netsuite_record_id._ui_url()

    @api.depends("netsuite_record_id.payload", "netsuite_record_id.state")
    def _compute_netsuite_status(self):
        for mirrored in self:
            record = mirrored.netsuite_record_id
            # What NetSuite has deleted has no status any more; the last one would mislead.
            mirrored.netsuite_status = record.state != "removed" and record._status_name()

    # === CRUD METHODS === #

    @hook
    def write(self, vals):
        before = self._netsuite_watched(vals)
        result = super().write(vals)
        if before:
            self._netsuite_changed(before)
        return result

    @hook
    def _netsuite_watched(self, vals):
        """Return what `_netsuite_changed` needs to know of these records before they are written.

        :param vals: {field: value}, as `write` was given it.
        :return: {} where nothing of it matters to NetSuite.
        """
        return {}

    @hook
    def _netsuite_changed(self, before):
        """Follow what a user, or Odoo itself, has written on these records.

        :param before: what `_netsuite_watched` returned.
        """

    def unlink(self):
        # sudo: netsuite.record - deleting the mirror needs no right on its source
        records, parts = self.sudo().netsuite_record_id, self._netsuite_part_of()
        result = super().unlink()
        records._mirror_deleted(parts)
        return result

    @hook
    def _netsuite_part_of(self):
        """Return the `netsuite.record` rows of which these are one mirror among several."""
        # sudo: netsuite.record - deleting the mirror needs no right on its source
        return self.env["netsuite.record"].sudo()

    # === ACTION METHODS === #

    def action_netsuite_open(self):
        """Open this record in NetSuite's own pages."""
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": self.netsuite_url, "target": "new"}

    def action_netsuite_history(self):
        """Open what NetSuite sent for this record, and what stopped it."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("%s in NetSuite", self.display_name),
            "res_model": "netsuite.record",
            "res_id": self.netsuite_record_id.id,
            "view_mode": "form",
        }
