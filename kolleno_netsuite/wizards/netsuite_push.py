from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..mappers.text import enumerated

# Sentences that the dialog shows; the others stand in the list behind it.
SHOWN = 10


class NetsuitePush(models.TransientModel):
    """What is about to be written to NetSuite, in words, before it is pushed."""

    _name = "netsuite.push"
    _description = "Push NetSuite Write-backs"

    connection_id = fields.Many2one(
        "netsuite.connection",
        compute="_compute_connection_id",
        store=True,
        readonly=False,
        help="Whose first write-back this is about.",
    )
    writeback_ids = fields.Many2many("netsuite.writeback", required=True, readonly=True)
    shown = fields.Json(
        readonly=True, help="What NetSuite was to get when the dialog was opened, by write-back."
    )
    headline = fields.Char(compute="_compute_texts")
    sentences = fields.Text(compute="_compute_texts")
    warning = fields.Char(compute="_compute_texts", help="Why it would not be sent at once.")

    @api.depends("writeback_ids")
    def _compute_connection_id(self):
        for push in self:
            push.connection_id = push.writeback_ids[:1].connection_id or push.connection_id

    @api.depends("writeback_ids")
    def _compute_texts(self):
        for push in self:
            rows = push.writeback_ids
            push.headline = (
                self.env._("1 change will be written to NetSuite:")
                if len(rows) == 1
                else self.env._("%s changes will be written to NetSuite:", len(rows))
            )
            lines = [f"• {row.summary}" for row in rows[:SHOWN]]
            if len(rows) > SHOWN:
                lines.append(self.env._("… and %s more", len(rows) - SHOWN))
            push.sentences = "\n".join(lines)
            held = [
                sentence
                for (connection, operation) in {(row.connection_id, row.operation) for row in rows}
                if (sentence := connection._hold_sentence(operation))
            ]
            push.warning = " ".join(held)

    def action_push(self):
        """Queue them; they are sent in the background.

        :raise UserError: one of them means something else now than what was shown.
        """
        self.ensure_one()
        changed = self.writeback_ids.filtered(
            lambda row: row.state == "draft" and row.payload != (self.shown or {}).get(str(row.id))
        )
        if changed:
            raise UserError(
                self.env._(
                    "Somebody has changed this meanwhile. Close the dialog and look again: %s",
                    enumerated(changed.mapped("summary")),
                )
            )
        return self.writeback_ids.action_push()


class NetsuiteWriteback(models.Model):
    """Nothing is pushed from a list before the dialog has said what it is."""

    _inherit = "netsuite.writeback"

    def action_review(self):
        """Show in words what would be written for these write-backs, with the button to push."""
        drafts = self.filtered(lambda row: row.state == "draft")
        if not drafts:
            return self._told(self.env._("None of these waits for review."), "warning")
        drafts._check_pusher()
        push = self.env["netsuite.push"].create(
            {
                "writeback_ids": [Command.set(drafts.ids)],
                "shown": {str(row.id): row.payload for row in drafts},
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Write to NetSuite?"),
            "res_model": push._name,
            "res_id": push.id,
            "view_mode": "form",
            "target": "new",
        }


class NetsuiteConnection(models.Model):
    """The same for all that waits."""

    _inherit = "netsuite.connection"

    def action_review_all(self):
        """Show what would be written if all that waits for review were pushed."""
        return self._drafts().action_review()
