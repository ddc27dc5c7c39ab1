from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.misc import format_date, formatLang

from ...const import TRANSACTION_TYPES
from ..connection.netsuite_connection import LOST

# States of a record that was read and is not in the books as NetSuite has it.
UNBOOKED = ("pending", "blocked", "failed")
# What a badge looks like; its words say the same.
LEVELS = ("good", "busy", "warning", "danger", "muted")

# The customers whom the record `r` concerns, or did before NetSuite gave it to another one.
CONCERNED_CUSTOMERS = SQL(
    """SELECT COALESCE(r.customer_internal_id, 0)
    UNION SELECT COALESCE(r.former_customer_internal_id, 0)
    UNION SELECT customer::int
        FROM jsonb_array_elements_text(COALESCE(r.line_customers, '[]')) customer"""
)


class Standing(NamedTuple):
    """How a connection is doing, in one word, one sentence and one colour.

    :param key: a key of ``netsuite.connection.standing``.
    :param text: what the badge says, translated.
    :param level: one of `LEVELS`.
    """

    key: str
    text: str
    level: str


class Unchecked(NamedTuple):
    """What of a connection nobody can vouch for.

    :param documents: transactions that are not booked, not applied or not proved yet, or whose
        deletion is not followed yet.
    :param records: other records that are not booked yet.
    :param customers: customers whose comparison waits.
    :param differing: customers who differ.
    """

    documents: int = 0
    records: int = 0
    customers: int = 0
    differing: int = 0


