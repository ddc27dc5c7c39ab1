import json

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...const import WRITER_GROUP
from ...mappers.text import enumerated
from .netsuite_writeback import ENDED, UNDER_WAY, UNSETTLED
from .operation import OPERATIONS


class NetsuiteWriteback(models.Model):
    """What people see of a write-back, and the buttons; none of them calls NetSuite."""

    _inherit = "netsuite.writeback"

    hold_reason = fields.Char(
        compute="_compute_hold_reason", string="Waits For", help="Why it has not been sent yet."
    )
    note = fields.Text(
        compute="_compute_note",
        string="Remark",
        help="What keeps it from going on, or what NetSuite said.",
    )
    advice = fields.Text(related="issue_id.advice", string="What to Do")
    payload_json = fields.Text(compute="_compute_payload_json", string="JSON")
    netsuite_url = fields.Char(compute="_compute_netsuite_url", string="Open in NetSuite")
    can_undo = fields.Boolean(compute="_compute_can_undo")
    source_name = fields.Char(compute="_compute_source_name", string="Record")

    # === COMPUTE METHODS === #

    @api.depends("state", "next_try", "connection_id", "record_id.left_out")
    def _compute_hold_reason(self):
        now, held = fields.Datetime.now(), {}
        unsettled = (
            self.search(
                [("record_id", "in", self.record_id.ids), ("state", "in", UNSETTLED)], order="id"
            )
            # What does not fit never reaches NetSuite, and nothing waits for it.
            .filtered(lambda row: not any(value.problem for value in row.value_ids))
            .grouped("record_id")
        )
        for row in self:
            connection = row.connection_id
            if row.state == "draft":
                row.hold_reason = self.env._("Waits for review")
                continue
            if row.state not in ("queued", "ambiguous", "sent"):
                row.hold_reason = False
                continue
            key = connection, row.operation
            if key not in held:
                held[key] = connection._hold_sentence(row.operation)
            # The first of a record's has to be settled before the others.
            first = unsettled.get(row.record_id, row)[:1]
            row.hold_reason = held[key] or row._own_hold_sentence(now, first)

    @api.depends("error", "hold_reason", "state")
    def _compute_note(self):
        for row in self:
            # That a draft waits for review is its state.
            held = row.state != "draft" and row.hold_reason
            row.note = "\n".join(filter(None, [held, row.error])) or False

    def _own_hold_sentence(self, now, first):
        """Return why this one waits although others are sent, or False.

        :param first: the first write-back of the same record that is not settled.
        """
        connection = self.connection_id
        if self.state == "ambiguous" and self.next_try:
            return self.env._(
                "NetSuite is asked at %s whether it has this",
                connection._moment(self.next_try, now),
            )
        if self.state != "queued":
            return False
        if not self.record_id:
            return self.env._("The NetSuite record is no longer known here")
        if self.record_id.left_out == "excluded":
            return self.env._("The customer is on the exclusion list")
        if self.next_try and self.next_try > now:
            return self.env._("Next try at %s", connection._moment(self.next_try, now))
        if first.id and first.id < self._origin.id:
            return self.env._("Waits for an earlier write-back: %s", first.summary)
        return False

    @api.depends("payload")
    def _compute_payload_json(self):
        for row in self:
            row.payload_json = json.dumps(row.payload or {}, indent=2, ensure_ascii=False)

    @api.depends("record_id")
    def _compute_netsuite_url(self):
        for row in self:
            row.netsuite_url = row.record_id._ui_url()

    @api.depends("state", "record_id", "value_ids.former")
    def _compute_can_undo(self):
        for row in self:
            known = row.record_id and any(each.former for each in row.value_ids)
            row.can_undo = row.state == "confirmed" and bool(known)

    @api.depends("source_ref")
    def _compute_source_name(self):
        present = {}
        for row in self:
            if source := row.source_ref:
                present.setdefault(source._name, set()).add(source.id)
        # sudo: names of records whose write-back may be seen
        named = {
            (model, record.id): record.display_name
            for model, ids in present.items()
            for record in self.env[model].sudo().browse(ids).exists()
        }
        for row in self:
            source = row.source_ref
            name = source and named.get((source._name, source.id))
            row.source_name = name or row._target_name()

    # === ACTION METHODS === #

    def action_push(self):
        """Queue what was reviewed; it is sent in the background, never by this click."""
        drafts = self.filtered(lambda row: row.state == "draft")
        drafts._check_pusher()
        pushed = drafts.sudo()._advance("queued", pushed_by_id=self.env.user.id, next_try=False)
        return self._queued(pushed)

    def action_retry(self):
        """Send again what failed or was blocked."""
        stopped = self.filtered(lambda row: row.state in ("failed", "blocked"))
        stopped._check_pusher()
        unfit = stopped.filtered("value_ids.problem")
        if unfit and unfit == stopped:
            raise UserError(
                self.env._(
                    "Correct the value in Odoo: it is written to NetSuite once it has been "
                    "saved. %s",
                    enumerated(unfit.mapped("error")),
                )
            )
        stopped -= unfit
        rows = stopped.sudo()
        retried = rows._advance(
            "queued", error=False, setbacks=0, next_try=False, pushed_by_id=self.env.user.id
        )
        retried._let_issues_go()
        return self._queued(retried)

    def _queued(self, rows):
        """Have rows sent in the background, and say what happens to them."""
        for connection in rows.connection_id:
            connection._trigger_cron("write")
        held = [
            sentence
            for connection in rows.connection_id
            if (sentence := connection._hold_sentence(rows[0].operation))
        ]
        if not rows:
            return self._told(self.env._("Nothing to send among these."), "warning")
        if held:
            return self._told(
                self.env._("Queued: %(count)s. Held: %(reason)s", count=len(rows), reason=held[0]),
                "warning",
            )
        return self._told(
            self.env._("Queued: %s. NetSuite is called in the background.", len(rows))
        )

    def action_cancel(self):
        """Give up what is not under way; nothing of it reaches NetSuite any more."""
        self._check_reviewer()
        busy = self.filtered(lambda row: row.state in UNDER_WAY)
        if busy:
            raise UserError(
                self.env._(
                    "It is on its way to NetSuite; wait until NetSuite has answered: %s",
                    enumerated(busy.mapped("summary")),
                )
            )
        open_rows = self.filtered(lambda row: row.state not in ENDED)
        rows = open_rows.sudo()  # sudo: netsuite.writeback - states move by what a user decides
        rows._end("cancelled", self.env._("Cancelled by %s.", self.env.user.name))
        return self._told(self.env._("%s cancelled.", len(rows)))

    def action_undo(self):
        """Mean to give the fields back their former values; it is reviewed like any other."""
        self._check_pusher()
        made = self.browse()
        for row in self:
            if not row.can_undo:
                raise UserError(
                    self.env._(
                        "This cannot be taken back: it is not confirmed, or nobody has read what "
                        "NetSuite held before. %s",
                        row.summary,
                    )
                )
            if row.search_count([("undo_of_id", "=", row.id), ("state", "not in", ENDED)], limit=1):
                raise UserError(self.env._("An undo is already pending: %s", row.summary))
            conflict = row._conflict_of_fields()
            if conflict:
                raise UserError(
                    self.env._("Decide the conflict of the same fields first: %s", conflict.summary)
                )
            changes = OPERATIONS[row.operation].undo(row)
            # sudo: netsuite.writeback - the program writes them, by what a user decides
            made |= row.sudo()._intend(row.record_id, changes, source=row._source(), undo_of=row)
        return made._opened()

    def _conflict_of_fields(self):
        """Return a conflict about one of the fields that this has written, if there is any."""
        return self.search(
            [
                ("record_id", "=", self.record_id.id),
                ("state", "=", "conflict"),
                ("value_ids.field_name", "in", self.value_ids.mapped("field_name")),
            ],
            limit=1,
        )

    def action_apply_choices(self):
        """Go on with what was chosen for each field of a conflict."""
        self.ensure_one()
        self._check_reviewer()
        if self.state != "conflict":
            return False
        undecided = self.value_ids.filtered(lambda value: not value.choice)
        if undecided:
            raise UserError(
                self.env._(
                    "Choose which value to keep for %s.", ", ".join(undecided.mapped("label"))
                )
            )
        row = self.sudo()  # sudo: netsuite.writeback - as in `action_cancel`
        given_up = row.value_ids.filtered(lambda value: value.choice == "netsuite")
        if given_up == row.value_ids:
            row._end("cancelled", self.env._("%s kept NetSuite's values.", self.env.user.name))
            return True
        # What a person has seen is what the field holds now.
        for value in row.value_ids - given_up:
            value.write({"base": value.found, "base_known": bool(value.found), "choice": False})
        row._give_up(given_up)
        row._advance("draft", error=False, setbacks=0)
        row._let_issues_go()
        if row._may_push(self.env.user):
            self.action_push()
        elif row.mode == "automatic":
            # Who decides what holds need not be who may push.
            pusher = row.connection_id._pushing_user(row.operation)
            row._queued(row._advance("queued", pushed_by_id=pusher.id))
        return True

    def _may_push(self, user):
        return user.has_group(WRITER_GROUP) and not (
            self.connection_id.two_persons and user in self.maker_ids
        )

    def action_keep_odoo(self):
        """Decide conflicts for Odoo's values."""
        return self._decide("odoo")

    def action_keep_netsuite(self):
        """Decide conflicts for NetSuite's values."""
        return self._decide("netsuite")

    def _decide(self, choice):
        self._check_reviewer()
        for row in self.filtered(lambda row: row.state == "conflict"):
            row.sudo().value_ids.choice = choice  # sudo: netsuite.writeback.value - as above
            row.action_apply_choices()
        return True

    def action_open_source(self):
        """Open the Odoo record that this came from."""
        self.ensure_one()
        source = self._source()
        if not source:
            raise UserError(self.env._("The Odoo record was deleted; the write-back remains."))
        return {
            "type": "ir.actions.act_window",
            "res_model": source._name,
            "res_id": source.id,
            "view_mode": "form",
        }

    def action_open_in_netsuite(self):
        """Open the record in NetSuite's own pages."""
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": self.netsuite_url, "target": "new"}

    def _opened(self):
        """Return the action that shows these write-backs."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "kolleno_netsuite.netsuite_writeback_action"
        )
        if len(self) == 1:
            return {**action, "res_id": self.id, "view_mode": "form", "views": [(False, "form")]}
        return {**action, "domain": [("id", "in", self.ids)], "context": {}}

    def _told(self, message, kind="success"):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": message,
                "type": kind,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
