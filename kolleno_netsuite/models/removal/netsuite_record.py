from odoo import api, fields, models

from ..connection.hook import hook

# Set-up records that are mapped, and the kind of their mappings.
MAPPED_KINDS = {
    "account": "account",
    "term": "term",
    "paymentmethod": "payment_method",
    "salestaxitem": "tax",
}


class NetsuiteRecord(models.Model):
    """What became of a record that NetSuite no longer has, or counts for nothing."""

    _inherit = "netsuite.record"

    removal_step = fields.Selection(
        [
            ("suspected", "To be checked"),
            ("certain", "To be cancelled or reversed"),
            ("asked", "Waits for a person"),
            ("confirmed", "Confirmed, to be checked"),
            ("cleared", "Confirmed as gone"),
            ("refused", "Refused by Odoo"),
        ],
        transitions={
            False: {"suspected", "certain", "asked"},
            "suspected": {"certain", "asked", False},
            "certain": {"asked", "refused", False},
            "asked": {"confirmed", False},
            "confirmed": {"cleared", False},
            "cleared": {"refused", False},
            "refused": {False},
        },
        string="Removal",
        readonly=True,
        help="How far NetSuite's deletion was followed: a suspected deletion is checked by its "
        "ID; many deletions at once wait until someone confirms them.",
    )
    former_customer_internal_id = fields.Integer(
        aggregator=None,
        help="Customer that the document belonged to before NetSuite gave it to another one.",
    )

    _removal_index = models.Index(
        "(connection_id, removal_step, record_type) WHERE removal_step IS NOT NULL"
    )
    _former_customer_index = models.Index(
        "(connection_id, former_customer_internal_id) WHERE former_customer_internal_id <> 0"
    )

    # === BUSINESS METHODS === #

    @api.model
    def _waiting_removals(self, connection, steps, record_types=None):
        """Return the domain of the records whose removal stands at one of `steps`."""
        domain = [("connection_id", "=", connection.id), ("removal_step", "in", list(steps))]
        if record_types is not None:
            domain.append(("record_type", "in", list(record_types)))
        return domain

    def _mark_removed(self):
        super()._mark_removed()
        self._advance(removal_step=False)
        for record in self:
            record.removal_kind = "merged" if record.merged_into_id else "deleted"
            target = record._target()
            if record.connection_id.note_changes and hasattr(target, "_message_log"):
                # One line on what mirrors it.
                target._message_log(body=record._removal_note(target))

    def _removal_note(self, target):
        sentence = self._removal_sentence()
        if target._name != "account.payment":
            return sentence
        return self.env._("%s It is not sent to NetSuite again.", sentence)

    def _mark_voided(self, voided):
        super()._mark_voided(voided)
        for record in self:
            kind = "voided" if voided else False
            if record.removal_kind != kind:
                record.removal_kind = kind

    def _flag_references(self):
        """Flag the mappings of set-up records that NetSuite deleted; documents keep them."""
        for record in self:
            domain = [
                ("connection_id", "=", record.connection_id.id),
                ("internal_id", "=", record.internal_id),
            ]
            if record.record_type == "subsidiary":
                rows = self.env["netsuite.subsidiary"].search(domain)
            else:
                kind = MAPPED_KINDS.get(record.record_type)
                rows = self.env["netsuite.mapping"].search([*domain, ("kind", "=", kind)])
            rows.is_inactive = True
            self.env["netsuite.issue"]._touch(
                record.connection_id,
                "removal",
                f"gone:{record.record_type}:{record.internal_id}",
                self.env._(
                    "%(name)s was deleted in NetSuite (%(type)s)",
                    name=record.name,
                    type=self._record_type_labels()[record.record_type],
                ),
                self.env._(
                    "What is booked stays as it is, and its mapping is kept as inactive. New "
                    "documents will name another one: map that one when asked."
                ),
                severity="0",
            )

    # === BUSINESS METHODS - WHAT COMES BACK === #

    def _shown_again(self):
        super()._shown_again()
        # NetSuite does not use an internal ID twice, so somebody has to look before they count.
        labels = self._record_type_labels()
        for (connection, record_type), records in self.grouped(
            lambda record: (record.connection_id, record.record_type)
        ).items():
            self.env["netsuite.issue"]._touch(
                connection,
                "removal",
                f"returned:{record_type}",
                self.env._(
                    "NetSuite shows records again that it had deleted (%s)", labels[record_type]
                ),
                self.env._(
                    "They stay cancelled. Open them in NetSuite: if they are really there, book "
                    "them again."
                ),
                records=records,
            )

    def _book_returned(self):
        """Let those of these records count again that NetSuite has after all; return them."""
        returned = self.filtered(lambda record: record.state == "removed")
        returned._requeue(
            removal_kind=False,
            removal_step=False,
            deleted_at=False,
            deleted_by=False,
            merged_into_id=False,
        )
        return returned

    # === BUSINESS METHODS - CUSTOMERS === #

    def _note_leaving(self):
        """List those of these records that are customers and cannot be archived yet."""
        for record in self.filtered(lambda record: record.record_type == "customer"):
            if record._staying_partners():
                self.env["netsuite.issue"]._touch(
                    record.connection_id,
                    "removal",
                    f"leaving:{record.internal_id}",
                    record._leaving_title(),
                    self.env._(
                        "Documents in a locked period stay where they are until its lock date "
                        "is moved back; those that wait for it are listed as Period locked. "
                        "Once no item of the customer is open here, it is archived "
                        "automatically."
                    ),
                    severity="1",
                    records=record,
                )

    def _staying_partners(self):
        """Return the active partners of customers; who signs in to Odoo stays in any case."""
        partners = self.env["netsuite.booking.customer"]._all_partners(self)
        return partners.filtered(lambda partner: partner.active and not partner.user_ids)

    def _leaving_title(self):
        self.ensure_one()
        if self.merged_into_id:
            return self.env._(
                "%(customer)s was merged into %(heir)s in NetSuite and still has open items in "
                "Odoo",
                customer=self.name,
                heir=self.merged_into_id.name,
            )
        return self.env._("%s was deleted in NetSuite and still has open items in Odoo", self.name)

    @hook
    def _reread_people(self, client):
        """Read the contacts of this deleted customer again.

        :param client: the `NetsuiteClient` to ask with.
        :return: internal ids of those whose own company it was; others were attached to it only.
        """
        self.ensure_one()
        return []
