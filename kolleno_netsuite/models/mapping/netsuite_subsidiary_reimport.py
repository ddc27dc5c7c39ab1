from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date

from ...const import TRANSACTION_TYPES


class NetsuiteSubsidiary(models.Model):
    """Moves a subsidiary to another company: cancelled in the old books, booked in the new."""

    _inherit = "netsuite.subsidiary"

    booked_count = fields.Integer(
        compute="_compute_booked_count", help="Documents in its company's books."
    )

    # === COMPUTE METHODS === #

    @api.depends("company_id")
    def _compute_booked_count(self):
        for subsidiary in self:
            subsidiary.booked_count = sum(subsidiary._booked_counts().values())

    # === ACTION METHODS === #

    def action_import_again(self):
        """Open the dialog that moves this subsidiary to another company."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Import %s Again into Another Company", self.name),
            "res_model": "netsuite.subsidiary.reimport",
            "view_mode": "form",
            "target": "new",
            "context": {"default_subsidiary_id": self.id},
        }

    # === BUSINESS METHODS === #

    def _booked_domain(self):
        """Return the domain of the documents that are in the company's books."""
        return [
            ("connection_id", "=", self.connection_id.id),
            ("record_type", "in", TRANSACTION_TYPES),
            ("subsidiary_internal_id", "=", self.internal_id),
            ("state", "!=", "removed"),
            ("res_id", "!=", False),
            ("res_id", "!=", 0),
        ]

    def _booked_counts(self):
        """Return {record type: number of documents in the company's books}."""
        self.ensure_one()
        if not self.company_id:
            return {}
        return dict(
            self.env["netsuite.record"]._read_group(
                self._booked_domain(), ["record_type"], ["__count"]
            )
        )

    def _booked_moves(self):
        """Return the posted entries of these documents, as a domain of `account.move`."""
        return [
            ("netsuite_record_id.connection_id", "=", self.connection_id.id),
            ("netsuite_record_id.subsidiary_internal_id", "=", self.internal_id),
            ("netsuite_record_id.record_type", "in", TRANSACTION_TYPES),
            ("netsuite_record_id.state", "!=", "removed"),
            ("state", "=", "posted"),
        ]

    def _import_again_blockers(self, company):
        """Return what forbids to move this subsidiary to `company`, as translated sentences."""
        self.ensure_one()
        sentences = []
        if company == self.company_id:
            sentences.append(self.env._("%s is already its company.", company.name))
        if self.is_elimination:
            sentences.append(self.env._("An elimination subsidiary is not mapped to a company."))
        base = self.currency_name
        if self.connection_id.use_netsuite_rates and base not in (False, company.currency_id.name):
            sentences.append(
                self.env._(
                    "%(subsidiary)s keeps its books in %(base)s, %(company)s in %(currency)s.",
                    subsidiary=self.name,
                    base=base,
                    company=company.name,
                    currency=company.currency_id.name,
                )
            )
        sentences += self._lock_sentences(company)
        secured = self.env["account.move"].search_count(
            [*self._booked_moves(), ("inalterable_hash", "!=", False)]
        )
        if secured:
            sentences.append(
                self.env._("%s entries are secured by a hash and cannot be cancelled.", secured)
            )
        return sentences

    def _lock_sentences(self, company):
        """Return which documents lie in a locked period of the old company or the new one."""
        Move = self.env["account.move"]
        sentences = {}
        for journal, oldest in Move._read_group(self._booked_moves(), ["journal_id"], ["date:min"]):
            domain = [*self._booked_moves(), ("journal_id", "=", journal.id)]
            has_tax = bool(
                self.env["account.move.line"].search_count(
                    [("move_id", "any", domain), ("tax_tag_ids", "!=", False)], limit=1
                )
            )
            for books in self.company_id | company:
                violated = books._get_violated_lock_dates(oldest, has_tax, journal)
                if violated:
                    lock_date = max(violated)[0]
                    key = (books, lock_date)
                    count = Move.search_count([*domain, ("date", "<=", lock_date)])
                    sentences[key] = sentences.get(key, 0) + count
        return [
            self.env._(
                "The books of %(company)s are locked until %(date)s and contain %(count)s of "
                "these documents.",
                company=books.name,
                date=format_date(self.env, lock_date),
                count=count,
            )
            for (books, lock_date), count in sentences.items()
        ]

    def _import_again(self, company):
        """Book all documents of this subsidiary in `company` instead, in the background.

        Each is cancelled in the old company in the same step that books it in the new one; one
        that cannot be booked there yet stays where it is, and waits.

        :raise UserError: something forbids it.
        """
        self.ensure_one()
        blockers = self._import_again_blockers(company)
        if blockers:
            raise UserError("\n".join(blockers))
        counts, old = self._booked_counts(), self.company_id
        connection = self.connection_id
        self._change_company(company)
        self.env["netsuite.record"]._requeue_where(
            connection,
            ("booked", "blocked", "failed"),
            SQL(
                "record_type IN %s AND subsidiary_internal_id = %s",
                TRANSACTION_TYPES,
                self.internal_id,
            ),
        )
        run = connection._open_run()
        for record_type, count in counts.items():
            run._count(record_type, total=count, landed=count)
        connection._message_log(
            body=self.env._(
                "%(user)s moves subsidiary %(subsidiary)s from %(old)s to %(new)s: %(count)s "
                "documents are cancelled there and booked again.",
                user=self.env.user.name,
                subsidiary=self.name,
                old=old.name,
                new=company.name,
                count=sum(counts.values()),
            )
        )
        connection._trigger_cron("book")
