"""The part of ``make demo`` that runs inside Odoo, as the administrator who sets the addon up.

Each step is a button that a person would press. Prints one JSON object a line: ``progress`` with
a sentence while it works, ``summary`` at the end.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

from odoo import api
from odoo.modules.registry import Registry
from odoo.tools import config

from . import demo_writing

# What the administrator answers where NetSuite does not tell: that account is a small one.
_NOT_THERE = ("one_world", "multi_currency")


def main(configuration: str, accounts: str) -> int:
    """Connect the database of an Odoo configuration to the simulators and import everything.

    :param configuration: path of the configuration file
    :param accounts: JSON list of {name: of the connection, ready_file: path of what the simulator
        wrote when it was ready, company: name of the company that keeps its books, null: the first}
    :return: exit status
    """
    config.parse_config(["-c", configuration], setup_logging=True)
    database = config["db_name"][0]
    _print(progress="automation rules")
    demo_writing.install(database)
    with Registry(database).cursor() as cr:
        for account in json.loads(accounts):
            started = time.monotonic()
            connection = _connect(_administrator(cr), account)
            if connection.state not in ("setup", "connected"):
                print(connection.state_reason, flush=True)
                return 1
            _test(connection)
            main = account["company"] is None
            _set_up(connection, with_bank=main)
            if main:
                demo_writing.map_fields(connection.with_env(_administrator(cr)))
            # From here on it is the crons' work, which is nobody's in particular.
            connection = connection.with_user(api.SUPERUSER_ID)
            run = connection._drive(on_progress=_show)
            figures = {"seconds": round(time.monotonic() - started, 1)}
            if run:
                # Of the import, whatever comes after it.
                figures["api_calls"] = run.call_count
            if main:
                _print(progress="an automation rule, and what is written back")
                ready = json.loads(Path(account["ready_file"]).read_text(encoding="utf-8"))
                admin = connection.with_env(_administrator(cr))
                demo_writing.write_back(admin, ready["control_url"])
                connection._drive_book()
            connection.env.invalidate_all()
            summary = connection._summary()
            cr.commit()
            summary["totals"] |= figures
            _print(account=account["name"], summary=summary)
    return 0


def _administrator(cr: Any) -> Any:
    env = api.Environment(cr, api.SUPERUSER_ID, {})
    admin = env.ref("base.user_admin")
    return api.Environment(cr, admin.id, {"allowed_company_ids": admin.company_ids.ids})


def _connect(env: Any, account: dict[str, Any]) -> Any:
    """Give the simulator's address and credentials to the connection, and sign in."""
    _print(progress=f"signing in to {account['name']}")
    ready = json.loads(Path(account["ready_file"]).read_text(encoding="utf-8"))
    values = {
        # So that Odoo soon follows what is done in the simulated NetSuite.
        "interval_minutes": 1,
        "auth_method": "m2m",
        "service_url": ready["base_url"],
        "client_id": ready["m2m"]["client_id"],
        "certificate_id": ready["m2m"]["certificate_id"],
        "private_key": ready["m2m"]["private_key_pem"],
    }
    account_id = ready["account_id"]
    connection = env["netsuite.connection"].search([("account_id", "=", account_id)], limit=1)
    if connection:
        connection.write(values)
    else:
        # The whole account, so that its figures can be compared with the simulator's own.
        whole = {"name": account["name"], "account_id": account_id, "history_start": False}
        if account["company"]:
            whole["company_id"] = _company(env, account["company"]).id
            # The administrator works in it as well, as after a reload.
            env = _administrator(env.cr)
        connection = env["netsuite.connection"].create({**whole, **values})
    connection.action_connect()
    asked = connection.fact_ids.filtered(
        lambda fact: fact.value == "unknown" and fact.key in _NOT_THERE
    )
    if asked:
        asked.action_say_no()
        connection.action_connect()
    env.cr.commit()
    return connection


def _company(env: Any, name: str) -> Any:
    """Make the company that keeps an account's books, with its chart, as in Odoo's settings."""
    company = (
        env["res.company"]
        .with_context(chart_template_load=True)
        .create({"name": name, "currency_id": env.ref("base.USD").id})
    )
    env["account.chart.template"].try_loading("generic_coa", company, install_demo=False)
    return company


def _test(connection: Any) -> None:
    """Let the set-up try each permission; whoever opens it later finds it where it was left."""
    _print(progress="what the role may see")
    setup = connection.env["netsuite.setup"].browse(connection.action_set_up()["res_id"])
    if setup.step != "test":
        setup.action_back()
    setup.action_test()
    connection.env.cr.commit()


def _set_up(connection: Any, *, with_bank: bool) -> None:
    """Press the buttons of the set-up, in the order in which they are shown.

    :param with_bank: the account takes its payments to the bank, which is shown as well
    """
    for progress, button in (
        ("companies for the subsidiaries", "action_create_companies"),
        ("suggestions for the mappings", "action_suggest_mappings"),
        ("mappings", "action_accept_suggestions"),
        ("taxes, terms and payment methods that Odoo does not have", "action_create_missing"),
        ("first import", "action_import"),
    ):
        if button == "action_import":
            _create_account_of_write_offs(connection)
            _name_e_mail_fields(connection)
            if with_bank:
                _choose_clearing(connection)
        _print(progress=progress)
        # Companies may be new: the administrator works in all of them, as after a reload.
        env = _administrator(connection.env.cr)
        getattr(connection.with_env(env), button)()
        env.cr.commit()


def _create_account_of_write_offs(connection: Any) -> None:
    """Let write-offs have an account of their own, which the chart does not have."""
    env = _administrator(connection.env.cr)
    env["netsuite.mapping"].search(
        [
            ("connection_id", "=", connection.id),
            ("kind", "=", "account"),
            ("name", "=", "Bad Debt Expense"),
        ]
    ).action_create_in_odoo()


def _choose_clearing(connection: Any) -> None:
    """Let deposits go to the clearing account, and what needs none stand on the bank account."""
    if connection.bank_deposits != "none":
        return
    connection.bank_deposits = "clearing"
    env = _administrator(connection.env.cr)
    mappings = env["netsuite.mapping"].search(
        [
            ("connection_id", "=", connection.id),
            ("kind", "=", "account_type"),
            ("code", "=", "Bank"),
        ]
    )
    for mapping in mappings:
        journals = env["account.journal"].search(
            [("company_id", "=", mapping.company_id.id), ("type", "=", "bank")]
        )
        own = journals.filtered(lambda journal: not journal.netsuite_connection_id)
        mapping.account_id = own[:1].default_account_id


def _name_e_mail_fields(connection: Any) -> None:
    """Let the e-mail fields of the demonstration company make contacts, as an administrator may."""
    fields = connection.env["netsuite.contact.field"]
    if fields.search_count([("connection_id", "=", connection.id)]):
        return
    fields.create(
        [
            {"connection_id": connection.id, "record_type": kind, "field_id": name, **values}
            for kind, name, values in (
                ("customer", "custentity_ap_email", {"label": "AP mail", "position": "Billing"}),
                ("invoice", "custbody15", {"label": "Invoice to", "position": "Billing"}),
                ("invoice", "custbody16", {"label": "Copy to site", "position": "Site office"}),
            )
        ]
    )
    connection.import_customer_contacts = True


def _show(run: Any) -> None:
    _print(progress=run._progress_sentence())


def _print(**event: object) -> None:
    print(json.dumps(event), flush=True)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
