"""An Odoo server for test_crash, whose workers can be killed at a chosen point.

Run as ``python crash_child.py CONFIGURATION DATABASE``. It loads the addons once. For each line
of standard input, a JSON list of jobs, it forks one worker per job, as Odoo's own server does,
waits for all of them, and answers with a JSON list of their exit codes (-9: killed).

A job is ``{"act": name of a function in ACTS, "at": where to die (a key of one of the POINTS) or
absent, "tranid": document that kills the worker when it is booked, "database": another one,
"values": whatever the act needs}``.
"""

# Databases of their own are worked in as other processes would.
# pylint: disable=invalid-commit,sql-injection

import json
import os
import signal
import sys
import time
import traceback
from contextlib import closing
from datetime import timedelta
from importlib import import_module
from pathlib import Path

import requests
from odoo import SUPERUSER_ID, api, fields, sql_db
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.tools import config


def die():
    """End this process as a power cut would: no handler, no roll-back, no goodbye."""
    os.kill(os.getpid(), signal.SIGKILL)


# === WHERE TO DIE === #


def class_of(env, name):
    """Return the class of a model, or a plain class that is named as ``room.module.Class``.

    Those of the client are named as ``client.module.Class``.
    """
    if name in env:
        return type(env[name])
    module, _, plain = name.rpartition(".")
    place = module if module.startswith("client.") else f"models.{module}"
    return getattr(import_module(f"odoo.addons.kolleno_netsuite.{place}"), plain)


def before(name, method, condition=lambda *args: True):
    """Return what makes a worker die when a method of what `class_of` names is called."""

    def arm(env):
        owner = class_of(env, name)
        original = getattr(owner, method)

        def deadly(self, *args, **kwargs):
            if condition(*args):
                die()
            return original(self, *args, **kwargs)

        setattr(owner, method, deadly)

    return arm


def after(name, method, condition=lambda *args: True):
    """Return what makes a worker die when a method of what `class_of` names did its work."""

    def arm(env):
        owner = class_of(env, name)
        original = getattr(owner, method)

        def deadly(self, *args, **kwargs):
            result = original(self, *args, **kwargs)
            if condition(*args):
                env.flush_all()
                die()
            return result

        setattr(owner, method, deadly)

    return arm


def of_invoices(records, *_others):
    return records[0].record_type == "invoice"


def is_change(call, *_attempt):
    return call.method == "PATCH"


POINTS = {
    "page stored, not committed": after("netsuite.fetch", "_store"),
    "landed, not booked": before("netsuite.connection", "_drive_book"),
    "claimed, not booked": before("netsuite.connection", "_book_chunk", of_invoices),
    "invoices made, not committed": after("netsuite.booking.move", "_create_documents"),
    "payments made, not committed": after("netsuite.booking.payment", "_create_documents"),
    "applied, not committed": after("netsuite.booking.application", "_apply"),
    "booked, run not closed": before("netsuite.connection", "_finish_run"),
}

# Where an import with a start of the history can die besides.
HISTORY_POINTS = {
    "history page stored, not committed": after("netsuite.fetch", "_store"),
    "history read, not what is linked": after(
        "netsuite.fetch", "_close_window", lambda stream, *_window: stream.phase == "regular"
    ),
    "linked documents stored, not committed": after("fetch.history.History", "complete_chunk"),
    "linked documents stored, not booked": before("netsuite.connection", "_finish_run"),
}

# Where reading a customer again by hand can die, and how often it is taken up besides.
RESYNC_POINTS = {
    "resync claimed, not begun": before("netsuite.resync", "_work"),
    "customer read again, not booked": before("netsuite.resync", "_book"),
    "resync done, not committed": after("netsuite.resync", "_conclude"),
    "resync committed, nobody told": before("netsuite.resync", "_tell"),
}

# Where the weekly comparison of all IDs can die.
COMPARISON_POINTS = {
    "comparison opened, no page compared": before(
        "proof.id_comparison.IdComparison", "compare_page"
    ),
    "page compared, not committed": after("proof.id_comparison.IdComparison", "compare_page"),
    "type compared, not committed": after("proof.id_comparison.IdComparison", "finish_type"),
    "all compared, deletions not followed": before("netsuite.connection", "_follow_deletions"),
}

# Where writing to NetSuite can die.
WRITE_POINTS = {
    "looked at, not sent": before("netsuite.writeback", "_begin"),
    "marked as being sent, not committed": after("netsuite.writeback", "_begin"),
    "committed, not called": before("client.transport.Transport", "_try", is_change),
    "called, answer not read": after("client.transport.Transport", "_try", is_change),
    "answer read, not committed": after("netsuite.writeback", "_take_answer"),
    "answer committed, not read back": before("netsuite.connection", "_look_after"),
    "read back, mirror not refreshed": before("netsuite.connection", "_refresh_mirror"),
    "mirror refreshed, not judged": before("netsuite.writeback", "_judge_after"),
    "judged, not committed": after("netsuite.writeback", "_judge_after"),
}


