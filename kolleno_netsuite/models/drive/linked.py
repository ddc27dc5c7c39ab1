from odoo.tools import split_every

from ...client import dto
from ...client.errors import NetsuiteError
from ...client.suiteql import Query, equal
from ...const import PAGE_SIZE, TRANSACTION_TYPES
from ...mappers.queries.transaction_types import record_type_of
from ..proof.open_item_check import OpenItemCheck

# NetSuite's table of contacts and whom they are attached to.
RELATIONSHIPS = "companycontactrelationship"


class Linked:
    """Finds what documents pay, who pays them, and the contacts of a customer.

    What an invoice has open is said by its payers, which need not be its customer's: a parent pays
    for its subcustomers. So a document is only as NetSuite has it when they are read as well.

    :param connection: the `netsuite.connection`.
    :param client: its `NetsuiteClient`.
    """

    def __init__(self, connection, client):
        self.env = connection.env
        self.connection = connection
        self.client = client

    # === BUSINESS METHODS === #

    def here(self, records):
        """Return the `netsuite.record` rows of what is applied to, or by, `records` in Odoo."""
        applications = self.env["netsuite.application"].search(
            ["|", ("paying_record_id", "in", records.ids), ("invoice_record_id", "in", records.ids)]
        )
        return (applications.paying_record_id | applications.invoice_record_id) - records

    def there(self, records):
        """Return {record type: internal ids} of what NetSuite links with `records`.

        :param records: documents, read a moment ago, or gone.
        :raise NetsuiteError: NetSuite cannot or will not answer.
        """
        check = OpenItemCheck(self.connection, self.client)
        found = self.paid_by(records)
        for ids in split_every(PAGE_SIZE, records.mapped("internal_id"), list):
            for record_type, payers in check.payers(ids).items():
                found.setdefault(record_type, set()).update(payers)
        return found

    def paid_by(self, records):
        """Return {record type: internal ids} of what `records` pay, as they were last read."""
        found = {}
        for record in records:
            for link in (record.payload or {}).get("links") or ():
                record_type = record_type_of(link.get("previoustype") or "")
                if record_type:
                    paid = dto.integer(link, "previousdoc", 0)
                    found.setdefault(record_type, set()).add(paid)
        return found

    def unknown(self, found):
        """Return those of {record type: internal ids} that were never read."""
        known = self.env["netsuite.record"].search_fetch(
            [
                ("connection_id", "=", self.connection.id),
                ("record_type", "in", TRANSACTION_TYPES),
                ("internal_id", "in", sorted(set().union(*found.values()))),
            ],
            ["internal_id"],
        )
        present = set(known.mapped("internal_id"))
        return {record_type: ids - present for record_type, ids in found.items()}

    def contacts_of(self, customer):
        """Return the internal ids of NetSuite's contacts of a customer, its own and attached ones.

        :param customer: internal id.
        :raise NetsuiteError: NetSuite cannot or will not answer.
        """
        own = Query("contact", "n").select("n.id").where(equal("n.company", customer))
        ids = {int(row["id"]) for row in self.client.rows(own.keyset("id"))}
        return ids | self._attached(customer)

    def _attached(self, customer):
        """Return the internal ids of contacts attached to a customer.

        Not every account shows the table, or every role; then those of the customer itself do.
        """
        if self.connection._shape().lacks(RELATIONSHIPS):
            return set()
        stream = self.connection.stream_ids.filtered(lambda each: each.record_type == "contact")
        query = Query(RELATIONSHIPS, "r").select(id="r.contact").where(equal("r.company", customer))
        try:
            return {int(row["id"]) for row in self.client.rows(query.keyset("id"))}
        except NetsuiteError as error:
            if not self.env["netsuite.fetch"]._leave_out(stream, error):
                raise
            return set()
