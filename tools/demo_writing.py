"""What ``make demo`` has written to NetSuite: an automation rule marks overdue invoices there.

It runs inside Odoo, as the administrator: each step is what a person would do. At the end some
write-backs wait for review, and the others show how they end.
"""

from __future__ import annotations

import json
import urllib.request
from datetime import timedelta
from typing import Any

from odoo import Command, api, fields
from odoo.modules.registry import Registry

# Automation rules are a module of their own; the addon does without.
MODULE = "base_automation"
RULE = "Invoices 30 days overdue: mark in NetSuite"
OVERDUE_DAYS = 30
# As if the rule had been run last so many days ago: what became overdue since is to be marked.
RUN_DAYS_AGO = 30
STAGE, STAGE_FIELD = "L2", "custbody_stage"
# What somebody wrote into NetSuite's field before Odoo did.
THEIRS = "Legal"
CONFIRMED = 2


def install(database: str) -> None:
    """Install what the story needs, as in *Apps*; the second time nothing is to be done."""
    with Registry(database).cursor() as cr:
        module = _environment(cr)["ir.module.module"].search([("name", "=", MODULE)])
        if module.state != "installed":
            module.button_immediate_install()


def map_fields(connection: Any) -> None:
    """Read NetSuite's field catalogue, and map one field each way, before their values are read."""
    Mapping = connection.env["netsuite.field.mapping"]
    if Mapping.search_count([("connection_id", "=", connection.id)], limit=1):
        return
    connection.action_discover_fields()
    connection.with_user(api.SUPERUSER_ID)._drive_discover()
    Mapping.create(
        [
            # What Odoo has read of a field tells it later that NetSuite changed it meanwhile.
            _mapping(connection, "invoice", STAGE_FIELD, destination="attributes"),
            _mapping(
                connection,
                "customer",
                "resaleNumber",
                direction="out",
                odoo_field_id=connection.env["ir.model.fields"]
                ._get("res.partner", "company_registry")
                .id,
            ),
        ]
    )
    connection.env.cr.commit()


def _mapping(connection: Any, record_type: str, name: str, **values: object) -> dict[str, Any]:
    field = connection.env["netsuite.field"]._find(connection, record_type, name)
    return {
        "connection_id": connection.id,
        "record_type": record_type,
        "field_id": field.id,
        "field_name": name,
        **values,
    }


def write_back(connection: Any, control_url: str) -> None:
    """Let a rule mark overdue invoices, push a few of them, and meet what can happen.

    :param connection: as the administrator has it
    :param control_url: of the simulator, where another person works in NetSuite
    """
    if connection.writeback_ids:
        # The simulator makes its books anew: what was written into the last ones is not there.
        _read_again(connection.writeback_ids)
        return
    connection.write_active = True
    _run(_rule(connection))
    drafts = connection.writeback_ids.sorted("id")
    confirmed, refused, changed = drafts[:CONFIRMED], drafts[CONFIRMED], drafts[CONFIRMED + 1]
    _push(connection, confirmed)
    # The role loses the right, until somebody ticks it again.
    _ask(control_url, "POST", "faults", {"name": "right_lost", "record": "invoice", "verb": "edit"})
    _push(connection, refused)
    _ask(control_url, "DELETE", "faults?name=right_lost")
    _ask(
        control_url,
        "POST",
        "act",
        {
            "act": "edit",
            "type": "invoice",
            "id": changed.netsuite_internal_id,
            "body": {STAGE_FIELD: THEIRS},
        },
    )
    _push(connection, changed)
    # One field is written because somebody changes it in Odoo.
    customer = drafts[-1].source_ref.commercial_partner_id
    customer.company_registry = "RS-20417"
    connection.env.cr.commit()


def _read_again(rows: Any) -> None:
    """Read the records of write-backs again, as *Resynchronise* does."""
    connection = rows.connection_id.with_user(api.SUPERUSER_ID)
    for record_type, group in rows.grouped("record_type").items():
        connection.env["netsuite.fetch"]._reread(
            connection,
            connection._client(),
            record_type,
            ids=sorted(set(group.mapped("netsuite_internal_id"))),
            force=True,
        )


def _rule(connection: Any) -> Any:
    """Return the automation rule, as a person builds it in the settings."""
    env = connection.env
    rule = env["base.automation"].search([("name", "=", RULE)])
    if rule:
        return rule
    model = env["ir.model"]._get("account.move")
    lines = [
        {"field_name": STAGE_FIELD, "value": STAGE, "policy": "ask"},
        {
            "field_name": "memo",
            "value_kind": "template",
            "value": "Overdue since {{object.invoice_date_due}}",
        },
    ]
    for line in lines:
        line["field_id"] = env["netsuite.field"]._find(connection, "invoice", line["field_name"]).id
    return env["base.automation"].create(
        {
            "name": RULE,
            "model_id": model.id,
            "trigger": "on_time",
            "trg_date_id": env["ir.model.fields"]._get("account.move", "invoice_date_due").id,
            "trg_date_range": OVERDUE_DAYS,
            "trg_date_range_type": "day",
            "trg_date_range_mode": "after",
            "filter_domain": repr(
                [
                    ("netsuite_connection_id", "=", connection.id),
                    ("move_type", "=", "out_invoice"),
                    ("state", "=", "posted"),
                    ("payment_state", "in", ["not_paid", "partial"]),
                ]
            ),
            "action_server_ids": [
                Command.create(
                    {
                        "model_id": model.id,
                        "name": RULE,
                        "usage": "base_automation",
                        "state": "netsuite_update",
                        "netsuite_connection_id": connection.id,
                        "netsuite_line_ids": [Command.create(line) for line in lines],
                    }
                )
            ],
        }
    )


def _run(rule: Any) -> None:
    """Let the rule look for what became overdue, as its scheduled action does."""
    rule.last_run = fields.Datetime.now() - timedelta(days=RUN_DAYS_AGO)
    rule.with_user(api.SUPERUSER_ID)._cron_process_time_based_actions()


def _push(connection: Any, rows: Any) -> None:
    """Push write-backs, and let the background send them."""
    rows.action_push()
    connection.with_user(api.SUPERUSER_ID)._drive_write()


def _ask(control_url: str, method: str, path: str, body: dict[str, Any] | None = None) -> None:
    """Let something happen in the simulated NetSuite."""
    request = urllib.request.Request(  # noqa: S310 loopback
        f"{control_url}/{path}",
        json.dumps(body or {}).encode(),
        {"Content-Type": "application/json"},
        method=method,
    )
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
        answer.read()


def _environment(cr: Any) -> Any:
    return api.Environment(cr, api.SUPERUSER_ID, {})