def poison(env, tranid):
    """Let the worker die whenever the document `tranid` is being booked."""
    after(
        "netsuite.booking.move",
        "_create_documents",
        lambda drafts: any(draft.record.name == tranid for draft in drafts),
    )(env)


# === WHAT TO DO === #


def prepare(env, values):
    """Make a company and a connection that is signed in and mapped."""
    company = env["res.company"].create(
        {"name": "Crash Test", "currency_id": env.ref("base.USD").id}
    )
    env["account.chart.template"].try_loading("generic_coa", company=company, install_demo=False)
    connection = env["netsuite.connection"].create({**values, "company_id": company.id})
    connection.action_connect()
    connection.subsidiary_ids[0].company_id = company
    connection.action_suggest_mappings()
    connection.action_accept_suggestions()
    connection._leave_set_up()
    env.cr.commit()


def due(env, _values):
    """Let the next worker read all record types at once."""
    env["netsuite.stream"].search([]).next_read_at = False
    env.cr.commit()


def earlier(env, values):
    """Let the history start at another day."""
    env["netsuite.connection"].search([]).history_start = values["history_start"]
    env.cr.commit()


def drive(env, _values):
    """Fetch, book, apply and prove until nothing is left."""
    env["netsuite.connection"].search([])._drive()
    env.cr.commit()


def fetch(env, _values):
    """Do what the cron of reading does."""
    env["netsuite.connection"]._cron_fetch()
    env.cr.commit()


def book(env, _values):
    """Do what the cron of booking does."""
    env["netsuite.connection"]._cron_book()
    env.cr.commit()


def resync(env, values):
    """Ask for customers to be read again in the background, as a selection in a list is."""
    records = env["netsuite.record"].search(
        [("record_type", "=", "customer"), ("internal_id", "in", values["customers"])]
    )
    env["netsuite.resync"]._request(records, at_once=False)
    env.cr.commit()


def compare(env, _values):
    """Do what the cron of the weekly comparison does, and book what it found."""
    connection = env["netsuite.connection"].search([])
    if connection._last_comparison().state != "running":
        connection._open_comparison()
    # Several pages, so that there is something between them.
    type(connection)._rows_per_page = lambda _connection: 2
    env["netsuite.connection"]._cron_compare()
    env["netsuite.connection"]._cron_book()
    env.cr.commit()


def cron(env, values):
    """Let Odoo's own machinery run one cron of ours, and no other."""
    job = env.ref(f"kolleno_netsuite.ir_cron_{values['cron']}")
    env["ir.cron"].search([]).nextcall = "2100-01-01"
    env["ir.cron.trigger"].search([]).unlink()
    # Not long ago: Odoo comes to the next call in steps of the cron's interval.
    job.nextcall = fields.Datetime.now() - timedelta(minutes=1)
    env.cr.commit()
    env["ir.cron"]._process_jobs(env.cr.dbname)


def write_active(env, _values):
    """Let the connection write to NetSuite, automatically."""
    connection = env["netsuite.connection"].search([])
    connection.write({"write_active": True, "field_update_mode": "automatic"})
    env.cr.commit()


def intend(env, values):
    """Mean a value of a text field for invoices, as a server action does.

    :param values: invoices, their NetSuite ids; field; value; policy; wait, for how many seconds
        the transaction stays open.
    """
    records = env["netsuite.record"].search(
        [("record_type", "=", "invoice"), ("internal_id", "in", values["invoices"])]
    )
    line = {
        "field_name": values.get("field", "custbody_stage"),
        "kind": "text",
        "value": values["value"],
        "policy": values.get("policy", "odoo"),
    }
    action = env["ir.actions.server"].create(
        {
            "name": values["value"],
            "model_id": env["ir.model"]._get_id("account.move"),
            "state": "netsuite_update",
            "netsuite_line_ids": [(0, 0, line)],
        }
    )
    moves = env["account.move"].browse(records.mapped("res_id"))
    action.with_context(active_model="account.move", active_ids=moves.ids).run()
    env.flush_all()
    time.sleep(values.get("wait", 0))
    env.cr.commit()


def write(env, values):
    """Do what the cron of writing does, some minutes later than now if need be."""
    later = timedelta(minutes=(values or {}).get("minutes", 0))
    now = fields.Datetime.now
    fields.Datetime.now = lambda *_args: now() + later
    env["netsuite.connection"]._cron_write()
    env.cr.commit()


def pause_from_outside(env):
    """Let another session pause the connection."""
    with closing(sql_db.db_connect(env.cr.dbname).cursor()) as cr:
        cr.execute("UPDATE netsuite_connection SET state = 'paused'")
        cr.commit()


def pause_between(env, _values):
    """Drive, while the connection is paused after the first unit."""
    env["netsuite.connection"].search([])._drive(on_progress=lambda _run: pause_from_outside(env))
    env.cr.commit()


