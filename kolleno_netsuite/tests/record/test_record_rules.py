from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, new_test_user, tagged

from ..support.simulator_case import SimulatorCase

# For the settings group alone, whatever else a user may do.
SETTINGS_ONLY = {"netsuite.session"}


def stored_models(env):
    """Return the addon's own models that have a table, dialogs included."""
    return [
        env[name]
        for name in env.registry
        if name.startswith("netsuite.") and not env[name]._abstract
    ]


def connection_path(model):
    """Return the fields that lead from a model to its connection, as a path; None without."""
    if model._name == "netsuite.connection":
        return ""
    if "connection_id" in model._fields:
        return "connection_id"
    for name, field in model._fields.items():
        if field.type != "many2one" or not field.store or field.comodel_name == model._name:
            continue
        if (field.comodel_name or "").startswith("netsuite."):
            path = connection_path(model.env[field.comodel_name])
            if path is not None:
                return f"{name}.{path}".rstrip(".")
    return None


@tagged("post_install", "-at_install")
class TestEveryModelHasItsRules(TransactionCase):
    def test_every_model_is_bounded_by_the_companies_of_the_user(self):
        group = "kolleno_netsuite.group_netsuite_accountant"
        user = new_test_user(self.env, login="bounded", groups=f"base.group_user,{group}")
        for model in stored_models(self.env):
            with self.subTest(model=model._name):
                rules = self.env["ir.rule"].with_user(user)._get_rules(model._name).sudo()
                domains = rules.filtered(lambda rule: not rule.groups).mapped("domain_force")
                # By what is the user's at this moment, not by a fixed list.
                self.assertTrue(domains)
                path = connection_path(model)
                self.assertIsNotNone(path)
                place = f"{path}.company_ids".lstrip(".")
                self.assertIn(f'("{place}", "in", company_ids)', " ".join(domains))
                if "company_id" in model._fields and path:
                    own = r'\("(partner_id\.)?company_id", "in", company_ids'
                    self.assertRegex(" ".join(domains), own)

    def test_every_model_is_open_to_the_groups_of_the_addon_only(self):
        own = self.env["res.groups"].search(
            [
                (
                    "privilege_id",
                    "in",
                    [
                        self.env.ref("kolleno_netsuite.res_groups_privilege_netsuite").id,
                        self.env.ref("kolleno_netsuite.res_groups_privilege_netsuite_writing").id,
                    ],
                )
            ]
        )
        settings = self.env.ref("base.group_system")
        for model in stored_models(self.env):
            with self.subTest(model=model._name):
                rows = self.env["ir.model.access"].search([("model_id.model", "=", model._name)])
                self.assertTrue(rows)
                self.assertFalse(rows.group_id - own - settings)
                self.assertTrue(all(row.group_id for row in rows))


