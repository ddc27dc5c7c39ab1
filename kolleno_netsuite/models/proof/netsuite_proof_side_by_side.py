from decimal import Decimal
from typing import NamedTuple

from odoo import api, models
from odoo.tools import SQL, split_every

from ...client.suiteql import PAGE_SIZE
from ...const import JOURNAL_TYPE
from ...mappers.queries.open_amounts import read_documents


class OdooDocument(NamedTuple):
    """One document as Odoo has it.

    :param open: open amount, negative for a payer; as is `landed`, NetSuite's when last read.
    :param explained: it is still to be booked or applied.
    :param line: NetSuite's number of a journal's line, 0 for other documents.
    :param target: the payment or move that mirrors it; empty when nothing is booked.
    """

    record: object
    target: object
    open: Decimal
    landed: Decimal
    explained: bool
    line: int = 0

    @property
    def total(self):
        """Return the absolute total in the document's currency, of a journal that of the line."""
        if not self.target:
            return Decimal(0)
        if self.record.record_type == JOURNAL_TYPE:
            items = self.target.line_ids.search(
                [
                    ("move_id.netsuite_record_id", "=", self.record.id),
                    ("parent_state", "=", "posted"),
                    ("account_id.account_type", "=", "asset_receivable"),
                    ("netsuite_line", "=", self.line),
                ]
            )
            amount = abs(sum(items.mapped("amount_currency")))
            return Decimal(str(self.target.currency_id.round(amount)))
        name = "amount" if self.target._name == "account.payment" else "amount_total"
        return Decimal(str(self.target.currency_id.round(self.target[name])))


class NetsuiteProof(models.Model):
    """The documents of one proved customer, side by side."""

    _inherit = "netsuite.proof"

    def _compare_documents(self):
        """Read the customer's documents from NetSuite now and put Odoo's beside them.

        :raise NetsuiteError: NetSuite cannot or will not answer; the rows stay as they were.
        """
        self.ensure_one()
        client = self.connection_id._client()
        netsuite = self._netsuite_documents(client)
        odoo = self._odoo_documents([internal_id for _type, internal_id, _line in netsuite])
        missing = [key[1] for key in odoo if key not in netsuite]
        for ids in split_every(PAGE_SIZE, missing):
            netsuite |= self._netsuite_documents(client, ids)
        Document = self.env["netsuite.proof.document"]
        self.document_ids.unlink()
        Document.create(
            [
                {"proof_id": self.id, **Document._values(key, netsuite.get(key), odoo.get(key))}
                for key in sorted({*netsuite, *odoo})
            ]
        )
        # Created in the order of the documents, read in that of their differences.
        self.invalidate_recordset(["document_ids", "open_document_ids", "deposit_document_ids"])
        self.connection_id._store_calls(client)

    def _netsuite_documents(self, client, ids=None):
        """Return {(record type, internal id, line): OpenDocument} of what is open, or of `ids`."""
        connection = self.connection_id
        currencies = [
            internal_id
            for internal_id, (name, _currency) in self._currencies(connection).items()
            if name == self.currency_name
        ]
        subsidiaries = None
        if connection.one_world:
            mapped = connection.subsidiary_ids.filtered(lambda s: s.company_id == self.company_id)
            subsidiaries = (
                mapped.mapped("internal_id") if self.company_id else [self.subsidiary_internal_id]
            )
        return {
            (document.record_type, document.internal_id, document.line): document
            for document in read_documents(
                client,
                self.customer_internal_id,
                shape=connection._shape(),
                currencies=currencies,
                subsidiaries=subsidiaries,
                ids=ids,
                journals=connection.sync_journals,
                rare=connection._rare_types(),
            )
        }

    def _odoo_documents(self, open_in_netsuite):
        """Return {(record type, internal id, line): OdooDocument} of what is open on either side.

        :param open_in_netsuite: internal ids of what is open in NetSuite now.
        """
        self.env.flush_all()
        # The payloads of all documents of the customer are compared where they are.
        rows = self.env.execute_query(
            SQL(
                """
                WITH doc AS (%(documents)s), %(explained)s
                SELECT id, landed::text, odoo::text, id IN (SELECT id FROM explained), line
                FROM doc
                WHERE (landed <> 0 OR odoo <> 0 OR internal_id = ANY(%(open)s))
                    AND company IS NOT DISTINCT FROM %(company)s
                    AND currency_name = %(currency)s
                """,
                documents=self._documents_sql(
                    self.connection_id, SQL("(%s)", self.customer_internal_id)
                ),
                explained=self._explained_sql(self.connection_id),
                open=open_in_netsuite,
                company=self.company_id.id or None,
                currency=self.currency_name,
            )
        )
        records = self.env["netsuite.record"].browse([row[0] for row in rows])
        targets = self._targets(records)
        return {
            (record.record_type, record.internal_id, line): OdooDocument(
                record, targets.get(record), Decimal(odoo), Decimal(landed), explained, line
            )
            for record, (_id, landed, odoo, explained, line) in zip(records, rows, strict=True)
        }

    @api.model
    def _targets(self, records):
        """Return {record: the payment or posted move that mirrors it}."""
        domain = [("netsuite_record_id", "in", records.ids), ("state", "=", "posted")]
        found = {move.netsuite_record_id: move for move in self.env["account.move"].search(domain)}
        payments = self.env["account.payment"].search([("netsuite_record_id", "in", records.ids)])
        posted = payments.filtered(lambda payment: payment.move_id.state == "posted")
        return found | {payment.netsuite_record_id: payment for payment in posted}
