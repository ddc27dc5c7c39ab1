from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command

# The chart for a company whose country has none of its own installed.
GENERIC_CHART = "generic_coa"


class NetsuiteConnection(models.Model):
    """What a person does once: companies for the subsidiaries, and the mappings."""

    _inherit = "netsuite.connection"

    subsidiary_ids = fields.One2many("netsuite.subsidiary", "connection_id")
    mapping_ids = fields.One2many("netsuite.mapping", "connection_id")
    company_ids = fields.Many2many(
        "res.company",
        string="Companies",
        compute="_compute_company_ids",
        store=True,
        help="The main company and those of the subsidiaries; their users see the connection.",
    )
    base_currency_id = fields.Many2one(
        "res.currency",
        string="Currency of the Account",
        help="The currency in which an account without Multiple Currencies keeps its books. "
        "Empty: the main company's.",
    )
    use_netsuite_rates = fields.Boolean(
        string="Use NetSuite Exchange Rates",
        default=True,
        help="Company amounts are booked at the rate of the NetSuite document.",
    )

    # === COMPUTE METHODS === #

    @api.depends("subsidiary_ids.company_id", "company_id")
    def _compute_company_ids(self):
        # Not by `subsidiary_ids`: in the cache it holds what the user may see, who would take
        # the connection away from the companies that they don't work in.
        # sudo: netsuite.subsidiary - companies that the user doesn't work in count as well
        companies = dict(
            self.env["netsuite.subsidiary"]
            .sudo()
            ._read_group(
                [("connection_id", "in", self.ids), ("company_id", "!=", False)],
                ["connection_id"],
                ["company_id:recordset"],
            )
        )
        nobody = self.env["res.company"]
        for connection in self:
            connection.company_ids = connection.company_id | companies.get(
                connection._origin, nobody
            )

    # === CONSTRAINT METHODS === #

    @api.constrains("use_netsuite_rates")
    def _check_rates_lead_to_companies(self):
        for connection in self.filtered("use_netsuite_rates"):
            connection.subsidiary_ids._check_currency()

    # === CRUD METHODS === #

    def _settings_changed(self, before):
        super()._settings_changed(before)
        if "base_currency_id" in before:
            # sudo: netsuite.record, netsuite.subsidiary - the sync's; a person chose the currency
            self.env["netsuite.reference"].sudo()._adopt_account_currency(self.sudo())

    # === ACTION METHODS === #

    def action_create_companies(self):
        """Give each subsidiary a company that keeps its books, where it has none.

        The topmost subsidiary gets the main company when the currencies agree, or when the main
        company has no entries and can still take the subsidiary's. Companies get a chart of
        accounts when they have none. Elimination and inactive subsidiaries stay without.

        :return: a notification that names the companies.
        :raise AccessError: the user may not create companies.
        """
        self.ensure_one()
        self.check_access("write")
        if not self.env.is_system():
            raise AccessError(
                self.env._("Creating companies needs the Settings right; ask an administrator.")
            )
        created, todo = [], self._subsidiaries_without_company()
        for subsidiary in todo:
            company = self._main_company_for(subsidiary) or self._create_company(subsidiary)
            self._load_chart(company, subsidiary)
            subsidiary.company_id = company
            created.append(company.name)
        self._let_user_work_in(todo.company_id)
        if created:
            message = self.env._(
                "Companies are ready: %s. Tick them in the company menu to see their records.",
                ", ".join(dict.fromkeys(created)),
            )
        else:
            message = self.env._("Every active subsidiary has its company.")
        return self._notification(message, "success")

    def action_open_mappings(self):
        """Open the mappings, those first that need someone."""
        return self._open_list(
            "kolleno_netsuite.netsuite_mapping_action",
            {"search_default_to_do": True, "search_default_group_kind": True},
        )

    def action_open_subsidiaries(self):
        """Open the subsidiaries and their companies."""
        return self._open_list("kolleno_netsuite.netsuite_subsidiary_action")

    def action_suggest_mappings(self):
        """Suggest accounts, taxes, terms and payment methods that nobody chose yet."""
        self.ensure_one()
        self.check_access("read")
        mine = self._in_my_companies()
        # sudo: netsuite.mapping - rows of all companies are the sync's
        self.env["netsuite.reference"].sudo()._spread(self.sudo(), mine.subsidiary_ids.company_id)
        suggested = mine.mapping_ids._suggest()
        message = self.env._("%s mappings have a suggestion to review.", len(suggested))
        return self._notification(message, "success")

    def action_accept_suggestions(self):
        """Use the suggestions of this connection; what waited for them is booked.

        What has to be checked is left to be accepted by itself.
        """
        self.ensure_one()
        mappings = self._in_my_companies().mapping_ids
        left = mappings.filtered("needs_check")
        suggested = mappings.filtered(lambda mapping: mapping.state == "suggested") - left
        suggested.action_accept()
        message = self.env._("%s suggestions accepted.", len(suggested))
        if not left:
            return self._notification(message, "success")
        return self._notification(f"{message} {left._to_check_sentence()}", "warning")

    def action_create_missing(self):
        """Create in Odoo the taxes, terms and payment methods that NetSuite has and Odoo has not.

        Accounts are left to the account of their type; `netsuite.mapping` offers to create
        them as well.
        """
        self.ensure_one()
        unmapped = self._in_my_companies().mapping_ids.filtered(
            lambda mapping: mapping.state == "none" and not mapping.is_inactive
        )
        unmapped.action_create_taxes()
        unmapped.action_create_terms()
        unmapped.action_create_payment_methods()
        created = unmapped.filtered(lambda mapping: mapping.state == "manual")
        message = self.env._("%s taxes, terms and payment methods were created.", len(created))
        return self._notification(message, "success")

    def _in_my_companies(self):
        """Return this connection for all companies that the user may work in.

        Setting up concerns all of them, not only those ticked in the company menu: those that
        were just created never are.
        """
        self.ensure_one()
        if self.env.su:
            return self
        # In the cache they hold what may be seen with the ticked companies.
        self.invalidate_recordset(["subsidiary_ids", "mapping_ids"])
        companies = self.env.company | self.env.user.company_ids
        return self.with_context(allowed_company_ids=companies.ids)

    # === BUSINESS METHODS - COMPANIES === #

    def _subsidiaries_without_company(self):
        """Return the subsidiaries that need a company, parents first."""
        return self.subsidiary_ids.filtered(
            lambda row: not (row.company_id or row.is_elimination or row.is_inactive)
        ).sorted(lambda row: (bool(row.parent_internal_id), row.internal_id))

    def _main_company_for(self, subsidiary):
        """Return the main company if it can keep the books of `subsidiary`, else none."""
        main = self.company_id
        nobody = main.browse()
        if subsidiary.parent_internal_id or main in self.subsidiary_ids.company_id:
            return nobody
        wanted = subsidiary.currency_name
        if not wanted or main.currency_id.name == wanted:
            return main
        # Odoo lets a company change its currency as long as nothing is booked.
        return nobody if main.root_id._existing_accounting() else main

    def _create_company(self, subsidiary):
        """Create a company for `subsidiary`, or return the one of its name that suits."""
        Company = self.env["res.company"]
        namesake = Company.search([("name", "=", subsidiary.name)], limit=1)
        if (
            namesake
            and namesake not in self.subsidiary_ids.company_id
            and namesake.currency_id.name == subsidiary.currency_name
        ):
            return namesake
        name = subsidiary.name
        # sudo: res.company - names are unique over all companies, also those the user can't see
        if Company.sudo().search_count([("name", "=", name)], limit=1):
            name = self.env._("%(name)s (NetSuite %(id)s)", name=name, id=subsidiary.internal_id)
        # Without this Odoo would install the country's localisation modules at once, in the
        # middle of this; a chart that is installed already is chosen in `_load_chart`.
        return Company.with_context(chart_template_load=True).create(
            {
                "name": name,
                "currency_id": self._active_currency(subsidiary.currency_name).id,
                "country_id": self._country(subsidiary.country_code).id,
            }
        )

    def _load_chart(self, company, subsidiary):
        """Give `company` a chart of accounts and the subsidiary's currency."""
        if not company.chart_template:
            self.env["account.chart.template"].try_loading(
                self._chart_for(company), company, install_demo=False
            )
        # A chart sets the currency of its country.
        currency = self._active_currency(subsidiary.currency_name)
        if currency and company.currency_id != currency:
            company.currency_id = currency

    def _chart_for(self, company):
        """Return the code of the chart of the company's country, if installed, else generic."""
        charts = self.env["account.chart.template"]._get_chart_template_mapping()
        country = company.country_id
        return next(
            (
                code
                for code, chart in charts.items()
                if country and chart["country_id"] == country.id and chart["installed"]
            ),
            GENERIC_CHART,
        )

    def _active_currency(self, name):
        """Return the currency of an ISO code, activated.

        :raise ValidationError: Odoo does not know it.
        """
        Currency = self.env["res.currency"].with_context(active_test=False)
        currency = Currency.search([("name", "=", name)], limit=1) if name else Currency
        if name and not currency:
            raise ValidationError(
                self.env._("Odoo does not know the currency %s. Create it first.", name)
            )
        if currency and not currency.active:
            currency.active = True
        return currency or self.company_id.currency_id

    def _country(self, code):
        """Return the country of NetSuite's two-letter code, empty when it is another code."""
        return self.env["res.country"].search([("code", "=", (code or "").upper())], limit=1)

    def _let_user_work_in(self, companies):
        """Let the user switch to companies that he has just put under the connection."""
        missing = companies - self.env.user.company_ids
        if missing:
            # sudo: res.users - users may not change their own companies; this one created these
            self.env.user.sudo().write(
                {"company_ids": [Command.link(company.id) for company in missing]}
            )

    def _company_of(self, subsidiary_internal_id):
        """Return the Odoo company of a subsidiary; empty when it is not mapped."""
        self.ensure_one()
        subsidiary = self.subsidiary_ids.filtered(lambda s: s.internal_id == subsidiary_internal_id)
        return subsidiary.company_id

    def _currency_of(self, currency_internal_id):
        """Return the ISO code of a NetSuite currency, or None."""
        self.ensure_one()
        record = self.env["netsuite.record"].search(
            [
                ("connection_id", "=", self.id),
                ("record_type", "=", "currency"),
                ("internal_id", "=", currency_internal_id),
            ],
            limit=1,
        )
        # sudo: netsuite.record - the currency's symbol only
        return record.sudo().payload["row"].get("symbol") if record else None
