import uuid

from odoo import api, fields, models
from odoo.exceptions import AccessError

from ...const import ACCOUNTANT_GROUP, WRITER_GROUP
from ...mappers.bodies import field_update
from ...mappers.text import enumerated
from ..connection.hook import hook

# Ours are told by their beginning from ids that other integrations of the account have made.
EXTERNAL_ID_PREFIX = "kolleno"
# States of what NetSuite may not have got, or may have got: what follows on the same record waits.
UNSETTLED = ("queued", "sending", "sent", "ambiguous", "failed", "blocked", "conflict")
# States in which nothing is under way: another value takes the place of the one meant before.
CHANGEABLE = ("draft", "queued", "failed", "blocked", "conflict")
# States in which NetSuite may be carrying it out, or has.
UNDER_WAY = ("sending", "sent", "ambiguous")
# States that a person has to look at.
PROBLEMS = ("failed", "blocked", "conflict")
ENDED = ("confirmed", "cancelled", "undone")
# Fields that the sentence of a write-back names one by one.
SPELT_OUT = 5


class NetsuiteWriteback(models.Model):
    """One thing to do in NetSuite: written in the user's transaction, sent once, and read back.

    A row outlives the record that it came from. What it means is in `value_ids` and `payload`,
    what became of it in `state` and `attempt_ids`; only drivers send.
    """

    _name = "netsuite.writeback"
    _description = "NetSuite Write-back"
    _inherit = "netsuite.state.machine"
    _order = "id desc"
    _rec_name = "summary"

    connection_id = fields.Many2one(
        "netsuite.connection", required=True, index=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", readonly=True, index=True)
    operation = fields.Selection(
        [("field_update", "Field update")], required=True, readonly=True, default="field_update"
    )
    state = fields.Selection(
        [
            ("draft", "To review"),
            ("queued", "Queued"),
            ("sending", "Sending"),
            ("sent", "Sent"),
            ("confirmed", "Confirmed"),
            ("ambiguous", "Outcome unknown"),
            ("failed", "Failed"),
            ("blocked", "Blocked"),
            ("conflict", "Conflict"),
            ("cancelled", "Cancelled"),
            ("undone", "Undone"),
        ],
        transitions={
            "draft": {"draft", "queued", "cancelled"},
            "queued": {"queued", "sending", "confirmed", "failed", "blocked", "conflict"}
            | {"cancelled"},
            # Nothing was sent, or nothing came of it: back into the queue.
            "sending": {"sent", "queued", "ambiguous", "failed", "blocked"},
            "sent": {"confirmed", "conflict"},
            "ambiguous": {"ambiguous", "sent", "queued", "failed", "conflict"},
            "failed": {"draft", "queued", "cancelled"},
            "blocked": {"draft", "queued", "cancelled"},
            # A decision is reviewed like any other intent.
            "conflict": {"draft", "cancelled"},
            "confirmed": {"undone"},
            "cancelled": set(),
            "undone": set(),
        },
        required=True,
        readonly=True,
        default="draft",
        index=True,
        group_expand="_group_expand_state",
    )
    mode = fields.Selection(
        [("review", "After review"), ("automatic", "Automatically")],
        string="Pushed",
        required=True,
        readonly=True,
        default="review",
        help="As it was set when the write-back was made; a later change of the setting leaves it.",
    )
    summary = fields.Char(string="What NetSuite Gets", required=True, readonly=True)
    external_id = fields.Char(
        string="External ID",
        required=True,
        readonly=True,
        copy=False,
        default=lambda self: self._new_external_id(),
        help="Stored with the intent. Whatever this makes in NetSuite carries it.",
    )
    payload = fields.Json(readonly=True, help="The body that NetSuite gets.")
    error = fields.Text(
        string="Problem",
        readonly=True,
        help="NetSuite's own words, or what keeps it from going on.",
    )
    refused = fields.Boolean(
        readonly=True, help="NetSuite answered with a refusal, and is asked what it stored."
    )
    record_type = fields.Selection("_selection_record_type", readonly=True)
    netsuite_internal_id = fields.Integer(
        string="NetSuite Internal ID", readonly=True, aggregator=None
    )
    record_id = fields.Many2one(
        "netsuite.record", readonly=True, index="btree_not_null", ondelete="set null"
    )
    source_ref = fields.Reference(
        "_selection_source", string="Odoo Record", readonly=True, help="Where it came from."
    )
    value_ids = fields.One2many("netsuite.writeback.value", "writeback_id", readonly=True)
    attempt_ids = fields.One2many("netsuite.writeback.attempt", "writeback_id", readonly=True)
    attempts = fields.Integer(readonly=True, aggregator=None, help="How often it was sent.")
    setbacks = fields.Integer(
        readonly=True, aggregator=None, help="Tries in a row that did not reach NetSuite."
    )
    next_try = fields.Datetime(readonly=True)
    sent_at = fields.Datetime(readonly=True)
    confirmed_at = fields.Datetime(readonly=True)
    user_id = fields.Many2one(
        "res.users", string="Made By", readonly=True, default=lambda self: self.env.user
    )
    maker_ids = fields.Many2many(
        "res.users", string="Changed By", readonly=True, help="Whose changes it holds."
    )
    pushed_by_id = fields.Many2one(
        "res.users",
        readonly=True,
        help="Who pushed it, or who switched on that it is pushed automatically.",
    )
    action_id = fields.Many2one(
        "ir.actions.server", readonly=True, index="btree_not_null", ondelete="set null"
    )
    undo_of_id = fields.Many2one("netsuite.writeback", readonly=True, ondelete="set null")
    issue_id = fields.Many2one(
        "netsuite.issue", readonly=True, index="btree_not_null", ondelete="set null"
    )

    _external_id_unique = models.UniqueIndex("(external_id)", "This external ID is taken already.")
    _target_index = models.Index(
        "(connection_id, record_type, netsuite_internal_id, id)"
        " WHERE state NOT IN ('confirmed', 'cancelled', 'undone')"
    )
    _due_index = models.Index("(connection_id, id) WHERE state IN ('queued', 'sent', 'ambiguous')")

    @api.model
    def _new_external_id(self):
        return f"{EXTERNAL_ID_PREFIX}-{uuid.uuid4()}"

    @api.model
    def _selection_record_type(self):
        return self.env["netsuite.record"]._selection_record_type()

    @hook
    @api.model
    def _selection_source(self):
        """Return the models whose records give rise to write-backs."""
        names = ("res.partner", "account.move", "account.payment")
        return [(name, self.env[name]._description) for name in names]

    @api.model
    def _group_expand_state(self, states, _domain):
        """Return those of the states, in the order in which a write-back takes them."""
        return [state for state in dict(self._fields["state"].selection) if state in states]

    # === INTENTS === #

    @api.model
    def _intend(self, record, changes, source=None, action=None, undo_of=None, **values):
        """Mean to change fields of a NetSuite record; never commits, never calls.

        What is not under way yet of the same record takes the new values: the latest counts.

        :param record: the `netsuite.record` that is to change.
        :param changes: ``[WritebackChange]``, one for each field.
        :param source: the Odoo record that it comes from.
        :param action: the `ir.actions.server` that means it.
        :param undo_of: the write-back that this takes back.
        :param values: of the write-back, in place of what the connection's settings give.
        :return: the write-back; an empty one when nothing is left to change.
        """
        connection = record.connection_id
        mode = values.pop("mode", connection._write_mode("field_update"))
        common = {
            "connection_id": connection.id,
            "company_id": record.company_id.id,
            "record_type": record.record_type,
            "netsuite_internal_id": record.internal_id,
            "record_id": record.id,
            "source_ref": source and f"{source._name},{source.id}",
            "action_id": action.id if action else False,
            "undo_of_id": undo_of.id if undo_of else False,
            "mode": mode,
            "summary": "…",
            **values,
        }
        open_rows = self.search(
            [
                ("connection_id", "=", connection.id),
                ("record_type", "=", record.record_type),
                ("netsuite_internal_id", "=", record.internal_id),
                ("operation", "=", "field_update"),
                ("state", "in", CHANGEABLE),
            ]
        )
        conflicts = open_rows.filtered(lambda row: row.state == "conflict")
        open_rows -= conflicts
        unfit = [change for change in changes if change.problem]
        # What does not fit takes the place of what was to be sent: it is no longer in Odoo.
        open_rows._supersede({change.field for change in unfit})
        self._block(unfit, common)
        changes = self._based([change for change in changes if not change.problem], record)
        changes = conflicts._take_over(changes)
        same = open_rows.filtered(lambda row: row._takes_up(mode, undo_of))[:1]
        bases = (open_rows - same)._supersede({change.field for change in changes})
        changes = [change.based_on(*bases.get(change.field, (None, False))) for change in changes]
        if not changes:
            return same
        if not same:
            same = self.create(common)
        same._mean(changes)
        if same.state in ("failed", "blocked"):
            same._advance("draft", error=False, setbacks=0)
            same._let_issues_go()
        if mode == "automatic" and same.state == "draft":
            same._advance("queued", pushed_by_id=connection._pushing_user("field_update").id)
        return same

    def _takes_up(self, mode, undo_of):
        """Tell whether this write-back takes up newer values of the same record.

        Not what a person has reviewed and pushed, nor what takes another one back: each of them
        says what it does.

        :param mode: how the newer values are pushed.
        :param undo_of: the write-back that the newer values take back.
        """
        self.ensure_one()
        reviewed = self.mode == "review" and self.state == "queued"
        undoing = self.undo_of_id or undo_of
        unfit = any(value.problem for value in self.value_ids)
        return self.mode == mode and not (reviewed or undoing or unfit)

    def _block(self, changes, common):
        """Keep values that NetSuite's fields cannot hold, each until it is corrected in Odoo.

        :param changes: ``[WritebackChange]``, each with its problem.
        :param common: values of the rows.
        """
        for change in changes:
            why = self.env._("%(field)s: %(why)s", field=change.label, why=change.problem)
            row = self.create({**common, "state": "blocked", "error": why})
            row._mean([change])
            row._note_problem(
                f"UNFIT:{change.field}",
                self.env._("values in Odoo do not fit the field %s", change.label),
                why,
                self.env._(
                    "Correct the value in Odoo: it is written to NetSuite once it has been saved."
                ),
            )

    def _based(self, changes, record):
        """Return `changes` as they follow on what is under way to the same fields.

        What is sent before them is no change of NetSuite's.
        """
        under_way = self.search(
            [
                ("record_id", "=", record.id),
                ("state", "in", UNDER_WAY),
            ],
            order="id",
        )
        coming = {}
        for row in under_way:
            coming |= row.value_ids._meant()
        return [
            change.based_on(coming.get(change.field), change.field in coming) for change in changes
        ]

    def _mean(self, changes):
        """Take `changes` up into this write-back, each in place of what it meant before."""
        self.ensure_one()
        known = {value.field_name: value for value in self.value_ids}
        for change in changes:
            values = change.stored_values()
            if change.field in known:
                # What was in NetSuite when the first of them was meant is what they all change.
                before = {"base", "base_known"} if known[change.field].base_known else set()
                if not change.mapping:
                    # What a rule means instead is what the mapped field follows.
                    before |= {"mapping_id"}
                known[change.field].write(
                    {name: value for name, value in values.items() if name not in before}
                )
            else:
                self.env["netsuite.writeback.value"].create({**values, "writeback_id": self.id})
        self.invalidate_recordset(["value_ids"])
        self.maker_ids |= self.env.user
        self._say_what()

    def _take_over(self, changes):
        """Let conflicts take new values of their fields; return the changes of other fields.

        A person decides there anyway, and sees the latest value.
        """
        rest = list(changes)
        for row in self:
            fields_here = set(row.value_ids.mapped("field_name"))
            own = [change for change in rest if change.field in fields_here]
            if own:
                # It no longer gives the former values back.
                row.undo_of_id = False
                row._mean(own)
                rest = [change for change in rest if change.field not in fields_here]
        return rest

    def _supersede(self, field_names):
        """Take fields out of write-backs that are not under way: a newer one writes them.

        :return: {field: (what NetSuite held when it was meant first, whether that is known)}.
        """
        bases = {}
        for row in self:
            old = row.value_ids.filtered(lambda value: value.field_name in field_names)
            for value in old:
                bases[value.field_name] = (value.base or {}).get("value"), value.base_known
            if old and old == row.value_ids:
                reason = self.env._("A newer write-back sets the same fields.")
                row._advance("cancelled", error=reason, next_try=False)
                row._let_issues_go()
            elif old:
                old.unlink()
                row._say_what()
        return bases

    def _say_what(self):
        """Write down the body and the sentence of what these write-backs mean now."""
        for row in self:
            changes = row.value_ids._changes()
            row.write(
                {
                    "payload": field_update.shown(changes),
                    "summary": row._sentence(),
                }
            )

    def _sentence(self):
        """Return what NetSuite gets, in one sentence."""
        self.ensure_one()
        record, (to_set, to_clear) = self._target_name(), self.value_ids._phrases()
        words = {"set": self._joined(to_set), "clear": self._joined(to_clear), "record": record}
        if not to_clear:
            sentence = self.env._("Set %(set)s on %(record)s", **words)
        elif not to_set:
            sentence = self.env._("Clear %(clear)s on %(record)s", **words)
        else:
            sentence = self.env._("Set %(set)s and clear %(clear)s on %(record)s", **words)
        return self.env._("Undo: %s", sentence) if self.undo_of_id else sentence

    def _joined(self, parts):
        """Return the parts of a sentence with "and" before the last; many of them shortened."""
        if len(parts) < 2 or len(parts) > SPELT_OUT:
            return enumerated(parts)
        return self.env._("%(others)s and %(last)s", others=enumerated(parts[:-1]), last=parts[-1])

    def _target_name(self):
        """Return what people call the NetSuite record: invoice INV-1044 of Globex."""
        record = self.record_id
        number = record.name or str(self.netsuite_internal_id)
        source = self._source()
        if self.record_type == "customer" and source and source._name == "res.partner":
            # The customer itself, or a contact that stands for it.
            number = self.env._(
                "%(name)s (%(number)s)",
                name=source.sudo().commercial_partner_id.display_name,
                number=number,
            )
        names = {
            "customer": self.env._("customer %s", number),
            "invoice": self.env._("invoice %s", number),
            "creditmemo": self.env._("credit memo %s", number),
            "customerpayment": self.env._("payment %s", number),
        }
        name = names.get(self.record_type, number)
        partner = source and source._name != "res.partner" and source.sudo().partner_id
        if not partner:
            return name
        return self.env._(
            "%(document)s of %(customer)s",
            document=name,
            customer=partner.commercial_partner_id.display_name,
        )

    def _source(self):
        """Return the Odoo record that this came from; None where it is gone."""
        return (self.source_ref and self.source_ref.exists()) or None

    # === ENDS === #

    def _end(self, state, reason=False, **values):
        """Bring write-backs to an end, and let the mirror follow NetSuite again.

        :param state: ``confirmed``, ``cancelled`` or ``undone``.
        :param reason: why, when it is not what was meant.
        """
        for row in self:
            if state == "cancelled":
                row._release_followers()
            row._mappings()._forget(row.record_id)
        ended = self._advance(state, error=reason, next_try=False, refused=False, **values)
        if state == "confirmed":
            ended._make_known()
            ended.undo_of_id.filtered(lambda row: row.state == "confirmed")._end("undone")
        ended._let_issues_go()
        ended._follow_netsuite()
        return ended

    def _mappings(self):
        """Return the field mappings of the fields that this writes, whoever meant them."""
        self.ensure_one()
        return self.env["netsuite.field.mapping"]._of_fields(
            self.connection_id, self.record_type, self.value_ids.mapped("field_name")
        )

    def _release_followers(self):
        """Let later write-backs of the same fields know that this one never changed them."""
        later = self._later()
        for value in self.value_ids:
            for other in later.value_ids:
                if (other.field_name, other.base) == (value.field_name, value.meant):
                    other.write({"base": value.base, "base_known": value.base_known})

    def _make_known(self):
        """Let later write-backs of the same fields take what is confirmed for what NetSuite holds.

        It is no change of somebody else's.
        """
        for row in self:
            meant = row.value_ids._meant()
            for value in row._later().value_ids:
                if value.field_name in meant:
                    value.write({"base": {"value": meant[value.field_name]}, "base_known": True})

    def _later(self):
        """Return what is meant of the same record and not under way."""
        self.ensure_one()
        return self.search(
            [
                ("connection_id", "=", self.connection_id.id),
                ("record_type", "=", self.record_type),
                ("netsuite_internal_id", "=", self.netsuite_internal_id),
                ("id", "!=", self.id),
                ("state", "in", CHANGEABLE),
            ]
        )

    def _give_up(self, values):
        """Take fields out whose value in NetSuite stays, or which another write-back writes."""
        self.ensure_one()
        # sudo: netsuite.record - only the sync books; who may decide about a write-back starts it
        record = values.mapping_id and self.record_id.sudo()
        values.mapping_id._forget(self.record_id)
        values.unlink()
        self._say_what()
        if record and record.state == "booked":
            record._requeue()

    def _follow_netsuite(self):
        """Have mapped fields booked again that waited for these write-backs."""
        # sudo: netsuite.record - only the sync books; who may end a write-back starts it
        records = self.filtered(lambda row: row._mappings()).record_id.sudo()
        records.filtered(lambda record: record.state == "booked")._requeue()

    # === RIGHTS === #

    def _check_pusher(self):
        """Refuse who may not have these write-backs sent.

        :raise AccessError: the right *May write to NetSuite* is missing, or another has to do it.
        """
        self.check_access("read")
        user = self.env.user
        if self.env.su:
            return
        if not user.has_group(WRITER_GROUP):
            raise AccessError(
                self.env._(
                    "Only users with the right May Write to NetSuite can do this. An administrator "
                    "grants it in the settings of a user."
                )
            )
        own = self.filtered(lambda row: row.connection_id.two_persons and user in row.maker_ids)
        if own:
            raise AccessError(
                self.env._(
                    "You made these changes yourself; %(connection)s is set to have another person "
                    "push them: %(rows)s",
                    connection=own.connection_id[:1].name,
                    rows=enumerated(own.mapped("summary")),
                )
            )

    def _check_reviewer(self):
        """Refuse who may not decide about write-backs.

        :raise AccessError: the user is no accountant.
        """
        self.check_access("read")
        if not (self.env.su or self.env.user.has_group(ACCOUNTANT_GROUP)):
            raise AccessError(self.env._("Only NetSuite accountants may do this."))
