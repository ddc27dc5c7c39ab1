from odoo import api, fields, models
from odoo.exceptions import LockError

from ...const import REFERENCE_TYPES, SYNC_CONTEXT, TRANSACTION_TYPES
from ...exceptions import RecordBlocked
from ..connection.failure import failure_of
from ..connection.hook import hook
from ..connection.isolation import isolate
from ..fetch.netsuite_fetch_landing import UNREAD
from ..scope.scope import Scope
from .outcome import Outcome

RETRY_MINUTES = 1
# Documents that an issue names: more would hide the sentence.
NOTES_LISTED = 10


class NetsuiteBooking(models.AbstractModel):
    """Turns landed records into Odoo's, a chunk at a time, so that a bad one costs itself only."""

    _name = "netsuite.booking"
    _description = "NetSuite Booking"

    # === BUSINESS METHODS === #

    @api.model
    def _book_chunk(self, records):
        """Book pending records of one connection and one type; never commits.

        The chunk is booked together. When a record spoils it, the chunk is halved until the record
        stands alone (`isolate`), so that the others keep the speed of a batch; what was not
        tried stays pending for the next chunk.

        :param records: pending `netsuite.record` rows, locked by the caller.
        :return: ``{"booked": n, "blocked": n, "failed": n, "ignored": n}``.
        """
        counts = dict.fromkeys(("booked", "blocked", "failed", "ignored"), 0)
        if not records:
            return counts
        # sudo: netsuite.record - the sync works for all users; its mappings bound what it writes
        records = records.sudo().with_context(**SYNC_CONTEXT).with_prefetch(records.ids)
        records = self._readable(records, counts)
        if not records:
            return counts
        if records[0].record_type in REFERENCE_TYPES:
            return self._book_references(records, counts)
        booker, outcome = self._booker(records), Outcome()

        def book(part):
            found = Outcome()
            mirrored, found.left_out = Scope(part.connection_id).sort_out(part)
            if mirrored:
                found.merge(booker._book(mirrored))
            return found

        outcome.take(isolate(records.env, records, book))
        self._settle(records, outcome, counts)
        if records[0].record_type == "customer":
            booker._book_shells(records.connection_id)
        return counts

    @api.model
    def _remove(self, records):
        """Take records out of Odoo's books that NetSuite positively says are gone.

        Posted entries are cancelled, or reversed where a lock date forbids that; a customer
        is archived unless something of it is open.

        :param records: `netsuite.record` rows of one connection.
        :return: number of records removed.
        """
        records = records.sudo().with_context(**SYNC_CONTEXT)
        for record_type, group in records.grouped("record_type").items():
            if record_type not in REFERENCE_TYPES:
                self._booker(group)._remove(group)
            group._mark_removed()
        self.env["netsuite.issue"].sudo()._settle(records)
        self._removed(records)
        return len(records)

    @hook
    @api.model
    def _removed(self, records):
        """Follow that `records` were taken out of the books."""

    @hook
    @api.model
    def _booked(self, records):
        """Follow that `records`, which are of one type, were booked."""

    @api.model
    def _fail(self, record, error):
        """Set a record aside that Odoo does not release, and list why."""
        stopped = {"blocked": {}, "failed": {}}
        self._stop(record, error, stopped, fields.Datetime.now())
        self._list_issues(record.connection_id, stopped)

    @api.model
    def _apply_waiting(self, connection, limit=500, records=None):
        """Make the applications of `connection` whose two ends are booked.

        :param records: only what these documents pay, or what pays them; all when None.
        :return: number of applications made; 0 when nothing is left to do now.
        """
        applications = self.env["netsuite.booking.application"].with_context(**SYNC_CONTEXT)
        # sudo: account.move, account.partial.reconcile - the sync alone applies what it mirrors
        return applications.sudo()._apply_waiting(connection, limit, records)

    # === BUSINESS METHODS - ISOLATION === #

    def _booker(self, records):
        """Return the model that books a type, in the environment of `records`."""
        return records.env[self._bookers()[records[0].record_type]]

    @hook
    def _bookers(self):
        """Return {record type: name of the model that books it}."""
        return {
            "customer": "netsuite.booking.customer",
            "invoice": "netsuite.booking.move",
            "customercharge": "netsuite.booking.move",
            "customtransaction": "netsuite.booking.move",
            "journalentry": "netsuite.booking.journal",
            "creditmemo": "netsuite.booking.move",
            "customerpayment": "netsuite.booking.payment",
            "customerdeposit": "netsuite.booking.payment",
            "depositapplication": "netsuite.booking.deposit.application",
            "customerrefund": "netsuite.booking.payment",
        }

    def _readable(self, records, counts):
        """Read retried documents again that could not be read; return what can be booked."""
        unread = records.filtered(lambda record: (record.payload_hash or "").startswith(UNREAD))
        if not unread:
            return records
        self.env["netsuite.fetch"].sudo()._reland(unread)  # sudo: as for all that is booked here
        failed = unread.filtered(lambda record: record.state == "failed")
        counts["failed"] += len(failed)
        return records - failed

    def _book_references(self, records, counts):
        """Book subsidiaries, accounts and the like; they advance their own records."""
        isolated = isolate(records.env, records, records.env["netsuite.reference"]._book)
        for part, booked in isolated.done:
            part.attempts = 0
            # sudo: netsuite.issue - only the sync writes them
            self.env["netsuite.issue"].sudo()._settle(part)
            for state, number in booked.items():
                counts[state] += number
        isolated.rest.attempts = 0
        outcome = Outcome()
        outcome.errors.update(isolated.errors)
        self._settle(records, outcome, counts)
        return counts

    # === BUSINESS METHODS - STATES AND ISSUES === #

    def _settle(self, records, outcome, counts):
        """Write what became of `records`, and list what stops those that did not make it."""
        now = fields.Datetime.now()
        # sudo: netsuite.issue - only the sync writes them
        Record, Issue = records.browse(), self.env["netsuite.issue"].sudo()
        booked, ignored = Record.union(*outcome.booked), Record.union(*outcome.ignored)
        left_out = Record.union(*outcome.left_out)
        free = {"booked_at": now, "attempts": 0, "next_try": False}
        if records[0].record_type in TRANSACTION_TYPES:
            free["unproved"] = True
        parts = Record.union(*outcome.parts)
        (booked - parts)._advance("booked", message=False, **free)
        for why, group in parts.grouped(lambda record: outcome.parts[record]).items():
            group._advance("booked", message=why.sentence, left_out=why.reason, **free)
        for message, group in ignored.grouped(lambda record: outcome.ignored[record]).items():
            group._advance("ignored", message=message, **free)
        for why, group in left_out.grouped(lambda record: outcome.left_out[record]).items():
            group._advance("ignored", message=why.sentence, left_out=why.reason, **free)
        noted = Record.union(*outcome.notes)
        # What was listed of them before and is so still is the same issue.
        Issue._settle(noted, but=self._list_notes(outcome.notes))
        Issue._settle((booked | ignored | left_out) - noted)
        self._booked(booked)
        stopped = {"blocked": {}, "failed": {}}
        for record, error in outcome.errors.items():
            state = self._stop(record, error, stopped, now)
            if state:
                counts[state] += 1
        self._list_issues(records.connection_id, stopped)
        counts["booked"] += len(outcome.booked)
        counts["ignored"] += len(outcome.ignored) + len(outcome.left_out)

    def _stop(self, record, error, stopped, now):
        """Set a record aside; note the issues that it belongs to in `stopped`."""
        if isinstance(error, LockError):
            # Someone is editing it right now: no trouble, only a moment too early.
            next_try = fields.Datetime.add(now, minutes=RETRY_MINUTES)
            record.write({"next_try": next_try, "attempts": 0})
            return None
        if isinstance(error, RecordBlocked):
            state, message = "blocked", str(error)
            for missing in error.missing:
                stopped[state].setdefault(missing[:2], (missing, []))[1].append(record)
        else:
            failure = failure_of(self.env, error)
            state, message = "failed", failure.title
            stopped[state].setdefault(failure.code, (failure, []))[1].append(record)
        record._advance(state, message=message, next_try=False, attempts=0)
        return state

    def _list_notes(self, notes):
        """List what people should know of booked records, one issue for all that share it.

        :param notes: {record: [`outcome.Note`]}.
        :return: the issues.
        """
        Record = self.env["netsuite.record"]
        # sudo: netsuite.issue - only the sync writes them
        issues = self.env["netsuite.issue"].sudo()
        by_key = {}
        for record, own in notes.items():
            for note in own:
                by_key.setdefault(note.key, (note, {}))[1][record] = note.detail
        for note, details in by_key.values():
            records = Record.union(*details)
            issues |= issues._touch(
                records.connection_id,
                "content",
                note.key,
                note.title,
                note.advice,
                severity="1",
                records=records,
                detail="\n".join(list(details.values())[:NOTES_LISTED]),
            )
        return issues

    def _list_issues(self, connection, stopped):
        # sudo: netsuite.issue, netsuite.record - only the sync writes them
        Issue, Record = self.env["netsuite.issue"].sudo(), self.env["netsuite.record"].sudo()
        for missing, records in stopped["blocked"].values():
            Issue._touch(
                connection,
                missing.kind,
                missing.key,
                missing.title,
                missing.advice,
                records=Record.union(*records),
                company=self._company_of_issue(missing, Record.union(*records)),
            )
        for failure, records in stopped["failed"].values():
            Issue._touch(
                connection,
                "program" if failure.code.startswith("program:") else "content",
                failure.code,
                self._shared_titles().get(failure.code, failure.title),
                failure.advice,
                records=Record.union(*records),
                detail=f"{records[0].name}: {failure.title}",
            )

    def _company_of_issue(self, missing, records):
        """Return the company whose books an issue is about; empty when it is about several."""
        # A customer or a currency can stop the documents of any company.
        own = missing.kind in ("mapping", "period") and len(records.company_id) == 1
        return records.company_id if own else records.company_id.browse()

    def _shared_titles(self):
        """Return {code of a failure: what to say of all records that have it}.

        Each record's own message has the amounts.
        """
        return {
            "unbalanced": self.env._("NetSuite's debits and credits differ"),
            "total": self.env._("The lines do not add up to the document's total"),
            "decimals": self.env._("Amounts have more decimals than the currency has in Odoo"),
            "rate": self.env._("The exchange rate is missing or not positive"),
            "main_line": self.env._("The document has no single main line"),
            "shape": self.env._("NetSuite's answer is incomplete"),
            "secured": self.env._("Invoices secured by a hash were changed in NetSuite"),
            "odoo_totals": self.env._("Odoo's totals would differ from NetSuite's"),
        }
