from decimal import Decimal

from odoo.tools import SQL, split_every

from ...const import APPLYING_TYPES, JOURNAL_TYPE, PAGE_SIZE
from ...mappers.queries.open_items import open_items_query, payers_query, read_open_items
from ...mappers.queries.transaction_types import record_type_of
from ..removal.removal import Removal


class OpenItemCheck:
    """Compares the open amount of each open document with what was last read of it.

    Applying a payment in NetSuite need not change the date of the invoice, so that no window of
    changes would ever bring it; and sums of a customer can agree where its documents do not.

    :param connection: the `netsuite.connection` whose open items are compared.
    :param client: its `NetsuiteClient`.
    """

    def __init__(self, connection, client):
        self.env = connection.env
        self.connection = connection
        self.client = client

    # === DRIVERS === #

    def compare(self, run):
        """Compare all open items, and have those that differ read and booked again; a driver.

        Costs one call for each thousand open items of a type, of journals for each thousand open
        lines, however many are mirrored. Yields after each commit.

        :param run: the daily run, which counts what was missed.
        :raise NetsuiteError: NetSuite cannot or will not answer.
        """
        if self.connection.daily_open_items:
            for stream in self.connection.stream_ids.filtered(lambda s: s.active and s.in_daily):
                source = self.connection._source(stream.record_type)
                if source.open_items is None:
                    continue
                for page in self._pages(source):
                    self.connection._commit_unit(
                        *(self._compare_page, stream.record_type, page, run),
                        client=self.client,
                        run=run,
                    )
                    yield page
        self.connection._commit_unit(run.write, {"open_items_compared": True})

    # === UNITS === #

    def _pages(self, source):
        """Yield ``(after, until, {(internal id, line): open amount})``, together the whole type.

        :return: internal ids above `after`; `until` is None in the last one, which reaches to
            the end. A journal whose lines are on two pages is whole on the later one.
        """
        after, found = 0, {}
        for page in self.client.pages(open_items_query(source)):
            rows = read_open_items(page.rows)
            until = min(rows, default=(0, 0))[0] - 1
            complete = {item: found.pop(item) for item in sorted(found) if item[0] <= until}
            if complete:
                yield after, until, complete
                after = until
            # A document can stand on two pages, with the amount on one of them only.
            found = {**rows, **{item: amount for item, amount in found.items() if amount}}
        yield after, None, found

    def _compare_page(self, record_type, page, run):
        """Read again what NetSuite has open otherwise than it was last read; never commits.

        :param page: what `_pages` yielded.
        :raise NetsuiteError: NetSuite cannot or will not answer.
        """
        differing = self._differing(record_type, *page)
        if not differing:
            return
        for part in split_every(PAGE_SIZE, differing):
            self._read_again(record_type, part)
        run._count(
            record_type,
            total=len(differing),
            landed=len(differing),
            missed=self.missed(record_type, differing),
        )

    def _read_again(self, record_type, ids):
        """Read documents again, and what was or is applied to them."""
        Fetch = self.env["netsuite.fetch"]
        missing = set(ids) - set(Fetch._reread(self.connection, self.client, record_type, ids))
        if missing:
            Removal(self.connection).remove_missing(self.client, record_type, sorted(missing))
        for payer_type, payers in self.payers(ids).items():
            for part in split_every(PAGE_SIZE, sorted(payers)):
                Fetch._reread(self.connection, self.client, payer_type, part)

    # === BUSINESS METHODS === #

    def payers(self, ids):
        """Return {record type: internal ids} of what pays documents, in Odoo or in NetSuite.

        :param ids: internal ids of the documents.
        :raise NetsuiteError: NetSuite cannot or will not answer.
        """
        payers = {}
        for application in self.env["netsuite.application"].search(
            [("connection_id", "=", self.connection.id), ("invoice_internal_id", "in", list(ids))]
        ):
            payer = application.paying_record_id
            payers.setdefault(payer.record_type, set()).add(payer.internal_id)
        for row in self.client.rows(payers_query(ids)):
            payer_type = record_type_of(row["type"])
            if payer_type in APPLYING_TYPES:
                payers.setdefault(payer_type, set()).add(int(row["payer"]))
        return payers

    def missed(self, record_type, ids):
        """Return how many of `ids` changed before the end of the last read, which missed them."""
        stream = self.connection.stream_ids.filtered(lambda s: s.record_type == record_type)
        return self.env["netsuite.record"].search_count(
            [
                ("connection_id", "=", self.connection.id),
                ("record_type", "=", record_type),
                ("internal_id", "in", ids),
                ("last_modified", "<", stream.cursor_at),
            ]
        )

    def _differing(self, record_type, after, until, found):
        """Return the internal ids of a range that NetSuite has open otherwise than Odoo.

        What is booked is compared with what is open in Odoo, and what was last read as well: a
        document that waits has only that.

        :param found: {(internal id, line): open amount} of what NetSuite has open in the range.
        """
        items = self._journal_items_sql if record_type == JOURNAL_TYPE else self._items_sql
        # The amounts are in payloads and in journal items, which only SQL compares unloaded.
        rows = self.env.execute_query(
            SQL(
                """
                SELECT internal_id, line, skipped, landed::text, COALESCE(odoo, landed)::text
                FROM (%(items)s) known
                WHERE landed <> 0 OR odoo <> 0 OR internal_id = ANY(%(found)s)
                """,
                items=items(
                    SQL(
                        """r.connection_id = %s AND r.record_type = %s AND r.state <> 'removed'
                           AND r.internal_id > %s AND %s""",
                        self.connection.id,
                        record_type,
                        after,
                        SQL("TRUE") if until is None else SQL("r.internal_id <= %s", until),
                    )
                ),
                found=[internal_id for internal_id, _line in found],
            )
        )
        known = {(id_, line): {Decimal(a), Decimal(b)} for id_, line, _skipped, a, b in rows}
        # What is skipped on purpose stays so, whatever is open of it.
        left_out = {internal_id for internal_id, _line, skipped, *_ in rows if skipped}
        differing = {
            item[0]
            for item in known.keys() | found.keys()
            if known.get(item) != {found.get(item, Decimal(0))}
        }
        return sorted(differing - left_out)

    def _items_sql(self, chosen):
        """Return the query of what documents have open as last read, and in Odoo.

        :param chosen: condition on the record `r`.
        """
        return SQL(
            """
            SELECT r.internal_id, 0 AS line,
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
            FROM netsuite_record r WHERE %s
            """,
            chosen,
        )

    def _journal_items_sql(self, chosen):
        """Return the same of journals, one row for each line; parameter as for `_items_sql`.

        The line of a customer who is excluded has only what was last read.
        """
        return SQL(
            """
            SELECT r.internal_id, open_line.line, r.state = 'ignored' AS skipped, open_line.landed,
                (SELECT ABS(SUM(l.amount_residual_currency + COALESCE(l.netsuite_set_off, 0)))
                 FROM account_move m
                 JOIN account_move_line l ON l.move_id = m.id AND l.netsuite_line = open_line.line
                 JOIN account_account a ON a.id = l.account_id
                     AND a.account_type = 'asset_receivable'
                 WHERE m.netsuite_record_id = r.id AND m.state = 'posted'
                     AND r.state = 'booked') AS odoo
            FROM netsuite_record r
            CROSS JOIN LATERAL (
                SELECT (line->>'line')::int AS line, ABS(COALESCE(
                        line->>'foreignamountunpaid',
                        line->>'foreignpaymentamountunused', '0')::numeric) AS landed
                FROM jsonb_array_elements(r.payload->'lines') line
            ) open_line
            WHERE %s
            """,
            chosen,
        )
