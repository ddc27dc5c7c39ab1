from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools.misc import formatLang

from ...const import ACCOUNTANT_GROUP, DEPOSIT_TYPE


class NetsuiteProof(models.Model):
    """What one customer has open in one company and currency: NetSuite's sum beside Odoo's.

    Both sides are added up by their own database. A row agrees only when the invoices, the
    payments and credits not yet applied, what is left of deposits, and the amounts in company
    currency agree each. The columns of deposits are shown only where someone has any.
    """

    _name = "netsuite.proof"
    _description = "Reconciliation"
    _order = "company_id, currency_name, customer_name, id"
    _rec_name = "customer_name"

    connection_id = fields.Many2one(
        "netsuite.connection", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", index=True, ondelete="cascade")
    subsidiary_internal_id = fields.Integer(
        string="NetSuite Subsidiary",
        aggregator=None,
        help="Only where the subsidiary is not mapped to a company.",
    )
    customer_internal_id = fields.Integer(
        string="NetSuite Customer",
        required=True,
        aggregator=None,
        help="0 for documents that Odoo keeps on a partner who is not a NetSuite customer.",
    )
    customer_name = fields.Char()
    partner_id = fields.Many2one("res.partner", string="Customer", ondelete="set null")
    currency_name = fields.Char(string="Currency Code", required=True)
    currency_id = fields.Many2one("res.currency")
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    netsuite_open = fields.Monetary(
        string="NetSuite Open", help="Open invoices minus unapplied payments and credits."
    )
    odoo_open = fields.Monetary(help="Open invoices minus unapplied payments and credits.")
    difference = fields.Monetary(help="Odoo minus NetSuite, in the documents' currency.")
    netsuite_unapplied = fields.Monetary(string="NetSuite Unapplied")
    odoo_unapplied = fields.Monetary()
    unapplied_difference = fields.Monetary(
        string="Difference Not Applied",
        help="Odoo minus NetSuite, for payments and credits that are not applied to an invoice.",
    )
    company_compared = fields.Boolean(
        help="The company keeps its books in the subsidiary's currency and at NetSuite's rates."
    )
    netsuite_open_company = fields.Monetary(
        string="NetSuite Open, Company Currency", currency_field="company_currency_id"
    )
    odoo_open_company = fields.Monetary(
        string="Odoo Open, Company Currency", currency_field="company_currency_id"
    )
    company_difference = fields.Monetary(
        string="Difference, Company Currency", currency_field="company_currency_id"
    )
    netsuite_deposits = fields.Monetary(
        string="NetSuite Deposits",
        help="Paid in advance and neither applied nor paid back yet; not part of the open balance.",
    )
    odoo_deposits = fields.Monetary(
        help="Paid in advance and neither applied nor paid back yet; not part of the open balance."
    )
    deposits_difference = fields.Monetary(
        string="Difference in Deposits", help="Odoo minus NetSuite, for customer deposits."
    )
    netsuite_deposits_company = fields.Monetary(
        string="NetSuite Deposits, Company Currency", currency_field="company_currency_id"
    )
    odoo_deposits_company = fields.Monetary(
        string="Odoo Deposits, Company Currency", currency_field="company_currency_id"
    )
    deposits_company_difference = fields.Monetary(
        string="Difference in Deposits, Company Currency", currency_field="company_currency_id"
    )
    own_entries = fields.Monetary(
        string="Own Odoo Entries",
        help="Open in Odoo of entries that were made here and are not copies of NetSuite's, also "
        "from before the connection. They stand beside: they are no difference.",
    )
    own_entries_company = fields.Monetary(
        string="Own Odoo Entries, Company Currency", currency_field="company_currency_id"
    )
    ledger_open = fields.Monetary(
        string="Partner Ledger",
        help="What Odoo's partner ledger shows as open: what mirrors NetSuite, and own entries.",
    )
    shared_partner = fields.Boolean(
        help="The customer's contact in Odoo also stands for another customer of NetSuite."
    )
    netsuite_documents = fields.Integer(string="Open Documents in NetSuite")
    odoo_documents = fields.Integer(string="Open Documents in Odoo")
    state = fields.Selection(
        [("agrees", "Matches"), ("waiting", "Waiting"), ("differs", "Doesn't match")],
        required=True,
        help=(
            "Waiting: the difference is explained by records that were read from NetSuite "
            "but are not booked yet."
        ),
    )
    waiting_count = fields.Integer(help="Documents that differ and are still to be booked.")
    failed_count = fields.Integer(help="Documents that differ and cannot be booked.")
    different_count = fields.Integer(help="Documents that are booked and differ.")
    unread = fields.Boolean(help="NetSuite's total differs from the total of what was last read.")
    changed_since = fields.Boolean(help="NetSuite changed after the last read.")
    reason = fields.Char(compute="_compute_reason")
    as_of = fields.Datetime(required=True)
    healed_for = fields.Char(
        help="NetSuite's sums when the documents were last read again to heal a difference."
    )
    document_ids = fields.One2many("netsuite.proof.document", "proof_id")
    open_document_ids = fields.One2many(
        "netsuite.proof.document", "proof_id", domain=[("record_type", "!=", DEPOSIT_TYPE)]
    )
    deposit_document_ids = fields.One2many(
        "netsuite.proof.document", "proof_id", domain=[("record_type", "=", DEPOSIT_TYPE)]
    )
    netsuite_url = fields.Char(compute="_compute_netsuite_url", string="Open in NetSuite")

    _row_unique = models.UniqueIndex(
        "(connection_id, customer_internal_id, COALESCE(company_id, 0), currency_name, "
        "subsidiary_internal_id)",
        "This customer is already compared for this company and currency.",
    )
    _difference_index = models.Index("(connection_id) WHERE state = 'differs'")

    # === COMPUTE METHODS === #

    @api.depends("state", "waiting_count", "failed_count", "different_count", "unread", "as_of")
    def _compute_reason(self):
        names = self._subsidiary_names()
        for proof in self:
            proof.reason = proof._reason_sentence(names)

    def _subsidiary_names(self):
        """Return {(connection id, subsidiary's internal id): name} of rows without company."""
        unmapped = self.filtered(lambda proof: not proof.company_id)
        return {
            (subsidiary.connection_id.id, subsidiary.internal_id): subsidiary.name
            for subsidiary in self.env["netsuite.subsidiary"].search(
                [
                    ("connection_id", "in", unmapped.connection_id.ids),
                    ("internal_id", "in", unmapped.mapped("subsidiary_internal_id")),
                ]
            )
        }

    def _reason_sentence(self, subsidiary_names):
        """Return why this row does not agree; False when it does."""
        self.ensure_one()
        if self.state == "agrees":
            return False
        if not self.company_id:
            key = (self.connection_id.id, self.subsidiary_internal_id)
            return self.env._(
                "%(count)s open documents skipped; subsidiary %(name)s is not mapped",
                count=self.netsuite_documents,
                name=subsidiary_names.get(key, self.subsidiary_internal_id),
            )
        if not self.currency_id:
            return self.env._("Odoo does not know the currency %s", self.currency_name)
        if not self.customer_internal_id:
            return self.env._("Booked in Odoo on a partner who is not a NetSuite customer")
        parts = self._doubt_parts()
        if not parts and (self.difference or self.unapplied_difference or self.deposits_difference):
            parts.append(self.env._("documents of another customer are booked on this one"))
        if not parts:
            parts.append(self.env._("the amounts in company currency differ"))
        sentence = ", ".join(parts)
        return sentence[:1].upper() + sentence[1:]

    def _doubt_parts(self):
        """Return what is known of why this row does not agree, in parts of a sentence."""
        parts = []
        if self.shared_partner:
            parts.append(self.env._("the contact also stands for another NetSuite customer"))
        if self.changed_since:
            parts.append(self.env._("changed in NetSuite after the last synchronisation"))
        elif self.unread:
            parts.append(self.env._("NetSuite's amounts differ from what was read"))
        if self.waiting_count:
            parts.append(self.env._("documents still to book: %s", self.waiting_count))
        if self.failed_count:
            parts.append(self.env._("documents that cannot be booked: %s", self.failed_count))
        if self.different_count:
            parts.append(self.env._("booked documents that differ: %s", self.different_count))
        return parts

    @api.depends("connection_id.account_id", "customer_internal_id")
    def _compute_netsuite_url(self):
        for proof in self:
            proof.netsuite_url = proof._customer_record()._ui_url()

    # === ACTION METHODS === #

    @api.model
    def action_open(self):
        """Open the proof of all connections of the user's companies."""
        return self.env["ir.actions.act_window"]._for_xml_id(
            "kolleno_netsuite.netsuite_proof_action"
        )

    def action_open_documents(self):
        """Read the documents of this customer from NetSuite and show both sides."""
        self.ensure_one()
        self.check_access("read")
        # sudo: netsuite.proof - only the comparison writes it; the user may start it
        with self.connection_id._errors_as_sentences():
            self.sudo()._compare_documents()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._(
                "%(customer)s in %(currency)s",
                customer=self.customer_name,
                currency=self.currency_name,
            ),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
        }

    def action_resync(self):
        """Read all open documents of these customers again, book them and prove them."""
        self._check_accountant()
        for connection, proofs in self.grouped("connection_id").items():
            customers = {each for each in proofs.mapped("customer_internal_id") if each}
            with connection._errors_as_sentences():
                # sudo: netsuite.proof, netsuite.record, account.move - only the sync writes them
                self.sudo()._bring_in_step(connection.sudo(), sorted(customers))
        return self._after_work()

    def action_prove(self):
        """Compare these customers again."""
        self._check_accountant()
        for connection, proofs in self.grouped("connection_id").items():
            customers = sorted(set(proofs.mapped("customer_internal_id")))
            with connection._errors_as_sentences():
                # sudo: netsuite.proof - only the comparison writes it
                self.sudo()._prove(connection.sudo(), customer_ids=customers)
        return self._after_work()

    def action_open_own_entries(self):
        """Open the journal items behind the own entries of this row."""
        self.ensure_one()
        open_items = self.env.ref("kolleno_netsuite.account_move_line_view_list_open_items")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Own Odoo Entries of %s", self.customer_name),
            "res_model": "account.move.line",
            "view_mode": "list,form",
            "views": [(open_items.id, "list"), (False, "form")],
            "domain": [("id", "in", self._own_entry_ids())],
            "context": {"create": False},
        }

    def action_open_in_netsuite(self):
        """Open the customer in NetSuite's own pages."""
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": self.netsuite_url, "target": "new"}

    def _after_work(self):
        """Return what shows the rows as they are now: a row that is gone cannot be shown."""
        if len(self) == 1 and self.exists():
            if self.document_ids:
                return self.action_open_documents()
            return {"type": "ir.actions.client", "tag": "soft_reload"}
        return self.action_open()

    def _check_accountant(self):
        self.check_access("read")
        if not self.env.user.has_group(ACCOUNTANT_GROUP):
            raise AccessError(self.env._("Only NetSuite accountants may do this."))

    # === BUSINESS METHODS === #

    def _customer_record(self):
        """Return the `netsuite.record` of this row's customer; empty when there is none."""
        self.ensure_one()
        return self.env["netsuite.record"].search(
            [
                ("connection_id", "=", self.connection_id.id),
                ("record_type", "=", "customer"),
                ("internal_id", "=", self.customer_internal_id),
            ],
            limit=1,
        )

    def _issue_key(self):
        """Return the key of the issue that this row raises when it differs.

        One contact of several customers is one trouble, whatever companies and currencies they
        have.
        """
        self.ensure_one()
        if self.shared_partner:
            sharing = self._sharing_records().mapped("internal_id")
            return f"proof:{min(sharing, default=self.customer_internal_id)}:shared"
        return f"proof:{self.customer_internal_id}:{self.company_id.id}:{self.currency_name}"

    def _sums_text(self):
        """Return NetSuite's sums as one text, to notice that they changed."""
        self.ensure_one()
        return "/".join(
            f"{amount:.6f}"
            for amount in (
                self.netsuite_open,
                self.netsuite_unapplied,
                self.netsuite_open_company,
                self.netsuite_deposits,
                self.netsuite_deposits_company,
            )
        )

    def _amount(self, amount, currency=None):
        """Return an amount with the code of its currency, as ``1,204.50 USD``."""
        currency = currency or self.currency_id
        return f"{formatLang(self.env, amount, digits=currency.decimal_places)} {currency.name}"

    def _difference_sentence(self):
        """Return how the two sides differ, in an accountant's words."""
        self.ensure_one()
        names = {"customer": self.customer_name or self.env._("No customer")}
        if self.shared_partner:
            return self.env._(
                "%(contact)s stands for several NetSuite customers: %(customers)s",
                contact=self.partner_id.display_name,
                customers=", ".join(self._sharing_records().mapped("name")),
            )
        if self.difference:
            return self.env._(
                "%(customer)s: NetSuite has %(netsuite)s open and Odoo %(odoo)s; Odoo shows "
                "%(difference)s too %(direction)s",
                **names,
                netsuite=self._amount(self.netsuite_open),
                odoo=self._amount(self.odoo_open),
                difference=self._amount(abs(self.difference)),
                direction=self.env._("much") if self.difference > 0 else self.env._("little"),
            )
        if self.unapplied_difference:
            return self.env._(
                "%(customer)s: %(open)s open on both sides, but NetSuite has %(netsuite)s of "
                "unapplied payments and credits and Odoo %(odoo)s",
                **names,
                open=self._amount(self.odoo_open),
                netsuite=self._amount(self.netsuite_unapplied),
                odoo=self._amount(self.odoo_unapplied),
            )
        return self._deposits_or_company_sentence(names)

    def _deposits_or_company_sentence(self, names):
        """Return what differs where the open amounts themselves agree."""
        company = self.company_currency_id
        if self.deposits_difference:
            return self.env._(
                "%(customer)s: NetSuite has %(netsuite)s of deposits left and Odoo %(odoo)s",
                **names,
                netsuite=self._amount(self.netsuite_deposits),
                odoo=self._amount(self.odoo_deposits),
            )
        if self.deposits_company_difference:
            return self.env._(
                "%(customer)s: deposits of %(deposits)s are left on both sides, but in company "
                "currency NetSuite has %(netsuite)s and Odoo %(odoo)s",
                **names,
                deposits=self._amount(self.odoo_deposits),
                netsuite=self._amount(self.netsuite_deposits_company, company),
                odoo=self._amount(self.odoo_deposits_company, company),
            )
        return self.env._(
            "%(customer)s: %(open)s open on both sides, but in company currency NetSuite has "
            "%(netsuite)s and Odoo %(odoo)s",
            **names,
            open=self._amount(self.odoo_open),
            netsuite=self._amount(self.netsuite_open_company, company),
            odoo=self._amount(self.odoo_open_company, company),
        )

    # === BUSINESS METHODS - HEADER === #

    @api.model
    def header(self, connection_ids=()):
        """Return what stands above the list of proofs.

        :param connection_ids: connections that the list is about; the user's when empty.
        :return: ``{"sentence": text, "state": "agrees", "waiting", "differs" or "empty",
            "lines": texts}``; the lines say what is on receivables beside the customers' documents.
        """
        domain = [("connection_id", "in", list(connection_ids))] if connection_ids else []
        header = self._header(domain)
        connections = self.env["netsuite.connection"].search(
            [("id", "in", list(connection_ids))] if connection_ids else []
        )
        doubts = connections._doubt_sentences()
        return {**header, "sentence": " ".join([*doubts, header["sentence"]])}

    @api.model
    def _header(self, domain):
        """Return `header` for the rows of `domain`, without what stops their connections.

        It is green only where the connections' own badge is (`netsuite.connection._standings`).
        """
        groups = self._read_group(
            domain, ["connection_id"], ["customer_internal_id:count_distinct", "as_of:min"]
        )
        total = sum(number for _connection, number, _as_of in groups)
        if not total:
            nothing = self.env._("Nothing has been compared yet.")
            return {"sentence": nothing, "state": "empty", "lines": []}
        by_state = dict.fromkeys(("waiting", "differs"), 0)
        for _connection, state, number in self._read_group(
            [*domain, ("state", "!=", "agrees")],
            ["connection_id", "state"],
            ["customer_internal_id:count_distinct"],
        ):
            by_state[state] += number
        as_of = min(as_of for _connection, _number, as_of in groups)
        connections = self.env["netsuite.connection"].union(*(group[0] for group in groups))
        now = fields.Datetime.now()
        values = {
            "total": total,
            "time": self.env["netsuite.connection"]._moment(as_of, now),
            "unchecked": sum(
                each.documents or each.records for each in connections._unchecked().values()
            ),
            "doubted": any(connection._doubt(now) for connection in connections),
            "only_one": total == 1,
            "one_differs": by_state["differs"] == 1,
            **by_state,
        }
        words = self._header_words({**values, **self._formatted(values)})
        own = self._own_entries_sentence(domain)
        # A reader who sees that all match has to know what was not compared.
        not_read = [c.not_read_text for c, _number, _as_of in groups if c.not_read_text]
        not_read += filter(None, (c._not_synced_sentence() for c, _number, _as_of in groups))
        # sudo: netsuite.completeness - whoever sees the figures is told what they do not hold
        beside = [each for c in connections for each in c.sudo()._completeness_sentences()]
        sentences = [words["sentence"], *([own] if own else []), *dict.fromkeys(not_read)]
        if words["state"] == "agrees" and any(c._completeness_text() for c in connections):
            words["state"] = "waiting"
        return {**words, "sentence": " ".join(sentences), "lines": beside}

    @api.model
    def _own_entries_sentence(self, domain):
        """Return how many customers have own entries beside; empty without any."""
        groups = self._read_group(
            [*domain, ("own_entries", "!=", 0)], [], ["customer_internal_id:count_distinct"]
        )
        number = groups[0][0]
        if not number:
            return ""
        if number == 1:
            return self.env._("1 customer also has own Odoo entries, shown beside.")
        return self.env._(
            "%s customers also have own Odoo entries, shown beside.",
            formatLang(self.env, number, digits=0),
        )

    @api.model
    def _formatted(self, values):
        """Return the counts among `values` as texts; none of no customers."""
        return {
            name: formatLang(self.env, values[name], digits=0) if values[name] else ""
            for name in ("total", "differs", "waiting", "unchecked")
        }

    @api.model
    def _header_words(self, values):
        if values["differs"] and values["waiting"]:
            sentence = self.env._(
                "%(differs)s of %(total)s customers don't match; %(waiting)s wait for records "
                "that are still to be booked. Checked %(time)s.",
                **values,
            )
        elif values["one_differs"]:
            sentence = self.env._(
                "1 of %(total)s customers doesn't match. Checked %(time)s.", **values
            )
        elif values["differs"]:
            sentence = self.env._(
                "%(differs)s of %(total)s customers don't match. Checked %(time)s.", **values
            )
        elif values["waiting"]:
            sentence = self.env._(
                "All compared customers match; %(waiting)s of %(total)s are not yet checked, "
                "since records are still to be booked. Checked %(time)s.",
                **values,
            )
        elif values["unchecked"] or values["doubted"]:
            sentence = (
                self.env._("The only customer matched at %(time)s.", **values)
                if values["only_one"]
                else self.env._("All %(total)s customers matched at %(time)s.", **values)
            )
        else:
            sentence = (
                self.env._("The only customer matches. Checked %(time)s.", **values)
                if values["only_one"]
                else self.env._("All %(total)s customers match. Checked %(time)s.", **values)
            )
        if values["unchecked"]:
            sentence = f"{self._unchecked_sentence(values)} {sentence}"
        if values["differs"]:
            return {"sentence": sentence, "state": "differs"}
        sure = not (values["waiting"] or values["unchecked"] or values["doubted"])
        return {"sentence": sentence, "state": "agrees" if sure else "waiting"}

    @api.model
    def _unchecked_sentence(self, values):
        """Return how much is not checked since the comparison."""
        if values["unchecked"] == formatLang(self.env, 1, digits=0):
            return self.env._("1 document since %(time)s not yet checked.", **values)
        return self.env._("%(unchecked)s documents since %(time)s not yet checked.", **values)

    # === BUSINESS METHODS - DEPOSITS === #

    @api.model
    def _get_view_cache_key(self, view_id=None, view_type="form", **options):
        key = super()._get_view_cache_key(view_id, view_type, **options)
        return (*key, self._has_deposits())

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        arch, view = super()._get_view(view_id, view_type, **options)
        if view_type == "list" and not self._has_deposits():
            for node in arch.xpath("//field[contains(@name, 'deposits')]"):
                node.set("column_invisible", "1")
        return arch, view

    @api.model
    def _has_deposits(self):
        """Tell whether a customer that the user may see has deposits left, on either side."""
        domain = ["|", ("netsuite_deposits", "!=", 0), ("odoo_deposits", "!=", 0)]
        return bool(self.search_count(domain, limit=1))
