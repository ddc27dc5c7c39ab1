from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...const import RARE_TYPES, RECORD_TYPES, TRANSACTION_TYPES
from ...mappers.queries.shape import LINK_DATE, Shape
from ..connection.hook import hook

# What is known once the account has shown a project, or an invoice in instalments.
PROJECTS = "table:job"
INSTALMENTS = "instalments"


class NetsuiteConnection(models.Model):
    """What was read of an account: its streams, its runs, and that its records keep to it."""

    _inherit = "netsuite.connection"

    stream_ids = fields.One2many("netsuite.stream", "connection_id")
    run_ids = fields.One2many("netsuite.run", "connection_id")
    interval_minutes = fields.Integer(
        string="Interval (minutes)",
        default=15,
        tracking=True,
        help="Minutes between two reads of what changed in NetSuite.",
    )
    note_changes = fields.Boolean(
        string="Note Changes in the Chatter",
        default=True,
        help="One line on a record when a synchronisation changed it.",
    )

    # === FIELDS: WHAT THE ACCOUNT HAS === #

    fact_ids = fields.One2many("netsuite.fact", "connection_id", readonly=True)
    one_world = fields.Boolean(
        compute="_compute_one_world",
        store=True,
        help="The account has subsidiaries. As long as nobody knows, it is asked as if it had.",
    )
    multi_currency = fields.Boolean(
        string="Multiple Currencies",
        compute="_compute_shape",
        store=True,
        help="The account has other currencies than its own.",
    )
    link_dates = fields.Boolean(
        compute="_compute_shape",
        store=True,
        help="NetSuite tells when a payment was applied.",
    )
    has_projects = fields.Boolean(
        string="Projects",
        compute="_compute_shape",
        store=True,
        help="NetSuite has shown projects. What names one is booked for the project's customer.",
    )
    has_instalments = fields.Boolean(
        string="Instalments",
        compute="_compute_shape",
        store=True,
        help="NetSuite has shown invoices in instalments, each part of which is open by itself.",
    )
    lacking = fields.Json(
        compute="_compute_shape", store=True, help="Tables and fields that are not asked for."
    )

    _interval_positive = models.Constraint(
        "CHECK (interval_minutes > 0)", "The interval has to be one minute or more."
    )

    # === COMPUTE METHODS === #

    @api.depends("fact_ids.value", "fact_ids.key")
    def _compute_one_world(self):
        # By itself: an upgrade computes the others, and this is what it learns from.
        for connection in self:
            fact = connection.fact_ids.filtered(lambda fact: fact.key == "one_world")
            connection.one_world = fact.value != "no"

    @api.depends("fact_ids.value", "fact_ids.key")
    def _compute_shape(self):
        for connection in self:
            facts = {fact.key: fact.value for fact in connection.fact_ids}
            connection.multi_currency = facts.get("multi_currency") != "no"
            connection.has_projects = facts.get(PROJECTS) == "yes"
            connection.has_instalments = facts.get(INSTALMENTS) == "yes"
            connection.link_dates = facts.get(f"column:{LINK_DATE}") == "yes"
            connection.lacking = sorted(
                key.partition(":")[2]
                for key, value in facts.items()
                if value == "no" and key.startswith(("table:", "column:"))
            )

    # === CONSTRAINT METHODS === #

    @api.constrains("interval_minutes")
    def _check_interval_minutes(self):
        # The database refuses it as well; this sentence says what to do instead.
        for connection in self:
            if connection.interval_minutes < 1:
                raise ValidationError(
                    self.env._(
                        "The interval of %s has to be one minute or more. To stop reading, switch "
                        "off Read Changes or press Pause.",
                        connection.name,
                    )
                )

    @api.constrains("account_id", "active")
    def _check_account_mirrored_once(self):
        """Refuse a second mirror of an account whose first one is archived."""
        for connection in self.filtered("active"):
            # sudo: netsuite.connection - another company's connection counts as well
            archived = (
                self.with_context(active_test=False)
                .sudo()
                .search([("account_id", "=", connection.account_id), ("id", "!=", connection.id)])
                .filtered(lambda other: other._has_documents())
            )
            if archived:
                raise ValidationError(
                    self.env._(
                        "The archived connection %(name)s holds the documents of account "
                        "%(account)s. Unarchive it instead: a second connection would book "
                        "them all again.",
                        name=archived[0].name,
                        account=connection.account_id,
                    )
                )

    # === HOOKS === #

    @hook
    def _ask_refused_again(self):
        """Have asked again soon what NetSuite refused and no stream reads."""

    # === CRUD METHODS === #

    def _created(self, vals):
        super()._created(vals)
        # Nobody makes streams by hand: a connection comes with its own.
        self._complete_streams()

    def _settings_changed(self, before):
        super()._settings_changed(before)
        if "account_id" in before:
            self._check_account_kept(before["account_id"])
        if "interval_minutes" in before:
            # sudo: netsuite.stream - only the sync writes when they are due
            streams = self.sudo().with_context(active_test=False).stream_ids
            streams.filtered(lambda stream: not stream.interval_minutes)._bring_forward(
                before["interval_minutes"]
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_documents(self):
        # sudo: account.move - documents of all companies count, also those the user can't see
        for connection in self.sudo():
            if connection._has_documents():
                raise UserError(
                    self.env._(
                        "Documents in the books mirror %s. Without the connection Odoo would "
                        "no longer recognise them, and a new import would book them twice: "
                        "archive it instead.",
                        connection.name,
                    )
                )

    # === ACTION METHODS === #

    def action_open_facts(self):
        """Open what is known about this account, features first."""
        return self._open_list(
            "kolleno_netsuite.netsuite_fact_action", {"search_default_group_kind": True}
        )

    # === BUSINESS METHODS === #

    def _shape(self):
        """Return the `mappers.queries.shape.Shape` of the account: what it has to be asked for."""
        self.ensure_one()
        return Shape(
            one_world=self.one_world,
            multi_currency=self.multi_currency,
            lacking=frozenset(self.lacking or ()),
            link_dates=self.link_dates,
            projects=self.has_projects,
            instalments=self.has_instalments,
        )

    @hook
    def _fact_taken_over(self, fact):
        """Follow that an administrator took over what NetSuite's list of features says now.

        :param fact: the `netsuite.fact`, with its new value.
        """

    def _has_documents(self):
        """Tell whether documents in the books mirror this account."""
        return bool(
            self.env["netsuite.record"].search_count(
                [
                    ("connection_id", "in", self.ids),
                    ("record_type", "in", TRANSACTION_TYPES),
                    ("res_id", "!=", False),
                ],
                limit=1,
            )
        )

    def _check_account_kept(self, before):
        """Refuse another account once records were read: their internal IDs would mix.

        :param before: the account ID until now.
        """
        self.ensure_one()
        Record = self.env["netsuite.record"]
        if Record.search_count([("connection_id", "=", self.id)], limit=1):
            raise ValidationError(
                self.env._(
                    "%(name)s holds records of account %(old)s. Create a new connection "
                    "for %(new)s: the internal IDs of two accounts must not be mixed.",
                    name=self.name,
                    old=before,
                    new=self.account_id,
                )
            )

    def _complete_streams(self):
        """Give these connections a stream for each record type, all in their order.

        A connection that was made before a record type was read gets it with an upgrade.
        """
        # sudo: netsuite.stream - nobody creates them by hand: a connection comes with its own
        Stream = self.env["netsuite.stream"].sudo().with_context(active_test=False)
        existing = {
            (stream.connection_id, stream.record_type): stream
            for stream in Stream.search([("connection_id", "in", self.ids)])
        }
        missing = []
        for connection in self:
            for sequence, record_type in enumerate(RECORD_TYPES):
                stream = existing.get((connection, record_type))
                if not stream:
                    missing.append(
                        {
                            "connection_id": connection.id,
                            "record_type": record_type,
                            "sequence": sequence,
                            "active": record_type not in RARE_TYPES,
                            "awaited": record_type in RARE_TYPES,
                        }
                    )
                elif stream.sequence != sequence:
                    stream.sequence = sequence
        Stream.create(missing)

    def _counts(self, model, domain):
        """Return {connection: number of rows of `model` in `domain`}."""
        return dict(
            self.env[model]._read_group(
                [("connection_id", "in", self.ids), *domain], ["connection_id"], ["__count"]
            )
        )

    def _running_run(self):
        """Return the running run, empty when there is none."""
        # sudo: netsuite.run - only the sync writes them
        Run = self.env["netsuite.run"].sudo()
        domain = [("connection_id", "=", self.id), ("state", "=", "running")]
        # A comparison of ids goes on beside it.
        return Run.search([*domain, ("kind", "!=", "comparison")], limit=1)

    def _open_run(self):
        """Return the running run, or start one."""
        self.ensure_one()
        run = self._running_run()
        if run:
            return run
        first = any(stream.phase != "regular" for stream in self.stream_ids)
        return run.create({"connection_id": self.id, "kind": "first" if first else "regular"})
