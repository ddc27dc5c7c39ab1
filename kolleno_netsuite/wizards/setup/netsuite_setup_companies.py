from odoo import api, fields, models
from odoo.exceptions import UserError

from ...client.errors import NetsuiteError
from ...mappers.queries.preview import uses_of_lines, uses_of_main_lines
from ...mappers.queries.record_sources import Window

# In the context of what asks for the mappings to look at by itself.
ASKED_APART = "netsuite_setup_asked_apart"


class NetsuiteSetup(models.Model):
    """The fourth step: whose books, what is read, from when on, and what is not certain."""

    _inherit = "netsuite.setup"

    history = fields.Selection(
        [
            ("year", "All open documents, and closed ones of the last 12 months"),
            ("date", "All open documents, and closed ones since a date"),
            ("everything", "Everything"),
        ],
        required=True,
        default="year",
        string="How Far Back",
        help="You can move it back later; what is missing is read then.",
    )
    history_from = fields.Date(string="Since")
    subsidiary_ids = fields.Many2many("netsuite.subsidiary", string="Subsidiaries")
    stream_ids = fields.Many2many(
        "netsuite.stream", string="Record Types", context={"active_test": False}
    )
    question_ids = fields.Many2many(
        "netsuite.mapping",
        string="To Review",
        help="Mappings that documents need and for which no suggestion is certain.",
    )
    sure_count = fields.Integer(
        string="Mapped Automatically",
        readonly=True,
        help="Mappings that can be nothing else: accounts of the same number, name and type, taxes "
        "of the same rate and name, terms of the same days and name, payment methods of the same "
        "name.",
    )
    to_look_at_count = fields.Integer(compute="_compute_to_look_at_count")
    unmapped_subsidiary_count = fields.Integer(compute="_compute_unmapped_subsidiary_count")

    # === COMPUTE METHODS === #

    @api.depends("question_ids.state")
    def _compute_to_look_at_count(self):
        for setup in self:
            setup.to_look_at_count = len(
                setup.question_ids.filtered(lambda mapping: mapping.state != "manual")
            )

    @api.depends("subsidiary_ids.company_id")
    def _compute_unmapped_subsidiary_count(self):
        for setup in self:
            setup.unmapped_subsidiary_count = len(
                setup.subsidiary_ids.filtered(
                    lambda row: not (row.company_id or row.is_elimination or row.is_inactive)
                )
            )

    # === CRUD METHODS === #

    def write(self, vals):
        result = super().write(vals)
        if "subsidiary_ids" in vals and not self.env.context.get(ASKED_APART):
            # Companies that were chosen just now have mappings of their own.
            for setup in self.filtered(lambda setup: setup.step == "companies"):
                setup._ask_on_saving()
        return result

    # === ACTION METHODS === #

    def action_create_companies(self):
        """Give each subsidiary a company that keeps its books, where it has none."""
        self.ensure_one()
        self.connection_id.action_create_companies()
        return self._open_after(self._ask)

    def action_accept_suggestions(self):
        """Use what is suggested for the mappings to look at; what has to be checked stays."""
        self.ensure_one()
        questions = self._in_all_companies().question_ids
        questions.filtered(lambda mapping: not mapping.needs_check).action_accept()
        return self._open()

    # === BUSINESS METHODS === #

    def _enter_companies(self):
        connection = self.connection_id
        self.with_context(**{ASKED_APART: True}).write(
            {
                # Rows of companies that the user does not work in just now are set up as well.
                "subsidiary_ids": connection._in_my_companies().subsidiary_ids.ids,
                "stream_ids": (
                    connection.with_context(active_test=False)
                    .stream_ids.filtered(lambda stream: not stream.is_required)
                    .ids
                ),
            }
        )
        self._ask()

    def _leave_companies(self):
        """Keep the start of the history; what is certain was accepted, the rest may wait."""
        if not self._in_all_companies().subsidiary_ids.company_id:
            raise UserError(
                self.env._(
                    "Choose a company for at least one subsidiary, so that its documents have "
                    "somewhere to go."
                )
            )
        if self.history == "date" and not self.history_from:
            raise UserError(self.env._("Choose the date from which closed documents are read."))
        start = self._history_start()
        if self.connection_id.history_start != start:
            self.connection_id.history_start = start
        # The other choices stay in Odoo's own words: taxes, terms and methods stop nothing.
        self._ask()

    def _history_start(self):
        """Return the date from which closed documents are read; False for everything."""
        if self.history == "year":
            return self.connection_id._default_history_start()
        return self.history_from if self.history == "date" else False

    def _ask_on_saving(self):
        """Ask as `_ask`; a refusal is told by *Next*, which leads to the test.

        :raise UserError: NetSuite does not answer for now.
        """
        try:
            self._ask()
        except NetsuiteError as error:
            if error.is_passing:
                raise UserError(self.connection_id._error_text(error)) from error

    def _ask(self):
        """Suggest mappings, accept what is certain, and list what someone has to look at.

        :raise NetsuiteError: NetSuite cannot or will not answer.
        """
        self.ensure_one()
        connection = self.connection_id._in_my_companies()
        connection.action_suggest_mappings()
        needed = self._needed_accounts(connection)
        connection.mapping_ids.filtered(
            lambda mapping: (mapping.company_id.id, mapping.internal_id) in needed
        )._propose_new()
        suggested = connection.mapping_ids.filtered(lambda mapping: mapping.state == "suggested")
        sure = suggested.filtered(lambda mapping: mapping._is_certain())
        sure.action_accept()
        self.sudo().sure_count += len(sure)  # sudo: netsuite.setup - counted, not written by hand
        questions = connection.mapping_ids.filtered(
            lambda mapping: mapping.state != "manual" and self._is_asked(mapping, needed)
        )
        # What was looked at stays listed, so that it can be changed once more.
        chosen = self._in_all_companies().question_ids.exists()
        self.question_ids = [(6, 0, (chosen | questions).ids)]

    def _is_asked(self, mapping, needed):
        """Tell whether documents wait for `mapping`, or its suggestion is worth a look."""
        if mapping.is_inactive and mapping.kind != "account":
            return False
        if mapping.kind == "account":
            key = (mapping.company_id.id, mapping.internal_id)
            # The account of its type takes it, but one of its own may fit better.
            return key in needed and (mapping.state == "suggested" or not mapping.type_account_id)
        if mapping.kind == "account_type":
            types = {
                account.ns_type
                for account in mapping.connection_id.mapping_ids
                if account.kind == "account"
                and account.state != "manual"
                and account.company_id == mapping.company_id
                and (account.company_id.id, account.internal_id) in needed
            }
            return mapping.code in types
        return mapping.state == "suggested"

    def _needed_accounts(self, connection):
        """Return {(company id, NetSuite account)} of what documents post on.

        :raise NetsuiteError: NetSuite cannot or will not answer.
        """
        # sudo: netsuite.connection - credentials are only passed on
        client = connection.sudo()._client()
        needed = set()
        for stream in connection._dated_streams():
            source = connection._source(stream.record_type)
            # Of a journal only the lines on customers' balances are mirrored.
            uses = uses_of_main_lines if source.customers_on_lines else uses_of_lines
            window = Window(in_history=self._history_start() or None, at_first=True)
            for use in uses(client, source, [window], shape=connection._shape()):
                company = connection._company_of(use.subsidiary)
                needed.add((company.id, use.account))
        # sudo: netsuite.call - nobody may write it by hand
        connection.sudo()._store_calls(client)
        return needed

    def _in_all_companies(self):
        """Return this set-up for all companies that the user may work in."""
        self.ensure_one()
        connection = self.connection_id._in_my_companies()
        self.invalidate_recordset(["subsidiary_ids", "question_ids"])
        return self.with_env(connection.env)

    @api.onchange("history")
    def _onchange_history(self):
        if self.history == "date" and not self.history_from:
            self.history_from = self.connection_id._default_history_start()
