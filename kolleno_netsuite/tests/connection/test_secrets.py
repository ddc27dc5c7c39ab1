import logging
from contextlib import contextmanager

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import mute_logger, new_test_user, tagged
from odoo.tools import SQL

from ...client.keys import new_key_pair
from ..support.setup_case import SetupCase

# What speaks to NetSuite, or writes about it.
SPEAKING = ("odoo.addons.kolleno_netsuite", "requests_oauthlib", "oauthlib", "urllib3", "requests")
# What the addon's administrators may do, all its other groups may as well, or less.
ADMINISTRATOR = "kolleno_netsuite.group_netsuite_administrator,base.group_allow_export"
REFUSED = (AccessError, UserError)


class Written(logging.Handler):
    """Keeps all that is written to the log, tracebacks included."""

    def __init__(self):
        super().__init__(logging.DEBUG)
        self.setFormatter(logging.Formatter("%(message)s"))
        self.lines = []

    def emit(self, record):
        self.lines.append(self.format(record))


@tagged("post_install", "-at_install")
class TestSecrets(SetupCase):
    """What signs in to NetSuite, looked for by what it is wherever it could be.

    Known values go in by the doors that people use. Whatever holds one of them afterwards, under
    whichever name, has to be shut.
    """

    def setUp(self):
        super().setUp()
        with self.written() as self.log:
            self.enter_secrets()
        self.env.flush_all()

    @contextmanager
    def written(self):
        """Yield a handler that hears everything, also what only an engineer switches on."""
        handler = Written()
        before = {}
        for logger in map(logging.getLogger, SPEAKING):
            before[logger] = (logger.level, logger.propagate)
            # As a server whose root logger is set to debug: what has a level of its own keeps it.
            logger.setLevel(logger.level or logging.DEBUG)
            logger.propagate = False
            logger.addHandler(handler)
        try:
            yield handler
        finally:
            for logger, (level, propagate) in before.items():
                logger.removeHandler(handler)
                logger.setLevel(level)
                logger.propagate = propagate

    def enter_secrets(self):
        """Lead a set-up to its test by both ways of signing in, the second of which is refused."""
        setup = self.begin()
        self.sign_in(setup)
        self.setup, self.connection = setup, setup.connection_id.sudo()
        self.assertEqual(setup.test_verdict, "passed")
        tba = {
            "consumer_key": "CKEYknownvalue0001",
            "consumer_secret": "CSECRETknownvalue0002",
            "token_id": "TKEYknownvalue0003",
            "token_secret": "TSECRETknownvalue0004",
        }
        pair = new_key_pair("1234567")
        # A line from the middle of it: the others are the same in all keys.
        key_line = pair.private_key_pem.splitlines()[3]
        setup.auth_method = "tba"
        setup.write(tba)
        self.connection.private_key = pair.private_key_pem
        setup.action_test()
        self.assertEqual(setup.test_verdict, "failed")
        session = self.env["netsuite.session"].search([("connection_id", "=", self.connection.id)])
        session.access_token = "ACCESSknownvalue0005"
        self.values = {**tba, "private_key": key_line, "access_token": session.access_token}

    def held(self, text):
        """Return which of the known values stand in a text."""
        return {name for name, value in self.values.items() if value in text}

    def places(self):
        """Return {(model, field): a known value} of every field that shows one to the server."""
        found = {}
        self.env.invalidate_all()
        for name, model in self.env.registry.items():
            if not name.startswith("netsuite.") or model._abstract:
                continue
            records = self.env[name].with_context(active_test=False).search([])
            for field in records._fields:
                held = self.held(" ".join(str(record[field]) for record in records))
                if held:
                    found[name, field] = self.values[held.pop()]
        return found

    # === WHERE THEY ARE === #

    def test_values_are_stored_where_they_belong_and_nowhere_else_nor_logged(self):
        tables = self.env.execute_query(
            SQL(
                """SELECT table_name FROM information_schema.tables
                   WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"""
            )
        )
        found = set()
        for (table,) in tables:
            rows = self.env.execute_query(
                SQL(
                    """SELECT column_.key, column_.value FROM %s AS held,
                              jsonb_each_text(to_jsonb(held)) AS column_
                       WHERE held::text LIKE ANY(%s)""",
                    SQL.identifier(table),
                    [f"%{value}%" for value in self.values.values()],
                )
            )
            found |= {(table, name) for name, text in rows if text and self.held(text)}

        self.assertEqual(
            found,
            {
                *(("netsuite_connection", name) for name in self.values if name != "access_token"),
                ("netsuite_session", "access_token"),
            },
        )

        text = "\n".join(self.log.lines)
        self.assertFalse(self.held(text))
        # What is signed with the key, and what NetSuite gives for it.
        self.assertNotIn("eyJ", text)
        calls = self.env["netsuite.call"].search([])
        self.assertTrue(calls)
        self.assertNotIn("eyJ", str(calls.read()))

    # === WHO GETS AT THEM === #

    def doors(self, model, field, value):
        """Return {name: function} of what a user could try, given his environment."""
        records = self.env[model].search([])

        def mine(env):
            return env[model].browse(records.ids)

        return {
            "read": lambda env: mine(env).read([field]),
            "web_read": lambda env: mine(env).web_read({field: {}}),
            "attribute": lambda env: mine(env).mapped(field),
            "search": lambda env: env[model].search([(field, "=", value)]),
            "search a part": lambda env: env[model].search([(field, "like", value[:6])]),
            "count": lambda env: env[model].search_count([(field, "=like", f"{value[:6]}%")]),
            "order": lambda env: env[model].search([], order=field),
            "group": lambda env: env[model].formatted_read_group([], [field], ["__count"]),
            "aggregate": lambda env: env[model].formatted_read_group(
                [], [], [f"{field}:array_agg"]
            ),
            "filter": lambda env: mine(env).filtered_domain([(field, "like", value[:6])]),
            "export": lambda env: mine(env).export_data([field]),
            "write": lambda env: mine(env).write({field: "x"}),
        }

    def ways(self, model, field, value):
        """Return {name: function} of what leads to a field from what belongs to its model."""
        ways = {}
        for name, other in self.env.registry.items():
            for link, through in other._fields.items():
                if through.comodel_name != model or through.type != "many2one":
                    continue
                if other._abstract or not (other._auto and through.store):
                    continue
                path = f"{link}.{field}"
                ways[f"{name}: {path}"] = lambda env, name=name, path=path: env[name].search(
                    [(path, "like", value[:6])]
                )
                ways[f"{name} by {path}"] = lambda env, name=name, path=path: env[
                    name
                ].formatted_read_group([], [path], ["__count"])
        return ways

    @mute_logger("odoo.models", "odoo.addons.base.models.ir_model")
    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_only_the_settings_group_gets_at_what_holds_them_and_exports_none(self):
        places = self.places()
        self.assertEqual(
            {model for model, _field in places},
            {"netsuite.connection", "netsuite.session", "netsuite.setup"},
        )
        context = {"allowed_company_ids": self.company_ids}
        administrator = self.env(user=self.user_of(ADMINISTRATOR), su=False, context=context)
        settings = self.env(user=self.administrator, su=False, context=context)
        for (model, field), value in places.items():
            self.assert_refused(administrator, self.doors(model, field, value), f"{model}.{field}")
            with self.subTest("screens", place=f"{model}.{field}"):
                self.assertNotIn(field, administrator[model].fields_get())
                self.assertFalse(settings[model].fields_get([field])[field]["exportable"])
                records = settings[model].search([])
                self.assertIn(value, str(records.read([field])))
                self.assertFalse(self.held(str(records.name_search(""))))
                for record in records:
                    self.assertFalse(self.held(str(record.copy_data())))
                with self.assertRaises(UserError):
                    records.export_data(["id", field])
        for model in {model for model, _field in places}:
            field, value = next((f, value) for (m, f), value in places.items() if m == model)
            self.assert_refused(administrator, self.ways(model, field, value), model)
        for model in ("netsuite.connection", "netsuite.setup"):
            records = administrator[model].search([])
            self.assertTrue(records)
            self.assertFalse(self.held(str(records.read())))
        check = settings["netsuite.setup.check"].search([], limit=1)
        for path in ("setup_id/token_secret", "setup_id/connection_id/token_secret"):
            with self.subTest(path), self.assertRaises(UserError):
                check.export_data([path])

    def assert_refused(self, env, tried, place):
        for name, door in tried.items():
            with self.subTest(place, door=name):
                try:
                    with self.env.cr.savepoint():
                        got = door(env)
                except REFUSED:
                    continue
                # Nothing found is nothing shown; whatever is found is one record too many.
                self.assertFalse(got)

    def user_of(self, groups):
        return new_test_user(
            self.env,
            login="without_settings",
            groups=groups,
            company_id=self.main_company.id,
            company_ids=[Command.set(self.company_ids)],
        )