@tagged("post_install", "-at_install")
class TestRecordRules(SimulatorCase):
    """A user of one company reads nothing of another company's, in any model."""

    companies = 2

    def prepare(self):
        super().prepare()
        self.us, self.uk = (self.env["res.company"].browse(id_) for id_ in self.company_ids)
        self.connection = self.connect()
        self.connection.action_discover_fields()
        self.connection._drive_discover()
        self.customers = {
            self.us: self.customer(),
            self.uk: self.customer("Thames Rope", self.UK, self.GBP),
        }
        for company, customer in self.customers.items():
            subsidiary = {"subsidiary": {"id": self.UK}} if company == self.uk else {}
            paid = self.invoice(customer, 100, **subsidiary)
            self.invoice(customer, 50, **subsidiary)
            self.payment(customer, 60, apply={paid: 60}, **subsidiary)
            self.credit_memo(customer, 10, apply={paid: 10}, **subsidiary)
        self.env["netsuite.field.mapping"].create(
            {
                "connection_id": self.connection.id,
                "record_type": "invoice",
                "field_name": "custbody_stage",
                "destination": "attributes",
            }
        )
        self.drive(self.connection)
        for company in (self.us, self.uk):
            self.env["netsuite.issue"]._touch(
                self.connection, "mapping", f"account:1:{company.id}", "Waits", company=company
            )
        for proof in self.env["netsuite.proof"].search([]):
            proof.action_open_documents()

    def user_of(self, company, group="administrator", login=""):
        return new_test_user(
            self.env,
            login=login or f"{group}{company.id}",
            groups=f"base.group_user,kolleno_netsuite.group_netsuite_{group}",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )

    def as_user(self, model, user):
        self.env.flush_all()
        self.env.invalidate_all()
        context = {"allowed_company_ids": user.company_ids.ids, "active_test": False}
        return self.env[model].with_env(self.env(user=user, su=False, context=context))

    def company_of(self, row):
        """Return whose row it is: by its own company, or by that of what it belongs to."""
        for path in ("company_id", "proof_id.company_id", "paying_record_id.company_id"):
            if path.partition(".")[0] in row._fields:
                return row.mapped(path)
        return self.env["res.company"]

    def test_nothing_of_another_company_is_read(self):
        users = {company: self.user_of(company) for company in (self.us, self.uk)}
        compared = []
        for model in stored_models(self.env):
            if model._name in SETTINGS_ONLY | {"netsuite.connection"}:
                continue
            rows = model.with_context(active_test=False).search([])
            owners = {row.id: self.company_of(row) for row in rows}
            for company, user in users.items():
                hidden = {id_ for id_, owner in owners.items() if owner and owner != company}
                with self.subTest(model=model._name, company=company.name):
                    mine = set(self.as_user(model._name, user).search([]).ids)
                    self.assertFalse(mine & hidden)
                    self.assertEqual(mine, set(owners) - hidden)
                if hidden:
                    compared.append(model._name)
        # Not empty by accident: rows of both companies were there to be hidden.
        self.assertLessEqual(
            {
                *("netsuite.record", "netsuite.application", "netsuite.issue", "netsuite.mapping"),
                *("netsuite.subsidiary", "netsuite.proof"),
            },
            set(compared),
        )

    def test_documents_of_another_company_are_not_read(self):
        user = self.user_of(self.us)
        for model in ("account.move", "account.move.line", "account.payment"):
            with self.subTest(model=model):
                found = self.as_user(model, user).search([])
                self.assertTrue(found)
                self.assertEqual(found.company_id, self.us.with_env(found.env))

    def test_user_of_a_company_without_subsidiary_reads_nothing(self):
        stranger = self.stranger()
        for model in stored_models(self.env):
            with self.subTest(model=model._name):
                self.assertFalse(self.as_user(model._name, stranger).search([]))

    def stranger(self):
        """Return a user who may do everything, in a company that NetSuite knows nothing of."""
        stranger = self.user_of(self.env["res.company"].create({"name": "Elsewhere Ltd"}))
        stranger.group_ids += self.env.ref("base.group_system")
        return stranger

    def dialogs(self):
        """Return {model: values} of what a user makes himself, for the connection of others."""
        connection = {"connection_id": self.connection.id}
        subsidiary = self.connection.subsidiary_ids[:1]
        return {
            "netsuite.pause": {**connection, "reason": "Mine now"},
            "netsuite.exclude": connection,
            "netsuite.contact.cleanup": {**connection, "source": "record"},
            "netsuite.subsidiary.reimport": {"subsidiary_id": subsidiary.id},
            "netsuite.exclusion": {**connection, "internal_id": 4711},
            "netsuite.contact.field": {**connection, "field_id": "custbody_mail"},
            "netsuite.push": connection,
            "netsuite.field.mapping": {
                **connection,
                "record_type": "invoice",
                "field_name": "custbody_other",
                "destination": "attributes",
            },
        }

    def test_nothing_is_begun_for_a_connection_of_another_company(self):
        stranger = self.stranger()
        made = self.dialogs()
        for name, values in made.items():
            mine = self.as_user(name, stranger)
            with self.subTest(model=name), self.assertRaises(AccessError):
                mine.create(values)
            # It is not the values that are refused.
            own = self.as_user(name, self.user_of(self.us, login=f"own_{name}"))
            with self.subTest(model=name, company=self.us.name):
                self.assertTrue(own.create(values))
        # No model that users make rows of is left out.
        writable = self.env["ir.model.access"].search(
            [("perm_create", "=", True), ("model_id.model", "=like", "netsuite.%")]
        )
        self.assertEqual(
            set(writable.model_id.mapped("model")) - set(made),
            # A connection is made for one's own company; the others hang on what is above.
            {"netsuite.connection", "netsuite.setup", "netsuite.mapping", "netsuite.exclude.line"}
            | {"netsuite.update.line"},
        )

    def test_dialog_of_another_company_is_not_read(self):
        begun = {name: self.env[name].create(values) for name, values in self.dialogs().items()}
        begun["netsuite.setup"] = self.connection.action_set_up() and self.env[
            "netsuite.setup"
        ].search([("connection_id", "=", self.connection.id)])
        stranger = self.stranger()
        for name, row in begun.items():
            with self.subTest(model=name), self.assertRaises(AccessError):
                self.as_user(name, stranger).browse(row.id).read(["id", "create_uid"])
