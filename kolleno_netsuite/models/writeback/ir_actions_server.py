import json
import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools.safe_eval import datetime, dateutil, safe_eval, time

from ...const import SETTINGS_GROUP, UPDATED_TYPES
from ...mappers.bodies import field_update
from ...mappers.fields import ConversionError
from ...mappers.text import enumerated
from ..field_mapping.field_target import TARGETS

_logger = logging.getLogger(__name__)

STATE = "netsuite_update"
# Days that Odoo's log keeps what an action has skipped: a quarter, as the runs are kept.
SKIP_LOG_DAYS = 90
# {model: NetSuite record types of what mirrors them, the usual one first}.
TYPES_OF_MODEL = {}
for _record_type in UPDATED_TYPES:
    TYPES_OF_MODEL.setdefault(TARGETS[_record_type].model, []).append(_record_type)


class IrActionsServer(models.Model):
    """A server action that changes fields of the NetSuite record behind an Odoo record.

    It stands wherever server actions do: in automation rules, scheduled actions, and the Action
    menu. It writes nothing itself: it makes one write-back for each record.
    """

    _inherit = "ir.actions.server"

    state = fields.Selection(
        selection_add=[(STATE, "Update NetSuite Record"), ("code",)],
        # A scheduled action keeps its action from being deleted.
        ondelete={STATE: lambda actions: actions._delete_with_schedules()},
    )
    netsuite_connection_id = fields.Many2one(
        "netsuite.connection",
        string="NetSuite Account",
        ondelete="cascade",
        help="Only records of this account. Without one, each record's own account.",
    )
    netsuite_record_type = fields.Selection(
        "_selection_netsuite_record_type",
        string="NetSuite Record",
        compute="_compute_netsuite_record_type",
        store=True,
        readonly=False,
        help="Follows from the model. Invoices and credit memos are two kinds in NetSuite, and an "
        "action writes to one of them.",
    )
    netsuite_line_ids = fields.One2many(
        "netsuite.update.line", "action_id", string="Fields to Set", copy=True
    )
    netsuite_on_failure = fields.Selection(
        [
            ("continue", "Go on with the other fields"),
            ("stop", "Skip the record's remaining fields"),
        ],
        string="If a Value Does Not Fit",
        default="continue",
    )
    netsuite_run_mode = fields.Selection(
        [("queued", "With the next synchronisation"), ("immediate", "Right away")],
        string="Send",
        default="queued",
        help="Either way it is sent in the background, and after review where the connection says "
        "so. Right away: as soon as the change is saved, without waiting for the next "
        "synchronisation.",
    )
    netsuite_group = fields.Selection(
        [
            ("self", "The customer"),
            ("parent", "The top of its hierarchy"),
            ("members", "All customers of its hierarchy"),
        ],
        string="Applies To",
        default="self",
    )
    netsuite_domain = fields.Char(
        string="Records",
        default="[]",
        help="Which records a scheduled action updates. Automation rules and the Action menu bring "
        "their own.",
    )
    netsuite_sample_ref = fields.Reference(
        "_selection_netsuite_sample",
        string="Dry Run On",
        compute="_compute_netsuite_sample_ref",
        readonly=False,
        help="Shows what NetSuite would get for this record. Nothing is sent.",
    )
    netsuite_sample_payload = fields.Text(
        string="NetSuite Would Get", compute="_compute_netsuite_sample_payload"
    )
    netsuite_writeback_count = fields.Integer(
        string="Write-backs",
        compute="_compute_netsuite_writeback_count",
        # Whoever administers actions sees this form.
        compute_sudo=True,
    )
    netsuite_skip_count = fields.Integer(
        string="Skipped", compute="_compute_netsuite_skip_count", groups=SETTINGS_GROUP
    )

    @api.model
    def _selection_netsuite_record_type(self):
        labels = self.env["netsuite.record"]._record_type_labels()
        return [(record_type, labels[record_type]) for record_type in UPDATED_TYPES]

    @api.model
    def _selection_netsuite_sample(self):
        return [(name, self.env[name]._description) for name in TYPES_OF_MODEL]

    # === COMPUTE METHODS === #

    @api.depends("state")
    def _compute_available_model_ids(self):
        ours = self.filtered(lambda action: action.state == STATE)
        if ours:
            ours.available_model_ids = self.env["ir.model"].search(
                [("model", "in", list(TYPES_OF_MODEL))]
            )
        super(IrActionsServer, self - ours)._compute_available_model_ids()

    @api.depends("state", "model_id")
    def _compute_netsuite_record_type(self):
        for action in self:
            types = TYPES_OF_MODEL.get(action.model_id.model, []) if action.state == STATE else []
            if action.netsuite_record_type not in types:
                action.netsuite_record_type = types[0] if types else False

    @api.depends("model_id", "state", "netsuite_record_type", "netsuite_connection_id")
    def _compute_netsuite_sample_ref(self):
        for action in self:
            record = action.state == STATE and action._netsuite_sample()
            action.netsuite_sample_ref = record and f"{record._name},{record.id}"

    def _netsuite_sample(self):
        """Return a record that this action could run on, or False."""
        Model = self.env.get(self.model_id.model)
        if self.model_id.model not in TYPES_OF_MODEL or not Model.has_access("read"):
            return False
        domain = [("netsuite_record_id.record_type", "=", self.netsuite_record_type)]
        if self.netsuite_connection_id:
            domain += [("netsuite_connection_id", "=", self.netsuite_connection_id.id)]
        return Model.search(domain, limit=1)

    @api.depends(
        "netsuite_sample_ref",
        "netsuite_on_failure",
        "netsuite_line_ids.field_name",
        "netsuite_line_ids.kind",
        "netsuite_line_ids.value_kind",
        "netsuite_line_ids.value",
    )
    def _compute_netsuite_sample_payload(self):
        for action in self:
            action.netsuite_sample_payload = action.state == STATE and action._netsuite_dry_run()

    def _netsuite_dry_run(self):
        """Return the JSON that NetSuite would get for the sample, or why it would get none."""
        record = self.netsuite_sample_ref
        if not record:
            return self.env._("There is no record in Odoo yet that this could run on.")
        targets, why = self._netsuite_targets(record)
        if not targets:
            return why
        try:
            changes, problems = self._netsuite_changes(record, targets[0])
        except (UserError, KeyError, AttributeError, TypeError) as error:
            # A line that is being typed.
            return self.env._("Not complete yet: %s", error)
        body = field_update.shown(
            field_update.Change(each.field, each.kind, each.value) for each in changes
        )
        name = TARGETS[self.netsuite_record_type].rest_name
        lines = [f"PATCH {name}/{targets[0].internal_id}"]
        lines += [json.dumps(body, indent=2, ensure_ascii=False), *problems]
        return "\n".join(lines)

    def _compute_netsuite_writeback_count(self):
        counts = dict(
            self.env["netsuite.writeback"]._read_group(
                [("action_id", "in", self.ids)], ["action_id"], ["__count"]
            )
        )
        for action in self:
            action.netsuite_writeback_count = counts.get(action, 0)

    def _compute_netsuite_skip_count(self):
        counts = dict(
            self.env["ir.logging"]._read_group(
                [("func", "in", [action._netsuite_log_key() for action in self])],
                ["func"],
                ["__count"],
            )
        )
        for action in self:
            action.netsuite_skip_count = counts.get(action._netsuite_log_key(), 0)

    def _netsuite_log_key(self):
        """Return what the lines of this action have in common in Odoo's log."""
        return f"{STATE}:{self._origin.id or self.id}"

    def _name_depends(self):
        return [*super()._name_depends(), "netsuite_record_type"]

    def _generate_action_name(self):
        self.ensure_one()
        if self.state == STATE and self.netsuite_record_type:
            labels = self.env["netsuite.record"]._record_type_labels()
            return self.env._("Update %s in NetSuite", labels[self.netsuite_record_type])
        return super()._generate_action_name()

    # === CONSTRAINT METHODS === #

    @api.constrains("state", "model_id", "netsuite_record_type", "netsuite_line_ids")
    def _check_netsuite_update(self):
        for action in self.filtered(lambda action: action.state == STATE):
            types = TYPES_OF_MODEL.get(action.model_id.model)
            if not types:
                raise ValidationError(
                    self.env._(
                        "%s has no record in NetSuite that could be updated. Choose customers, "
                        "invoices and credit memos, or payments.",
                        action.model_id.name,
                    )
                )
            if action.netsuite_record_type not in types:
                labels = self.env["netsuite.record"]._record_type_labels()
                raise ValidationError(
                    self.env._(
                        "%(model)s is not kept as %(type)s in NetSuite.",
                        model=action.model_id.name,
                        type=labels.get(action.netsuite_record_type, ""),
                    )
                )
            for field in action.netsuite_line_ids.field_id:
                if field.record_type != action.netsuite_record_type:
                    raise ValidationError(
                        self.env._("%s is a field of another record type.", field.display_name)
                    )
            names = [line.field_name.lower() for line in action.netsuite_line_ids]
            if len(names) > len(set(names)):
                raise ValidationError(self.env._("A field can be set only once by an action."))

    # === ACTION METHODS === #

    def action_netsuite_writebacks(self):
        """Open what this action has made."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "kolleno_netsuite.netsuite_writeback_action"
        )
        return {**action, "domain": [("action_id", "=", self.id)], "context": {}}

    def action_netsuite_skipped(self):
        """Open what this action has skipped, and why."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Skipped by %s", self.name),
            "res_model": "ir.logging",
            "view_mode": "list,form",
            "domain": [("func", "=", self._netsuite_log_key())],
        }

    # === RUNNING === #

    def _run_action_netsuite_update_multi(self, eval_context=None):
        """Make a write-back for each record; never calls NetSuite.

        :return: a notification with what was made and what was skipped.
        """
        records = (eval_context or {}).get("records") or (eval_context or {}).get("record")
        records = records or self._netsuite_scheduled_records()
        if not records or not self.netsuite_line_ids:
            return False
        if self._netsuite_is_echo():
            _logger.info("NetSuite: %s leaves %s alone: NetSuite just changed it", self, records)
            return False
        found = {record: self._netsuite_targets(record) for record in records.filtered("id")}
        self._check_netsuite_limit(sum(len(targets) for targets, _why in found.values()))
        made, skipped, seen = self.env["netsuite.writeback"], [], self.env["netsuite.record"]
        for record, (targets, why) in found.items():
            if not targets:
                skipped.append(
                    self.env._("%(record)s: %(why)s", record=record.display_name, why=why)
                )
            for target in targets - seen:
                seen |= target
                row, problems = self._netsuite_intend(record, target)
                made |= row
                skipped += problems
        self._netsuite_log(skipped)
        if self.netsuite_run_mode == "immediate":
            for connection in made.connection_id:
                connection._trigger_cron("write")
        return self._netsuite_result(made, skipped)

    def _netsuite_log(self, skipped):
        """Keep in Odoo's own log what was skipped: nobody sees what a rule answers.

        :param skipped: sentences.
        """
        # sudo: ir.logging - as the `log` that Odoo's own actions in code have
        Log = self.env["ir.logging"].sudo()
        key = self._netsuite_log_key()
        # A rule meets the same record again and again.
        known = set(Log.search([("func", "=", key), ("message", "in", skipped)]).mapped("message"))
        Log.create(
            [
                {
                    "type": "server",
                    "name": self.name,
                    "dbname": self.env.cr.dbname,
                    "level": "WARNING",
                    "message": sentence,
                    "path": "kolleno_netsuite",
                    "line": str(self.id),
                    "func": key,
                }
                for sentence in dict.fromkeys(skipped)
                if sentence not in known
            ]
        )

    def _delete_with_schedules(self):
        """Delete these actions, and the scheduled actions that are made of them."""
        self.ir_cron_ids.unlink()
        self.exists().unlink()

    @api.autovacuum
    def _gc_netsuite_log(self):
        """Forget what was skipped long ago; Odoo keeps its log for good."""
        oldest = fields.Datetime.now() - timedelta(days=SKIP_LOG_DAYS)
        domain = [("func", "=like", f"{STATE}:%"), ("create_date", "<", oldest)]
        self.env["ir.logging"].sudo().search(domain).unlink()  # sudo: ir.logging - as above

    def _netsuite_scheduled_records(self):
        """Return the records that a scheduled action updates; none where nobody chose them."""
        domain = self._netsuite_filter() if self.usage == "ir_cron" else []
        Model = self.env[self.model_name]
        if not domain:
            return Model
        mirrored = Domain("netsuite_record_id.record_type", "=", self.netsuite_record_type)
        return Model.search(mirrored & Domain(domain))

    def _netsuite_filter(self):
        """Return the domain of a scheduled action's records.

        It may hold what the domains of Odoo's own filters hold: days relative to today, the user.
        """
        context = {
            "context_today": lambda: fields.Date.context_today(self),
            "datetime": datetime,
            "relativedelta": dateutil.relativedelta.relativedelta,
            "time": time,
            "uid": self.env.uid,
        }
        return safe_eval(self.netsuite_domain or "[]", context)

    @api.constrains("netsuite_domain")
    def _check_netsuite_domain(self):
        for action in self.filtered("netsuite_domain"):
            try:
                Domain(action._netsuite_filter())
            except (ValueError, TypeError, SyntaxError) as error:
                raise ValidationError(
                    self.env._("The filter of the records cannot be read: %s", error)
                ) from error

    def _netsuite_is_echo(self):
        """Tell whether this runs because the synchronisation itself has just written."""
        return bool(self.env.context.get("netsuite_import"))

    def _netsuite_limit(self):
        """Return how many records this may update at once."""
        # sudo: netsuite.connection - a limit, for whoever runs the action
        connections = self.sudo().netsuite_connection_id or self.env[
            "netsuite.connection"
        ].sudo().search([("active", "=", True)])
        return min(connections.mapped("update_limit"), default=0)

    def _netsuite_is_over_limit(self):
        """Tell whether a rule, which runs once for each record, has made many in the last hour.

        What comes beyond the limit waits for review, however write-backs are pushed.
        """
        since = fields.Datetime.now() - timedelta(hours=1)
        # sudo: netsuite.writeback - only how many there are
        made = (
            self.env["netsuite.writeback"]
            .sudo()
            .search_count([("action_id", "=", self.id), ("create_date", ">=", since)])
        )
        return made >= self._netsuite_limit()

    def _check_netsuite_limit(self, count):
        limit = self._netsuite_limit()
        if limit and count > limit:
            raise UserError(
                self.env._(
                    "%(count)s records at once are more than the %(limit)s that the connection "
                    "allows. Choose fewer, or raise Records per Run there.",
                    count=count,
                    limit=limit,
                )
            )

    def _netsuite_intend(self, record, target):
        """Make the write-back of one NetSuite record; return (it, what was left out)."""
        changes, problems = self._netsuite_changes(record, target)
        name = record.display_name
        problems = [self.env._("%(record)s: %(why)s", record=name, why=why) for why in problems]
        # sudo: netsuite.writeback - who may run the action makes the write-back; it is reviewed,
        # or pushed, by those who may
        Writeback = self.env["netsuite.writeback"].sudo()
        if not changes:
            return Writeback, problems
        if problems and hasattr(record, "_message_log"):
            record.sudo()._message_log(  # sudo: mail.message - the action's own line
                body=self.env._(
                    "%(action)s: not written to NetSuite. %(why)s",
                    action=self.name,
                    why=" ".join(problems),
                )
            )
        values = {"mode": "review"} if self._netsuite_is_over_limit() else {}
        return Writeback._intend(target, changes, source=record, action=self, **values), problems

    def _netsuite_changes(self, record, target):
        """Return (``[WritebackChange]``, sentences about fields that were left out)."""
        changes, problems = [], []
        refusal = self.env["netsuite.field.mapping"]._refusal
        for line in self.netsuite_line_ids:
            why = target.connection_id._unwritable_sentence(
                line.field_name, self.netsuite_record_type
            )
            if not why:
                try:
                    changes.append(line._change(record, target))
                    continue
                except ConversionError as error:
                    why = refusal(error)
            problems.append(self.env._("%(field)s: %(why)s", field=line.field_name, why=why))
            if self.netsuite_on_failure == "stop":
                break
        return changes, problems

    def _netsuite_targets(self, record):
        """Return (the `netsuite.record` rows to update for one record, why there is none)."""
        none = self.env["netsuite.record"]
        if record._name != "res.partner" and record.state in ("cancel", "canceled"):
            return none, self.env._("it is cancelled")
        for mirror in self._netsuite_mirrors(record):
            found = mirror._netsuite_records_to_update()
            if self.netsuite_connection_id:
                found = found.filtered(
                    lambda each: each.connection_id == self.netsuite_connection_id
                )
            else:
                found = (
                    found.filtered(
                        lambda each, mirror=mirror: each == mirror.sudo().netsuite_record_id
                    )
                    or found
                )
            other = found.filtered(lambda each: each.record_type != self.netsuite_record_type)
            none |= (found - other).filtered(lambda each: each.state != "removed")
        if none:
            return none, ""
        labels = self.env["netsuite.record"]._record_type_labels()
        return none, self.env._(
            "it has no record under %s in NetSuite that could be updated",
            labels[self.netsuite_record_type],
        )

    def _netsuite_mirrors(self, record):
        """Return whose NetSuite records are meant: a contact's is its customer's."""
        if record._name != "res.partner":
            return record
        is_customer = record.sudo().netsuite_record_id.record_type == "customer"
        customer = record if is_customer else record.commercial_partner_id
        top = customer.netsuite_group_id or customer
        if self.netsuite_group == "parent":
            return top
        if self.netsuite_group == "members":
            return customer.search([("netsuite_group_id", "=", top.id)]) | customer
        return customer

    def _netsuite_result(self, made, skipped):
        """Return what to tell someone who ran this from a menu."""
        review = made.filtered(lambda row: row.state == "draft")
        parts = []
        if review:
            parts.append(self.env._("Waiting for review: %s.", len(review)))
        if made - review:
            parts.append(self.env._("Queued: %s.", len(made - review)))
        if skipped:
            parts.append(
                self.env._(
                    "%(count)s skipped: %(reasons)s",
                    count=len(skipped),
                    reasons=enumerated(skipped),
                )
            )
        return made._told("\n".join(parts), "warning" if skipped else "success")
