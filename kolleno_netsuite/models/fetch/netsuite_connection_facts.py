from odoo import api, models

from ...client.errors import ErrorKind, NetsuiteError
from ...client.suiteql import Query, among, equal, single_page
from ...mappers.queries.record_sources import RECORD_SOURCES
from ...mappers.queries.shape import LINK_DATE, LINKS
from ..record.netsuite_fact import FEATURE_CODES, NEEDED_FEATURES
from ..sync.netsuite_connection_driving import Work
from ..sync.netsuite_connection_steps import Step

FEATURES = "companyfeaturesetup"
# A change of these changes companies, currencies or taxes: an administrator decides.
DECIDED_FEATURES = ("one_world", "multi_currency", "suitetax")
# What only accounts with a feature have: its answer proves the feature.
EVIDENCE = {
    "one_world": (("subsidiary", "id"), ("transactionline", "subsidiary")),
    "multi_currency": (("currency", "id"), ("transaction", "currency")),
}


class NetsuiteConnection(models.Model):
    """What an account has is learnt from answers, when it is connected and once a day."""

    _inherit = "netsuite.connection"

    # === WORKS === #

    @api.model
    def _works(self):
        work = Work(self.env._("Asking which features are on"), cron="daily")
        return {**super()._works(), "features": work}

    # === DRIVERS === #

    def _daily_steps(self):
        return [*super()._daily_steps(), Step(5, self._drive_features)]

    def _drive_features(self):
        """Ask once a day which features are on; what changed is listed for an administrator."""
        self.ensure_one()
        if self.state != "connected" or self._shape().lacks(FEATURES):
            return
        client = self._client()
        self._commit_asking("features", self._learn_features, client, client=client)

    # === BUSINESS METHODS === #

    def _learn_features(self, client):
        """Learn which features the account has: from its own list, else from what answers.

        :return: labels of what is needed and that nothing tells.
        :raise NetsuiteError: NetSuite cannot be asked.
        """
        self.ensure_one()
        # sudo: netsuite.fact - what is known of the account is the sync's
        Fact = self.env["netsuite.fact"].sudo()
        listed = self._listed_features(client)
        if listed:
            source = self.env._("NetSuite's list of enabled features")
            for fact in Fact._learn(self, listed, source):
                if fact.key in DECIDED_FEATURES:
                    fact._ask_about_change(listed[fact.key])
                else:
                    # It brings fields only, which are asked for again.
                    fact._set(listed[fact.key], source)
                    self._forget_refusals()
        for key in NEEDED_FEATURES:
            if Fact._of(self, key).value not in ("yes", "no"):
                self._learn_by_answer(client, key)
        if not Fact._of(self, f"column:{LINK_DATE}"):
            self._learn_column(client, LINKS, "lastmodifieddate")
        undecided = self.fact_ids.filtered(
            lambda fact: fact.key in NEEDED_FEATURES and fact.value == "unknown"
        )
        return undecided.mapped("name")

    def _listed_features(self, client):
        """Return {key: "yes" or "no"} as NetSuite lists its features; empty when it does not."""
        query = (
            Query(FEATURES, "f")
            .select("f.id", "f.isactive")
            .where(among("f.id", sorted(FEATURE_CODES.values())))
        )
        rows = self._answers(client, query)
        # sudo: netsuite.fact - what is known of the account is the sync's
        Fact = self.env["netsuite.fact"].sudo()
        if rows is None:
            Fact._learn(
                self,
                {f"table:{FEATURES}": "no"},
                self.env._("NetSuite refused it: the role lacks the permission Enable Features"),
            )
            return {}
        for fact in Fact._learn(
            self, {f"table:{FEATURES}": "yes"}, self.env._("NetSuite answered")
        ):
            # It was refused before, and nothing hangs on it.
            fact._set("yes", self.env._("NetSuite answered"))
        # A row without its mark says nothing.
        told = {"T": "yes", "F": "no"}
        active = {row.get("id"): told.get(row.get("isactive")) for row in rows}
        return {key: active[code] for key, code in FEATURE_CODES.items() if active.get(code)}

    def _learn_by_answer(self, client, key):
        """Learn a feature from something that only accounts with it have."""
        # sudo: netsuite.fact - what is known of the account is the sync's
        Fact = self.env["netsuite.fact"].sudo()
        for table, column in EVIDENCE[key]:
            query = Query(table, "e").select(f"e.{column}").where(equal(self._id_of(table), -1))
            if self._answers(client, query) is not None:
                source = self.env._(
                    "NetSuite answered with the field %(field)s of %(table)s, which only such "
                    "accounts have",
                    field=column,
                    table=table,
                )
                Fact._learn(self, {key: "yes"}, source)
                return
        Fact._learn(
            self,
            {key: "unknown"},
            self.env._(
                "NetSuite refused its list of features, and everything that only such accounts have"
            ),
        )

    def _learn_column(self, client, table, column):
        query = Query(table, "e").select(f"e.{column}").where(equal(self._id_of(table), -1))
        answered = self._answers(client, query) is not None
        # sudo: netsuite.fact - what is known of the account is the sync's
        self.env["netsuite.fact"].sudo()._learn(
            self,
            {f"column:{table}.{column}": "yes" if answered else "no"},
            self.env._("NetSuite answered") if answered else self.env._("NetSuite refused it"),
        )

    def _id_of(self, table):
        return {"transactionline": "e.transaction", LINKS: "e.nextdoc"}.get(table, "e.id")

    def _answers(self, client, query):
        """Return the rows of a small query, None when NetSuite refuses a name in it.

        :raise NetsuiteError: NetSuite cannot be asked at all.
        """
        try:
            return single_page(client.transport, query)
        except NetsuiteError as error:
            refused = error.kind is ErrorKind.PERMISSION or error.code == "UNKNOWN_COLUMN"
            if not refused or error.code == "WORKBOOK_PERMISSION_MISSING":
                raise
            return None

    def _lost_right(self, error, stream):
        lost = super()._lost_right(error, stream)
        Fetch = self.env["netsuite.fetch"]
        return lost or Fetch._lost(self, stream or self.env["netsuite.stream"], error)

    def _forget_refusals(self):
        """Have asked once more what was refused when it was first asked for.

        Records that were skipped as a whole are read from their beginning, if they are shown now.
        """
        # sudo: netsuite.fact - what is known of the account is the sync's
        facts = self.sudo().fact_ids.filtered(
            lambda fact: fact.value == "no" and ":" in fact.key and not fact.decided_by_id
        )
        tables = {fact.key.removeprefix("table:") for fact in facts}
        facts.unlink()
        self.stream_ids.filtered(
            lambda stream: (
                stream.phase == "regular"
                and RECORD_SOURCES[stream.record_type].query.table in tables
            )
        )._read_again()

    def _forget_answers(self):
        """Have learnt anew which tables and fields there are, before anything was imported."""
        # sudo: netsuite.fact - what is known of the account is the sync's
        facts = self.sudo().fact_ids.filtered(
            lambda fact: ":" in fact.key and not fact.decided_by_id
        )
        facts.unlink()

    def _fact_taken_over(self, fact):
        super()._fact_taken_over(fact)
        self._forget_refusals()
        # What refers to the feature is read as a whole once more, companies and currencies first.
        self.stream_ids.filtered(lambda stream: stream.phase == "regular")._read_again()
