"""What is left in order when the addon goes."""

# The addon's tables are taken out of use for good; what comes before is committed.
# pylint: disable=invalid-commit

import time

import psycopg2
from odoo.exceptions import UserError
from odoo.tools import SQL

from .const import SYNC_CONTEXT

MODULE = "kolleno_netsuite"
# A person waits for it, and a request of Odoo has two minutes by default.
PATIENCE_SECONDS = 60
# Others wait as long as this when they want what the uninstall waits for.
LOCK_SECONDS = 5


def uninstall_hook(env):
    """End all work of the connections, archive the journals of mirrored documents, and remove the
    key file.

    Without the addon Odoo would go on from NetSuite's numbers as from its own sequence, and refuse
    or misnumber the next document of such a journal. Documents stay as they are.

    :param env: superuser environment of the database.
    :raise UserError: the work does not end; nothing is uninstalled.
    """
    _take_over(env)
    journals = env["account.journal"].search([("netsuite_connection_id", "!=", False)])
    drafts = env["account.move"].search(
        [("journal_id", "in", journals.ids), ("state", "=", "draft")]
    )
    # Odoo archives no journal that has drafts: those need someone first.
    (journals - drafts.journal_id).with_context(**SYNC_CONTEXT).active = False
    # Not before it is certain that the addon goes.
    env.cr.postcommit.add(env["netsuite.connection"]._key_file().remove)


def _take_over(env):
    """Wait until nobody uses what is going to be removed, and keep everybody off it.

    Odoo gives up, without a word, on whatever another process holds for 15 seconds, and would
    leave that table or column behind: an import that runs holds its scheduled action for minutes.

    :raise UserError: somebody goes on using it.
    """
    paused = env["netsuite.connection"]
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        # What the others committed is seen by a new transaction only.
        env.cr.commit()
        try:
            running = paused.search([("state", "=", "connected")])
            running._pause(env._("The addon is being uninstalled."))
            env.cr.commit()
            paused |= running
            _lock_all(env)
        except psycopg2.OperationalError:
            # Somebody holds one of them, changed it just now, or waits for another of ours.
            env.cr.rollback()
            env.invalidate_all()
        else:
            return
        if time.monotonic() > deadline:
            break
    paused._commit_unit(paused.action_resume, processed=0)
    raise UserError(
        env._(
            "NetSuite's data is being used at the moment, by an import or by somebody's long "
            "report. Nothing was uninstalled: please try again in a few minutes."
        )
    )


def _lock_all(env):
    """Lock, for this transaction, whatever is removed with the addon.

    :raise psycopg2.OperationalError: somebody else uses one of them.
    """
    crons = env["ir.model.data"].search([("module", "=", MODULE), ("model", "=", "ir.cron")])
    env.cr.execute(SQL("SET LOCAL lock_timeout = %s", f"{LOCK_SECONDS}s"))
    # Whoever runs one of them holds its row.
    env.cr.execute(
        SQL("SELECT id FROM ir_cron WHERE id = ANY(%s) FOR UPDATE", crons.mapped("res_id")),
        log_exceptions=False,
    )
    tables = SQL(", ").join(SQL.identifier(name) for name in _tables(env))
    env.cr.execute(SQL("LOCK TABLE %s IN ACCESS EXCLUSIVE MODE", tables), log_exceptions=False)
    env.cr.execute(SQL("SET LOCAL lock_timeout = '15s'"))


def _tables(env):
    """Return the tables that are dropped or lose a column, and those that they refer to."""
    fields = env["ir.model.data"].search(
        [("module", "=", MODULE), ("model", "=", "ir.model.fields")]
    )
    models = set(env["ir.model.fields"].browse(fields.mapped("res_id")).exists().mapped("model"))
    tables = {env[name]._table for name in models if name in env and not env[name]._abstract}
    # A table that another one refers to is locked when that one goes.
    rows = env.execute_query(
        SQL(
            """WITH mine AS (
                   SELECT c.oid FROM pg_class c WHERE c.relkind = 'r' AND (
                       c.relname = ANY(%(tables)s) OR c.relname IN (
                           SELECT r.name FROM ir_model_relation r
                           JOIN ir_module_module m ON m.id = r.module WHERE m.name = %(module)s))
               ), own AS (
                   SELECT c.oid FROM pg_class c JOIN mine ON mine.oid = c.oid
                   WHERE c.relname LIKE 'netsuite%%'
               )
               SELECT relname FROM pg_class WHERE oid IN (
                   SELECT oid FROM mine UNION
                   SELECT confrelid FROM pg_constraint JOIN own ON own.oid = conrelid
                   WHERE contype = 'f')
               ORDER BY relname""",
            tables=list(tables),
            module=MODULE,
        )
    )
    return [name for (name,) in rows]