class NetsuiteConnection(models.Model):
    """The one rule by which a connection, its customers and its documents are called in sync.

    Green is only: everything that was read is booked, everything that is booked is proved, and
    the last read is fresh. The badge, the overview, the headline of the reconciliation, and the
    state of a customer and of a document ask here.
    """

    _inherit = "netsuite.connection"

    standing = fields.Selection(
        [
            ("draft", "Not connected"),
            ("empty", "Nothing imported"),
            ("reconnect", "Reconnect needed"),
            ("token_limit", "Too many tokens"),
            ("paused", "Paused"),
            ("unreachable", "Unreachable"),
            ("busy", "Slow"),
            ("stopped", "Stopped by an error"),
            ("lost", "Right lost"),
            ("running", "Synchronising"),
            ("stale", "Stale"),
            ("differs", "Doesn't match"),
            ("unchecked", "Not yet checked"),
            ("incomplete", "Incomplete"),
            ("good", "Up to date"),
        ],
        compute="_compute_standing",
        string="Status",
        help="Up to date only while everything that was read is booked, everything that is "
        "booked matches NetSuite, and the last read is fresh.",
    )
    standing_text = fields.Char(compute="_compute_standing", string="Status in Words")
    standing_level = fields.Selection(
        [(level, level.capitalize()) for level in LEVELS], compute="_compute_standing"
    )

    # === COMPUTE METHODS === #

    @api.depends(
        *("state", "setbacks", "fact_ids.refused_at", "deletions_hidden_since"),
        *("stream_ids.last_success_at", "stream_ids.next_read_at", "stream_ids.last_error"),
    )
    def _compute_standing(self):
        for connection, standing in self._standings().items():
            connection.standing = standing.key
            connection.standing_text = standing.text
            connection.standing_level = standing.level

    # === BUSINESS METHODS - THE RULE === #

    def _standings(self):
        """Return {connection: `Standing`}, as the user may know it."""
        now, unchecked = fields.Datetime.now(), self._unchecked()
        return {
            connection: connection._standing(now, unchecked.get(connection, Unchecked()))
            for connection in self
        }

    def _standing(self, now, unchecked):
        """Return the `Standing` of one connection; what was found to differ is always told."""
        verdict = self._verdict(unchecked)
        standing = self._trouble(now) or self._progress(now) or self._staleness(now)
        if not standing:
            return verdict
        if verdict.key == "differs" and standing.level in ("warning", "danger"):
            text = f"{standing.text} \N{MIDDLE DOT} {verdict.text}"
            return standing._replace(text=text, level=verdict.level)
        return standing

    def _doubt(self, now):
        """Return the `Standing` of a connection that is not read as it should be, or None.

        It says nothing of what was read: that is counted in `_unchecked`.
        """
        return self._trouble(now) or self._staleness(now)

    def _doubt_sentences(self):
        """Return what keeps these connections from being read, each as a sentence."""
        now = fields.Datetime.now()
        doubts = {connection: connection._doubt(now) for connection in self}
        return [
            f"{doubt.text}." if len(self) == 1 else f"{connection.name}: {doubt.text}."
            for connection, doubt in doubts.items()
            if doubt and doubt.level != "muted"
        ]

    def _is_read_overdue(self, now):
        """Tell whether nobody may say that what was read is how NetSuite has it now.

        A read that fails, or is not even tried, is missed as soon as it was due. Where a right was
        lost, the rest is read as ever.
        """
        trouble = self._trouble(now)
        return self._is_stale(now, patient=not trouble or trouble.key == "lost")

    def _trouble(self, now):
        """Return the `Standing` of a connection that cannot read NetSuite now, or None."""
        self.ensure_one()
        if self.state in LOST:
            since = self._troubled_since([("kind", "=", "sign_in"), ("key", "=", "sign_in")])
            if self.state == "token_limit":
                text = (
                    self.env._("Too many NetSuite tokens since %s", self._moment(since, now))
                    if since
                    else self._state_label()
                )
                return Standing("token_limit", text, "danger")
            text = (
                self.env._("Reconnect needed since %s", self._moment(since, now))
                if since
                else self.env._("Reconnect needed")
            )
            return Standing("reconnect", text, "danger")
        if self.state == "paused":
            return Standing("paused", self._paused_text(now), "warning")
        if self.state != "connected":
            return Standing("draft", self._state_label(), "muted")
        return self._interruption(now)

    def _interruption(self, now):
        """Return the `Standing` of a connection whose reading fails for now, or None."""
        works = [f"driver:{work}" for work in self.setbacks or {}]
        for key, issues in (
            ("unreachable", ["network"]),
            ("busy", ["busy"]),
            # What cannot be compared any more is not up to date, though nothing has changed.
            ("stopped", ["infrastructure", "stream:proof", *works]),
        ):
            since = self._troubled_since([("key", "in", issues)])
            if since:
                again = self._next_try_at(now)
                words = {
                    "since": self._moment(since, now),
                    "next": self._moment(again, now) if again else "",
                }
                return Standing(key, self._interruption_text(key, words), "warning")
        return self._lost_rights(now)

    def _lost_rights(self, now):
        """Return the `Standing` of a connection of which NetSuite no longer shows all, or None."""
        # sudo: netsuite.fact - what is refused, whoever looks at the connection
        connection = self._origin.sudo()
        lost = [(fact.refused_at, fact.name) for fact in connection.fact_ids if fact.refused_at]
        hidden = connection.track_deletions and connection.deletions_hidden_since
        if hidden and connection.deletions_read_until:
            # Who never saw them was told in the set-up, and does without.
            lost.append((hidden, self.env._("Deleted records")))
        if not lost:
            return None
        text = self.env._(
            "Not shown by NetSuite since %(since)s: %(what)s",
            since=self._moment(min(since for since, _name in lost), now),
            what=", ".join(name for _since, name in lost),
        )
        return Standing("lost", text, "warning")

    def _interruption_text(self, key, words):
        """Return what a badge says of a connection whose reading fails.

        :param key: as of `Standing`.
        :param words: ``since``, and ``next``, empty when it is tried right now.
        """
        if words["next"]:
            texts = {
                "unreachable": self.env._(
                    "Unreachable since %(since)s, next try %(next)s", **words
                ),
                "busy": self.env._("Slow since %(since)s, next try %(next)s", **words),
                "stopped": self.env._(
                    "Stopped by an error at %(since)s, next try %(next)s", **words
                ),
            }
        else:
            texts = {
                "unreachable": self.env._("Unreachable since %(since)s, trying again now", **words),
                "busy": self.env._("Slow since %(since)s, trying again now", **words),
                "stopped": self.env._(
                    "Stopped by an error at %(since)s, trying again now", **words
                ),
            }
        return texts[key]

    def _troubled_since(self, domain):
        """Return since when (UTC) an issue is there that is not solved, False without one."""
        # sudo: netsuite.issue - since when it is; what it says is not shown here
        return (
            self.env["netsuite.issue"]
            .sudo()
            .search(
                [("connection_id", "=", self._origin.id), ("state", "!=", "solved"), *domain],
                order="first_seen",
                limit=1,
            )
            .first_seen
        )

    def _progress(self, now):
        """Return the `Standing` of a connection that is synchronising, or None."""
        # sudo: netsuite.run - how far it is
        run = self._origin._running_run()
        if not run:
            return None
        if run.remaining_seconds and run.total:
            text = self.env._(
                "Synchronising %(done)s of %(total)s · %(left)s",
                done=formatLang(self.env, run.done, digits=0),
                total=formatLang(self.env, run.total, digits=0),
                left=run._remaining_words(),
            )
        else:
            text = self.env._("Synchronising since %s", self._moment(run.started_at, now))
        return Standing("running", text, "busy")

    def _staleness(self, now):
        """Return the `Standing` of a connection whose last read is missing or too old, or None."""
        if not self.in_step_at:
            return Standing("empty", self.env._("Nothing imported yet"), "muted")
        unread = self._unread_streams()
        if unread:
            names = ", ".join(stream._label() for stream in unread)
            return Standing("stale", self.env._("Not read yet: %s", names), "warning")
        if not self._is_stale(now):
            return None
        text = self.env._("Stale: last read %s", self._moment(self.in_step_at, now))
        return Standing("stale", text, "warning")

    def _verdict(self, unchecked):
        """Return the `Standing` that follows from what is booked and proved."""
        if unchecked.differing:
            text = (
                self.env._("1 customer doesn't match")
                if unchecked.differing == 1
                else self.env._(
                    "%s customers don't match", formatLang(self.env, unchecked.differing, digits=0)
                )
            )
            return Standing("differs", text, "danger")
        for key, text in (
            ("unchecked", self._unchecked_text(unchecked)),
            ("incomplete", self._completeness_text()),
        ):
            if text:
                return Standing(key, text, "warning")
        return Standing("good", self.env._("Up to date"), "good")

    def _unchecked_text(self, unchecked):
        """Return what is not checked yet, in words; empty when all is."""
        number = unchecked.documents or unchecked.customers or unchecked.records
        shown = formatLang(self.env, number, digits=0)
        if unchecked.documents:
            return (
                self.env._("1 document not yet checked")
                if number == 1
                else self.env._("%s documents not yet checked", shown)
            )
        if unchecked.customers:
            return (
                self.env._("1 customer not yet checked")
                if number == 1
                else self.env._("%s customers not yet checked", shown)
            )
        if unchecked.records:
            return (
                self.env._("1 record not yet booked")
                if number == 1
                else self.env._("%s records not yet booked", shown)
            )
        return ""

    # === BUSINESS METHODS - WHAT IS NOT CHECKED === #

    def _unchecked(self):
        """Return {connection: `Unchecked`}, of the records that the user may see.

        Four queries, whatever is there.
        """
        own = [("connection_id", "in", self._origin.ids)]
        documents = [*own, ("record_type", "in", TRANSACTION_TYPES)]
        Record, Proof = self.env["netsuite.record"], self.env["netsuite.proof"]
        found = {}

        def count(name, model, domain, aggregate="__count"):
            for connection, number in model._read_group(domain, ["connection_id"], [aggregate]):
                found.setdefault(connection, {})[name] = number

        count("documents", Record, [*documents, *self._unchecked_domain()])
        count(
            "records",
            Record,
            [*own, ("record_type", "not in", TRANSACTION_TYPES), ("state", "in", UNBOOKED)],
        )
        for name, state in (("customers", "waiting"), ("differing", "differs")):
            domain = [*own, ("state", "=", state)]
            count(name, Proof, domain, "customer_internal_id:count_distinct")
        return {connection: Unchecked(**numbers) for connection, numbers in found.items()}

    @api.model
    def _unchecked_domain(self):
        """Return the domain of transactions that are not booked, or not proved, as NetSuite has
        them."""
        return [
            *("|", "|"),
            ("state", "in", UNBOOKED),
            ("unproved", "=", True),
            ("removal_step", "!=", False),
        ]

    def _unproved_customers(self):
        """Return the internal IDs of the customers whose documents changed since their proof.

        Those of a document that NetSuite gave to another customer are two.
        """
        self.ensure_one()
        self.env["netsuite.record"].flush_model()
        return [
            customer
            for (customer,) in self.env.execute_query(
                # Customers of journals and of shared payments stand in a JSON list.
                SQL(
                    """SELECT DISTINCT customer FROM netsuite_record r
                       CROSS JOIN LATERAL (%(customers)s) concerned(customer)
                       WHERE r.connection_id = %(connection)s AND r.unproved AND customer <> 0
                       ORDER BY customer""",
                    connection=self.id,
                    customers=CONCERNED_CUSTOMERS,
                )
            )
        ]

    def _note_proved(self, customers):
        """Note that customers were compared: what they alone concern is proved.

        :param customers: NetSuite's internal ids; all when None.
        """
        self.env["netsuite.record"].flush_model()
        # As many rows as a first import has: one statement, of which the ORM would read each.
        compared = SQL("TRUE")
        if customers is not None:
            compared = SQL(
                """NOT EXISTS (
                    SELECT 1 FROM (%s) concerned(customer)
                    WHERE customer <> 0 AND customer <> ALL(%s))""",
                CONCERNED_CUSTOMERS,
                customers,
            )
        rows = self.env.execute_query(
            SQL(
                """WITH proved AS (
                    UPDATE netsuite_record r SET unproved = FALSE
                    WHERE r.connection_id = %s AND r.unproved AND %s RETURNING 1)
                SELECT COUNT(*) FROM proved""",
                self.id,
                compared,
            )
        )
        if rows[0][0]:
            self.env["netsuite.record"].invalidate_model(["unproved"])

    # === BUSINESS METHODS - WORDS === #

    def _state_label(self):
        """Return what the state of this connection is called."""
        self.ensure_one()
        return dict(self._fields["state"]._description_selection(self.env))[self.state]

    def _paused_text(self, now):
        """Return until when this connection is paused, and why, for a badge."""
        words = {"reason": self.pause_reason or "", "until": ""}
        if self.paused_until:
            words["until"] = self._day_or_moment(self.paused_until, now)
        if self.paused_until and self.pause_reason:
            return self.env._("Paused until %(until)s: %(reason)s", **words)
        if self.paused_until:
            return self.env._("Paused until %(until)s", **words)
        if self.pause_reason:
            return self.env._("Paused: %(reason)s", **words)
        return self.env._("Paused")

    def _day_or_moment(self, moment, now):
        """Return a moment to come (UTC) as a weekday within the week, as `_moment` otherwise."""
        local = fields.Datetime.context_timestamp(self, moment)
        days = (local.date() - fields.Datetime.context_timestamp(self, now).date()).days
        if not 0 < days < 7:
            return self._moment(moment, now)
        return format_date(self.env, local.date(), date_format="EEEE")
