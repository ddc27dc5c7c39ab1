import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ...client.errors import ErrorKind, NetsuiteError
from ...const import LOOK_UP_MINUTES, STANDSTILL_CODES, WRITE_MINUTES, WRITE_TRIES
from ...mappers.bodies.field_update import differing
from ..connection.failure import failure_of
from .operation import OPERATIONS

_logger = logging.getLogger(__name__)

# Someone else saved the record at the same moment; nothing of ours was stored.
CHANGED_CODES = ("RECORD_CHANGED", "RCRD_HAS_BEEN_CHANGED")


class NetsuiteWriteback(models.Model):
    """What becomes of a write-back on its way; these units never commit."""

    _inherit = "netsuite.writeback"

    # === WHAT THERE IS TO DO === #

    @api.model
    def _is_work(self, connection):
        """Tell whether anything of a connection is to be sent, settled or taken up."""
        domain = Domain("connection_id", "=", connection.id) & Domain(
            "state", "in", ("queued", "sending", "sent", "ambiguous")
        )
        return bool(self.search_count(domain, limit=1))

    @api.model
    def _recover(self, connection):
        """Take up what a process left between call and commit: nobody knows what became of it."""
        left = self.search([("connection_id", "=", connection.id), ("state", "=", "sending")])
        for row in left:
            row._close_attempt(self.env._("The server stopped while it waited for the answer."))
            row._wait_for_look_up()

    @api.model
    def _to_settle(self, connection, limit):
        """Return what was sent, and what was not answered and is to be looked up now."""
        own = Domain("connection_id", "=", connection.id)
        due = Domain("state", "=", "sent") | Domain(
            [("state", "=", "ambiguous"), ("next_try", "<=", fields.Datetime.now())]
        )
        return self.search(own & due, order="id", limit=limit)

    # === BEFORE THE CALL === #

    def _judge_before(self, seen):
        """Compare what NetSuite has with what was known; return the write-backs that may be sent.

        :param seen: what the operation's `look` returned.
        """
        ready, protected = self.browse(), {}
        for row in self:
            if row in seen.errors:
                row._refuse(seen.errors[row])
            elif (
                row in seen.values
                and not row._is_protected(protected)
                and row._judge_values(seen.values[row])
            ):
                ready |= row
        return ready

    def _is_protected(self, known):
        """Tell whether one of the fields may no longer be written; block it then.

        :param known: {(connection, type, field): why not, or None}, kept over several rows.
        """
        reasons = []
        for name in self.value_ids.mapped("field_name"):
            key = self.connection_id, self.record_type, name
            if key not in known:
                known[key] = self.connection_id._unwritable_sentence(name, self.record_type)
            reasons.append(known[key])
        why = " ".join(filter(None, reasons))
        if not why:
            return False
        self._advance("blocked", error=why, next_try=False)
        self._note_problem("PROTECTED", why, why)
        return True

    def _judge_values(self, stored):
        """Tell whether this write-back is to be sent, as the policies of its fields have it."""
        self.ensure_one()
        self.value_ids._note_found(stored, "found")
        moved = self.value_ids.filtered(
            lambda value: (
                value.base_known
                and value.field_name in stored
                and stored[value.field_name]
                not in ((value.base or {}).get("value"), (value.meant or {}).get("value"))
            )
        )
        if moved.filtered(lambda value: value.policy == "ask"):
            self._enter_conflict(
                self.env._("NetSuite changed it meanwhile: %s", moved._difference_text())
            )
            return False
        lost = moved.filtered(lambda value: value.policy == "netsuite")
        # What an earlier try ran into is over.
        self.error = False
        if lost:
            self.error = self.env._("NetSuite wins: %s", lost._difference_text())
            if lost == self.value_ids:
                self._end("cancelled", self.error)
                return False
            self._note("look_up", self.error)
            self._give_up(lost)
        if self._is_stored(stored):
            self._note("read_back", self.env._("NetSuite has these values already."))
            self._end("confirmed", self.error, confirmed_at=fields.Datetime.now())
            return False
        # What holds now is the former value; a change since it was meant is known from here on.
        self.value_ids._note_found(stored, "former", "base")
        self.value_ids.filtered(lambda value: value.field_name in stored).base_known = True
        return True

    def _is_stored(self, stored):
        """Tell whether NetSuite holds all that is meant."""
        meant = self.value_ids._meant()
        return meant.keys() <= stored.keys() and not differing(meant, stored)

    # === THE CALL === #

    def _begin(self, payload):
        """Note that this is being sent; return False when someone was first, or stopped it.

        :param payload: what it meant when it was compared with NetSuite; what a user has changed
            since then is compared first.
        """
        self.invalidate_recordset()
        if self.state != "queued" or self.payload != payload or self._is_held():
            return False
        now = fields.Datetime.now()
        self._advance(
            "sending", attempts=self.attempts + 1, sent_at=now, next_try=False, refused=False
        )
        self._note("send", "", ended_at=False)
        return True

    def _is_held(self):
        """Tell whether this may not be sent now: switched off, paused, or the customer excluded."""
        return bool(
            self.connection_id._hold_sentence(self.operation)
            or self.record_id.left_out == "excluded"
        )

    def _take_answer(self, internal_id, error):
        """Note what came of the call.

        :param internal_id: NetSuite's id of the record; empty when it did not tell.
        :param error: the exception that the call raised, or None.
        """
        if self.state != "sending":
            return
        if error is None:
            self._close_attempt(self.env._("NetSuite took it."))
            self._advance(
                "sent",
                netsuite_internal_id=int(internal_id or 0) or self.netsuite_internal_id,
                setbacks=0,
            )
            return
        if not isinstance(error, NetsuiteError):
            # The request may have left: only a look tells.
            _logger.warning("NetSuite: %s was stopped", self, exc_info=error)
            reason = self.env._("A program error: %s", self.connection_id._reason(error))
            self._close_attempt(reason)
            self._wait_for_look_up(reason)
            return
        title, _advice = self.connection_id._error_sentences(error)
        self._close_attempt(title, error)
        if error.kind is ErrorKind.AMBIGUOUS:
            self._wait_for_look_up(title)
        elif error.code in STANDSTILL_CODES or error.kind is ErrorKind.AUTH:
            # Not sent, or not let in: it waits for the connection, and nothing is counted.
            self._advance("queued", attempts=self.attempts - 1, error=title)
        elif error.is_passing or error.code in CHANGED_CODES:
            self._put_back(title, error)
        elif error.kind is ErrorKind.DATA:
            # A script that fails after saving is answered with an error as well: look first.
            self._advance(
                "ambiguous",
                refused=True,
                error=f"{error.detail or title}",
                next_try=fields.Datetime.now(),
            )
        else:
            self._refuse(error)

    def _put_back(self, title, error):
        """Try again later what NetSuite has not carried out.

        What others meet as well, an outage or too many calls, is waited for however long it lasts;
        what this record alone meets is given up after a few tries in a row.
        """
        setbacks = self.setbacks + 1
        if setbacks >= WRITE_TRIES and not error.is_passing:
            reason = self.env._(
                "NetSuite did not take it in %(count)s tries. %(problem)s",
                count=setbacks,
                problem=title,
            )
            self._advance("failed", error=reason, setbacks=0, next_try=False)
            self._note_problem(error.code, title, reason)
            return
        minutes = WRITE_MINUTES[min(setbacks - 1, len(WRITE_MINUTES) - 1)]
        again = fields.Datetime.now() + timedelta(minutes=minutes)
        self._advance("queued", setbacks=setbacks, next_try=again, error=title)
        self.attempt_ids[-1:].next_try = again
        self.connection_id._trigger_cron("write", at=again)

    def _refuse(self, error):
        """Keep a definite refusal: nothing of it is in NetSuite."""
        title, advice = self.connection_id._error_sentences(error)
        said = error.detail or title
        if OPERATIONS[self.operation].is_gone(error):
            said = title = self.env._("NetSuite has no %s any more.", self._target_name())
        if error.kind is ErrorKind.PERMISSION:
            self._advance("blocked", error=said, next_try=False)
        else:
            self._advance("failed", error=said, next_try=False)
        self._note_problem(error.code, title, said, advice)

    def _wait_for_look_up(self, reason=False, at=None):
        """Wait until NetSuite can be asked whether a request without an answer was carried out."""
        again = at or self._next_look_up()
        self._advance("ambiguous", error=reason or self.error, next_try=again)
        self.connection_id._trigger_cron("write", at=again)

    def _next_look_up(self):
        """Return when to look next: now, when NetSuite surely does nothing more about it."""
        now = fields.Datetime.now()
        begun = self.sent_at or now
        for minutes in LOOK_UP_MINUTES:
            moment = begun + timedelta(minutes=minutes)
            if moment > now:
                return moment
        return now

    def _is_settled_by_time(self):
        """Tell whether a request of ours can no longer be carried out: NetSuite's limit is over."""
        limit = timedelta(minutes=LOOK_UP_MINUTES[-1])
        return fields.Datetime.now() >= (self.sent_at or fields.Datetime.now()) + limit

    # === AFTER THE CALL === #

    def _judge_after(self, seen):
        """Compare what NetSuite has with what was meant, of what was sent or not answered."""
        for row in self:
            if row in seen.errors:
                row._judge_unread(seen.errors[row])
            if row not in seen.values:
                continue
            stored = seen.values[row]
            row.value_ids._note_found(stored, "found")
            if row.state == "sent":
                row._judge_sent(stored)
            elif row.state == "ambiguous":
                row._judge_unanswered(stored)

    def _judge_sent(self, stored):
        if self._is_stored(stored):
            self._note("read_back", self.env._("NetSuite has what was meant."))
            self._end("confirmed", self.error, confirmed_at=fields.Datetime.now())
            return
        wrong = self.value_ids.filtered(
            lambda value: (
                value.field_name not in stored
                or stored[value.field_name] != value._meant()[value.field_name]
            )
        )
        unread = wrong.filtered(lambda value: value.field_name not in stored)
        if unread:
            reason = self.env._(
                "NetSuite took it, but does not show these fields, so that nobody can say what "
                "they hold: %s",
                ", ".join(unread.mapped("label")),
            )
        elif all(value.former == value.found for value in wrong):
            reason = self.env._(
                "NetSuite answered that it saved this, and kept the old value: %s",
                wrong._difference_text(),
            )
        else:
            reason = self.env._(
                "NetSuite stored something else than what it got: %s", wrong._difference_text()
            )
        self._note("read_back", reason)
        self._enter_conflict(reason)

    def _judge_unanswered(self, stored):
        """Decide about a request without an answer, or with a refusal, by what NetSuite has."""
        # That it could not be read is over.
        self._let_issues_go()
        if self._is_stored(stored):
            said = self.refused and self.env._(
                "NetSuite saved it although it answered with an error: %s", self.error
            )
            self._note(
                "look_up", said or self.env._("NetSuite has it: the request was carried out.")
            )
            self._advance("sent", setbacks=0, refused=False, error=said, next_try=False)
            self._end("confirmed", said, confirmed_at=fields.Datetime.now())
            return
        untouched = all(
            (value.former or {}).get("value") == stored.get(value.field_name)
            for value in self.value_ids
            if value.former or value.field_name in stored
        )
        if self.refused and untouched:
            self._note("look_up", self.env._("NetSuite has the former values: nothing was saved."))
            said = self.error
            self._advance("failed", refused=False, next_try=False)
            self._note_problem("REFUSED", self._short(said), said)
        elif not self.refused and not self._is_settled_by_time():
            self._note("look_up", self.env._("Not there yet. The answer may come late."))
            self._wait_for_look_up()
        elif untouched:
            self._note("look_up", self.env._("Surely not there: it is sent again."))
            setbacks = self.setbacks + 1
            if setbacks >= WRITE_TRIES:
                reason = self.env._("NetSuite did not answer in %s tries.", setbacks)
                self._advance("failed", error=reason, setbacks=0, next_try=False)
                self._note_problem("NO_ANSWER", reason, reason)
            else:
                self._advance("queued", setbacks=setbacks, next_try=False)
        else:
            reason = self.env._(
                "There was no clear answer, and NetSuite has something else now: %s",
                self.value_ids._difference_text(),
            )
            self._note("look_up", reason)
            self._enter_conflict(reason)

    def _judge_unread(self, error):
        """Keep that a record cannot be read back: gone, or out of sight."""
        title, advice = self.connection_id._error_sentences(error)
        if OPERATIONS[self.operation].is_gone(error):
            title = self.env._("NetSuite has no %s any more.", self._target_name())
        self._note("look_up", title, status=error.http_status or 0, code=error.code)
        if self.state == "ambiguous":
            if not (self.refused or OPERATIONS[self.operation].is_gone(error)):
                # Nobody knows what became of it, so it is asked on and on, less and less often.
                looks = len(self.attempt_ids.filtered(lambda step: step.kind == "look_up"))
                minutes = WRITE_MINUTES[min(looks, len(WRITE_MINUTES)) - 1]
                self._wait_for_look_up(title, at=fields.Datetime.now() + timedelta(minutes=minutes))
                if not self.issue_id:
                    self._note_problem(error.code, title, error.detail or title, advice)
                return
            self._advance("failed", error=self.error or title, refused=False, next_try=False)
            self._note_problem(error.code, title, self.error)
            return
        self._enter_conflict(
            self.env._("NetSuite took it, but what it stored cannot be read back: %s", title)
        )

    def _stop_for_program(self, error):
        """Set these write-backs aside that an error nobody foresaw met; the others go on.

        :param error: any exception.
        """
        failure = failure_of(self.env, error)
        for row in self:
            row._note("look_up", failure.title)
            if row.state == "queued":
                row._advance("failed", error=failure.title, next_try=False)
            elif row.state == "sent":
                row._advance("conflict", error=failure.title, next_try=False)
            else:
                later = fields.Datetime.now() + timedelta(minutes=WRITE_MINUTES[-1])
                row._wait_for_look_up(failure.title, at=later)
            row._note_problem(failure.code, failure.title, failure.title, failure.advice)

    def _enter_conflict(self, reason):
        """Let a person decide; the latest values of both sides stand beside each other."""
        self.value_ids.choice = False
        self._advance("conflict", error=reason, next_try=False, refused=False)
        title = self.env._("NetSuite and Odoo disagree about fields that were written")
        self._note_problem("CONFLICT", title, reason)

    # === THE STORY === #

    def _note(self, kind, outcome, **values):
        """Add a step to the story of this write-back."""
        self.env["netsuite.writeback.attempt"].create(
            {
                "writeback_id": self.id,
                "kind": kind,
                "outcome": outcome,
                "ended_at": fields.Datetime.now(),
                **values,
            }
        )

    def _close_attempt(self, outcome, error=None):
        """Write into the attempt that is going on what came of it."""
        self.attempt_ids.filtered(lambda each: each.kind == "send" and not each.ended_at).write(
            {
                "outcome": outcome,
                "ended_at": fields.Datetime.now(),
                **(
                    {
                        "status": error.http_status or 0,
                        "code": error.code,
                        "answer": error.detail,
                    }
                    if error
                    else {}
                ),
            }
        )

    @staticmethod
    def _short(text):
        """Return a text as a title has it."""
        line = " ".join((text or "").split())
        return line if len(line) <= 200 else f"{line[:199]}…"


class NetsuiteWritebackValue(models.Model):
    """How a difference is told."""

    _inherit = "netsuite.writeback.value"

    def _difference_text(self):
        """Return, for each field, what was meant and what NetSuite has."""
        return "; ".join(
            self.env._(
                "%(field)s: %(odoo)s in Odoo, %(netsuite)s in NetSuite",
                field=value.label,
                odoo=value._text(value.meant, self.env._("(empty)")),
                netsuite=value._text(value.found, self.env._("(empty)")),
            )
            for value in self
        )
