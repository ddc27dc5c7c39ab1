"""NetSuite's own list of what was deleted, read with a watermark of its own."""

from datetime import timezone

from odoo import fields

from ...client.deletions import rows_of_window
from ...client.errors import ErrorKind
from ...mappers.queries.deletion import NAMING, OPTIONAL, deletion_query, name_keys, read_deletion
from ..connection.failure import failure_of
from ..connection.isolation import isolate
from .removal import FOLLOWED_TYPES

# Troubles of a read that end with the connection or pass by themselves; any other means that
# NetSuite does not show its deleted records to this role or in this account.
NOT_HIDDEN = (ErrorKind.AUTH, ErrorKind.TRANSIENT, ErrorKind.CONCURRENCY)


class DeletedRecords:
    """The deleted records of one connection: a window of them is read, and each is followed.

    :param connection: the `netsuite.connection`, in the environment to work in.
    :param client: the `NetsuiteClient` to ask with.
    """

    def __init__(self, connection, client):
        self.connection = connection
        self.client = client
        self.env = connection.env

    # === READING === #

    def window(self):
        """Return (since, until) of the deletions to read next, and the UTC end to keep.

        Nothing was mirrored before the first read, so nothing older can concern it.
        """
        clock = self.client.clock
        until = clock.until()
        start = self.connection.deletions_read_until
        start = start.replace(tzinfo=timezone.utc) if start else until
        since = min(start, until) - clock.overlap((start, until))
        return clock.from_utc(since), clock.from_utc(until), until.replace(tzinfo=None)

    def pages(self, since, until):
        """Yield lists of rows of `mappers.queries.deletion.deletion_query`; only HTTP happens here.

        :raise NetsuiteError: NetSuite cannot or will not answer.
        """
        missing = frozenset(self.connection.deletions_missing_columns or ())
        yield from rows_of_window(
            self.client.transport, lambda a, b: deletion_query(a, b, missing), since, until
        )

    def close(self, until):
        """Move the watermark: everything deleted before `until` was looked at."""
        self.connection.sudo().write(
            {"deletions_read_until": until, "deletions_hidden_since": False}
        )
        self._hidden_issues()._solve()

    # === FOLLOWING === #

    def land(self, rows):
        """Note which of our records were deleted; never commits.

        Type and internal id together name a record. Where the account does not show the ids,
        writes the type in a way that nobody knows, or something of the row cannot be read, the
        records that may be meant are only suspected, and asked for by their id. What cannot be
        read is listed, and costs its row only.

        :param rows: a page of `pages`.
        """
        deletions = [read_deletion(row, self.client.clock, FOLLOWED_TYPES) for row in rows]
        waiting = [each for each in deletions if each.record_type in ("", *FOLLOWED_TYPES)]
        # None may be left for later: the watermark moves behind all of them.
        while waiting:
            isolated = isolate(self.env, waiting, self._follow)
            for (deletion,), error in isolated.errors:
                self._list_unread(deletion, failure_of(self.env, error).title)
            waiting = isolated.rest

    def _follow(self, deletions):
        by_type = {}
        for deletion in deletions:
            by_type.setdefault(deletion.record_type, []).append(deletion)
        # Those of unknown type come first, and so what is certain over what they suggest.
        for record_type in sorted(by_type, key=("", *FOLLOWED_TYPES).index):
            for record, deletion in self._meant(record_type, by_type[record_type]).items():
                self._note_deletion(record, deletion)
        for deletion in deletions:
            if deletion.problem:
                reason = self.env["netsuite.fetch"]._unread_sentence(deletion.problem)
                self._list_unread(deletion, reason)

    def _meant(self, record_type, deletions):
        """Return {record: deletion} of the records that deletions of a type may mean.

        Who is named by its id comes last, and so over whom a name only suggests.

        :param record_type: empty for deletions that may be of any type.
        """
        by_id = {each.internal_id: each for each in deletions if each.internal_id is not None}
        by_name = {
            key: each
            for each in deletions
            if each.internal_id is None
            for key in name_keys(each.name)
        }
        named = self._records(record_type, "name", by_name)
        certain = self._records(record_type, "internal_id", by_id)
        return {record: by_name[record.name] for record in named} | {
            record: by_id[record.internal_id] for record in certain
        }

    def _records(self, record_type, field, values):
        if not values:
            return self.env["netsuite.record"]
        return self.env["netsuite.record"].search(
            [
                ("connection_id", "=", self.connection.id),
                ("record_type", "in", [record_type] if record_type else FOLLOWED_TYPES),
                (field, "in", list(values)),
            ]
        )

    def _note_deletion(self, record, deletion):
        """Write who deleted a record and when; what left the books by another way keeps its
        step, and what is gone already is not told anew by a deletion that may mean another."""
        sure = deletion.record_type and deletion.internal_id is not None and not deletion.problem
        if not sure and record.state == "removed" and record.deleted_at:
            return
        values = {
            "deleted_at": deletion.deleted_at and deletion.deleted_at.replace(tzinfo=None),
            "deleted_by": deletion.deleted_by,
        }
        changes = {name: value for name, value in values.items() if value and record[name] != value}
        if changes:
            record.write(changes)
        if record.state != "removed" and not record.removal_step:
            record._advance(removal_step="certain" if sure else "suspected")

    def _list_unread(self, deletion, reason):
        """List a deletion of which something cannot be read or written, and whom it may mean.

        Most of an account's deletions concern nothing of ours, so one of unknown type is listed
        only where it may mean a record that we have.
        """
        labels = self.env["netsuite.record"]._record_type_labels()
        label = labels.get(deletion.record_type, self.env._("Record"))
        name = deletion.name[:100]
        meant = self.env["netsuite.record"].union(*self._meant(deletion.record_type, [deletion]))
        staying = meant.filtered(lambda record: record.state != "removed")
        if not staying and (meant or not deletion.record_type):
            return  # NetSuite was asked, and said so: windows overlap, and bring the row again
        self.env["netsuite.issue"]._touch(
            self.connection,
            "content",
            f"deletion:{deletion.record_type}:{name or deletion.internal_id}",
            self.env._("%(type)s: the deletion of %(name)s cannot be read", type=label, name=name)
            if name
            else self.env._("%s: a deletion cannot be read", label),
            self.env._(
                "NetSuite is asked whether it still has the record that is meant. If none is "
                "named here, the daily check or the comparison of all IDs finds what is gone. "
                "All other deletions were followed."
            ),
            severity="1",
            records=staying,
            detail=reason[:1000],
        )

    # === WHAT IS NOT SHOWN === #

    def do_without(self, error):
        """Do without what NetSuite does not show; return whether to ask again.

        :param error: the `NetsuiteError` that reading the deleted records met.
        """
        column = (error.params.get("column") or "").lower().rpartition(".")[2]
        missing = self.connection.deletions_missing_columns or []
        unknown = error.code == "UNKNOWN_COLUMN" and column not in missing
        if unknown and column in OPTIONAL and not {*missing, column} >= NAMING:
            self.connection.sudo().deletions_missing_columns = [*missing, column]
            return True
        if not self.connection.deletions_hidden_since:
            self.connection.sudo().deletions_hidden_since = fields.Datetime.now()
        title = self.env._("NetSuite does not show its deleted records to the integration")
        advice = self.env._(
            "Deletions are found only by the daily check and the comparison of all IDs until "
            "then. In NetSuite, open Setup > Users/Roles > Manage Roles, edit the role of "
            "the integration, and add Deleted Records (View) under Permissions > Setup."
        )
        if error.code == "UNKNOWN_COLUMN":
            title = self.env._("NetSuite's list of deleted records does not say which they are")
            advice = self.env._(
                "Deletions are found only by the daily check and the comparison of all IDs. The "
                "list of this account has no column %s; there is nothing to set in NetSuite.",
                column,
            )
        self.env["netsuite.issue"]._touch(
            self.connection,
            "permission",
            "deletions",
            title,
            advice,
            severity="1",
            detail=str(error),
        )
        return False

    def _hidden_issues(self):
        return self.env["netsuite.issue"].search(
            [
                ("connection_id", "=", self.connection.id),
                ("kind", "=", "permission"),
                ("key", "=", "deletions"),
                ("state", "!=", "solved"),
            ]
        )
