from decimal import Decimal

from odoo import api, models
from odoo.tools import SQL, split_every

from ..const import APPLYING_TYPES, PAGE_SIZE
from ..mappers.open_amounts import RECORD_TYPE_OF
from ..mappers.open_items import open_items_query, payers_query, read_open_items
from ..mappers.streams import STREAMS


class NetsuiteOpenItems(models.AbstractModel):
    """Compares the open amount of each open document with what was last read of it.

    Applying a payment in NetSuite need not change the date of the invoice, so that no window of
    changes would ever bring it; and sums of a customer can agree where its documents do not.
    """

    _name = "netsuite.open.items"
    _description = "NetSuite Open Items"

    @api.model
    def _compare(self, connection, client, run):
        """Compare all open items, and have those that differ read and booked again; a driver.

        Costs one call for each thousand open items of a type, however many are mirrored. Yields
        after each commit.

        :param run: the daily run, which counts what was missed.
        :raise NetsuiteError: NetSuite cannot or will not answer.
        """
        if connection.daily_open_items:
            for stream in connection.stream_ids.filtered(lambda s: s.active and s.in_daily):
                reading = STREAMS[stream.record_type]
                # Journals have no open amount of their own; their lines are in the proof's sums.
                if reading.open_items is None or reading.customers_on_lines:
                    continue
                for page in self._pages(client, reading):
                    connection._commit_unit(
                        self._compare_page,
                        *(connection, client, stream.record_type, page, run),
                        client=client,
                        run=run,
                    )
                    yield page
        connection._commit_unit(run.write, {"open_items_compared": True})

    @api.model
    def _pages(self, client, reading):
        """Yield ``(after, until, {internal id: open amount})``, together the whole type.

        :return: `until` is None in the last one, which reaches to the end.
        """
        after, found = 0, None
        for page in client.pages(open_items_query(reading)):
            if found is not None:
                yield after, max(found), found
                after = max(found)
            found = read_open_items(page.rows)
        yield after, None, found or {}

    @api.model
    def _compare_page(self, connection, client, record_type, page, run):
        """Read again what NetSuite has open otherwise than it was last read."""
        differing = self._differing(connection, record_type, *page)
        if not differing:
            return
        for part in split_every(PAGE_SIZE, differing):
            self._read_again(connection, client, record_type, part)
        run._count(
            record_type,
            total=len(differing),
            landed=len(differing),
            missed=self._missed(connection, record_type, differing),
        )

    def _read_again(self, connection, client, record_type, ids):
        """Read documents again, and what was or is applied to them."""
        Fetch = self.env["netsuite.fetch"]
        missing = set(ids) - set(Fetch._reread(connection, client, record_type, ids))
        if missing:
            self.env["netsuite.removal"]._remove_missing(
                connection, client, record_type, sorted(missing)
            )
        for payer_type, payers in self._payers(connection, client, ids).items():
            for part in split_every(PAGE_SIZE, sorted(payers)):
                Fetch._reread(connection, client, payer_type, part)

    def _payers(self, connection, client, ids):
        """Return {record type: internal ids} of what pays documents, in Odoo or in NetSuite."""
        payers = {}
        for application in self.env["netsuite.application"].search(
            [("connection_id", "=", connection.id), ("invoice_internal_id", "in", list(ids))]
        ):
            payer = application.paying_record_id
            payers.setdefault(payer.record_type, set()).add(payer.internal_id)
        for row in client.rows(payers_query(ids)):
            payer_type = RECORD_TYPE_OF.get(row["type"])
            if payer_type in APPLYING_TYPES:
                payers.setdefault(payer_type, set()).add(int(row["payer"]))
        return payers

    def _missed(self, connection, record_type, ids):
        """Return how many of `ids` changed before the end of the last read, which missed them."""
        stream = connection.stream_ids.filtered(lambda s: s.record_type == record_type)
        return self.env["netsuite.record"].search_count(
            [
                ("connection_id", "=", connection.id),
                ("record_type", "=", record_type),
                ("internal_id", "in", ids),
                ("last_modified", "<", stream.cursor_at),
            ]
        )

    @api.model
    def _differing(self, connection, record_type, after, until, found):
        """Return the internal ids of a range that NetSuite has open otherwise than Odoo.

        What is booked is compared with what is open in Odoo, and what was last read as well: a
        document that waits has only that.

        :param found: {internal id: open amount} of what NetSuite has open in the range.
        """
        # The amounts are in payloads and in journal items, which only SQL compares unloaded.
        rows = self.env.execute_query(
            SQL(
                """
                SELECT internal_id, skipped, landed::text, COALESCE(odoo, landed)::text FROM (
                    SELECT r.internal_id,
                        r.state = 'ignored' OR r.left_out IS NOT NULL AS skipped,
                        ABS(COALESCE(
                            r.payload->'row'->>'foreignamountunpaid',
                            r.payload->'row'->>'foreignpaymentamountunused', '0')::numeric
                        ) AS landed,
                        (SELECT ABS(SUM(l.amount_residual_currency))
                         FROM account_move m JOIN account_move_line l ON l.move_id = m.id
                         JOIN account_account a ON a.id = l.account_id
                             AND (a.account_type = 'asset_receivable' OR l.netsuite_deposit)
                         WHERE m.netsuite_record_id = r.id AND m.state = 'posted'
                             AND r.state = 'booked') AS odoo
                    FROM netsuite_record r
                    WHERE r.connection_id = %(connection)s AND r.record_type = %(type)s
                        AND r.state <> 'removed'
                        AND r.internal_id > %(after)s AND %(until)s
                ) known WHERE landed <> 0 OR odoo <> 0 OR internal_id = ANY(%(found)s)
                """,
                connection=connection.id,
                type=record_type,
                after=after,
                until=SQL("TRUE") if until is None else SQL("r.internal_id <= %s", until),
                found=list(found),
            )
        )
        known = {internal_id: {Decimal(a), Decimal(b)} for internal_id, _skipped, a, b in rows}
        # What is left out on purpose stays so, whatever is open of it.
        left_out = {internal_id for internal_id, skipped, _a, _b in rows if skipped}
        return sorted(
            internal_id
            for internal_id in (known.keys() | found.keys()) - left_out
            if known.get(internal_id) != {found.get(internal_id, Decimal(0))}
        )