def pause_within(env, _values):
    """Ask NetSuite twice in one unit, while the connection is paused in between."""
    client = env["netsuite.connection"].search([])._client()
    client.records.exists("currency", 1)
    env.cr.commit()
    pause_from_outside(env)
    # The switch is looked at once a second.
    time.sleep(1.1)
    client.records.exists("currency", 1)


def retry(env, _values):
    """Book again what was set aside."""
    env["netsuite.issue"].search([("key", "=", "poison")]).action_retry()
    env.cr.commit()


def crons(env, _values):
    """Do what all scheduled actions do, and everything is due."""
    due(env, None)
    Connection = env["netsuite.connection"]
    for name in ("fetch", "book", "heal", "daily", "compare", "discover", "documents"):
        getattr(Connection, f"_cron_{name}")()
    env.cr.commit()


def mail_server(env, values):
    """Let Odoo's mails go to a server of the test's own."""
    env["ir.mail_server"].search([]).active = False
    env["ir.mail_server"].create(
        {"name": "Test", "smtp_host": "127.0.0.1", "smtp_port": values["port"]}
    )
    env.cr.commit()


def send(env, values):
    """Send documents as their Send button does, many of them as Odoo's own cron does."""
    moves = env["account.move"].browse(values["moves"])
    wizard = "account.move.send.batch.wizard" if len(moves) > 1 else "account.move.send.wizard"
    context = {"active_model": "account.move", "active_ids": moves.ids}
    env[wizard].with_context(**context).create({}).action_send_and_print()
    env.cr.commit()
    if len(moves) > 1:
        # As Odoo's own scheduled action does; an error ends this worker.
        env["account.move"]._cron_account_move_send()
        env.cr.commit()


def print_documents(env, values):
    """Print documents into a file, or what is said instead."""
    try:
        contents, _kind = env["ir.actions.report"]._render_qweb_pdf(
            "account.account_invoices", values["moves"]
        )
    except UserError as error:
        contents = str(error).encode()
    Path(values["file"]).write_bytes(contents)
    env.cr.commit()


def uninstall(env, values):
    """Uninstall the addon, as its button under Apps does, while NetSuite is being asked.

    :param values: control, the address of the simulator's control API; patience, for how many
        seconds the uninstall waits; file, for what it says when it is refused.
    """
    hooks = import_module("odoo.addons.kolleno_netsuite.hooks")
    take_over = hooks._take_over

    def taken_over_during_a_call(here):
        wait_for_a_call(values["control"])
        take_over(here)

    hooks._take_over = taken_over_during_a_call
    hooks.PATIENCE_SECONDS, hooks.LOCK_SECONDS = values["patience"], 1
    wait_for_a_call(values["control"])
    try:
        module = env.ref("base.module_kolleno_netsuite").with_context(lang="en_US")
        module.button_immediate_uninstall()
    except UserError as error:
        env.cr.rollback()
        Path(values["file"]).write_text(str(error), encoding="utf-8")
    finally:
        requests.delete(f"{values['control']}/faults", timeout=30)


def wait_for_a_call(control):
    """Wait until NetSuite is asked once more, so that its answer is still to come."""
    log = f"{control}/requests"
    known = len(requests.get(log, timeout=30).json())
    until = time.monotonic() + 60
    while len(requests.get(log, timeout=30).json()) == known:
        assert time.monotonic() < until, "Nobody asks NetSuite any more"
        time.sleep(0.05)


ACTS = {
    act.__name__: act
    for act in (
        *(prepare, due, earlier, drive, fetch, book, retry, resync, compare, uninstall),
        *(cron, crons, pause_between, pause_within),
        *(write_active, intend, write),
        *(mail_server, send, print_documents),
    )
}


# === WORKERS === #


def work(database, job):
    """Do one job in this process."""
    with Registry(database).cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        if job.get("at"):
            points = POINTS | HISTORY_POINTS | RESYNC_POINTS | COMPARISON_POINTS | WRITE_POINTS
            points[job["at"]](env)
        if job.get("tranid"):
            poison(env, job["tranid"])
        ACTS[job["act"]](env, job.get("values"))


def fork(database, job):
    """Start a worker; return its process id."""
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        work(database, job)
        code = 0
    finally:
        if code:
            traceback.print_exc()
        # Not sys.exit: the rest of this program belongs to the parent.
        os._exit(code)


def main(configuration, database):
    config.parse_config(
        ["-c", configuration, "-d", database, "--no-http", "--log-level=critical"],
        setup_logging=True,
    )
    Registry(database)
    for line in sys.stdin:
        # A connection to PostgreSQL must not be shared with a worker.
        sql_db.close_all()
        pids = [fork(job.get("database", database), job) for job in json.loads(line)]
        codes = [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in pids]
        sys.stdout.write(f"{json.dumps(codes)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
