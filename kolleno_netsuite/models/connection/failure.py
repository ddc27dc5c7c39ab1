"""Say in a person's words what stopped one record, whatever exception it was."""

import hashlib
import re

import psycopg2
from odoo.exceptions import RedirectWarning, UserError
from psycopg2 import errors as pg_errors

from ...client.errors import DataError
from ...exceptions import RecordBlocked, RecordFailed
from ...mappers.text import storable
from ...mappers.transaction import InconsistentError

# What reading a stored payload can say about it; nothing was written then.
UNREADABLE = (DataError, InconsistentError)


def failure_of(env, error):
    """Return the `RecordFailed` that says in words what an exception means.

    :param env: an environment whose transaction goes on: what failed was rolled back.
    :param error: any exception of a record.
    """
    if isinstance(error, RecordFailed):
        return error
    retry = env._("Correct the record in NetSuite, or correct the cause here and retry.")
    if isinstance(error, InconsistentError):
        return RecordFailed(error.code, _inconsistency(env, error), retry)
    if isinstance(error, DataError):
        return RecordFailed(
            "shape",
            env._("NetSuite's answer is incomplete: %s", error.detail),
            env._("Resynchronise the record; if it persists, NetSuite holds it that way."),
        )
    if isinstance(error, RecordBlocked):
        return RecordFailed("waits", str(error), retry)
    if isinstance(error, (UserError, RedirectWarning)):
        sentence = _one_line(error.args[0] if error.args else error)
        return RecordFailed(_code("odoo", sentence), _refusal(env, sentence), retry)
    if isinstance(error, psycopg2.Error):
        sentence = _one_line(_database_sentence(env, error))
        return RecordFailed(_code("odoo", sentence), _refusal(env, sentence), retry)
    name, sentence = type(error).__name__, _one_line(error)
    return RecordFailed(
        _code("program", f"{name} {sentence}"),
        env._("Odoo stopped with an error: %s", f"{name}: {sentence}" if sentence else name),
        env._(
            "The server's log shows where. Correct what the error names in NetSuite, or retry the "
            "record once the program has been corrected."
        ),
    )


def _refusal(env, sentence):
    return env._("Odoo refuses it: %s", sentence)


def _one_line(text):
    """Return all lines of a text as one, as a list of records shows it."""
    return storable(" ".join(str(text).split()))


def _code(kind, sentence):
    """Return a word that records share that fail for the same reason, whatever their numbers."""
    shape = re.sub(r"[\d.,'\"]+", "#", sentence)
    return f"{kind}:{hashlib.sha256(shape.encode()).hexdigest()[:12]}"


def _database_sentence(env, error):
    """Return what PostgreSQL refused, with the field or the constraint that a person knows."""
    diagnosis = error.diag
    model = _model_of(env, diagnosis.table_name)
    names = {
        "model": model._description if model is not None else diagnosis.table_name,
        "field": _field_of(env, model, diagnosis.column_name),
        "constraint": diagnosis.constraint_name,
    }
    if isinstance(error, pg_errors.NotNullViolation):
        return env._('"%(field)s" of "%(model)s" is required but empty', **names)
    if isinstance(error, pg_errors.ForeignKeyViolation):
        return env._(
            '"%(model)s" refers to something that does not exist, or is still referred to '
            "(%(constraint)s): %(detail)s",
            detail=diagnosis.message_detail or diagnosis.message_primary,
            **names,
        )
    if isinstance(error, pg_errors.ProgramLimitExceeded) and diagnosis.constraint_name:
        return env._(
            'A text of "%(model)s" is too long for the database\'s index %(constraint)s', **names
        )
    if isinstance(error, pg_errors.IntegrityError) and model is not None:
        known = model._table_objects.get(diagnosis.constraint_name or "")
        sentence = known.get_error_message(model, diagnosis) if known is not None else ""
        if sentence:
            return sentence
    said = diagnosis.message_primary or str(error)
    where = diagnosis.constraint_name or diagnosis.column_name or diagnosis.table_name
    return f"{said} ({where})" if where and where not in said else said


def _model_of(env, table):
    """Return the model that a table belongs to, or None."""
    if not table:
        return None
    found = (name for name, model in env.registry.items() if model._auto and model._table == table)
    return next((env[name] for name in found), None)


def _field_of(env, model, column):
    field = model._fields.get(column) if model is not None and column else None
    return field._description_string(env) if field is not None else column


def _inconsistency(env, error):
    amounts = error.amounts
    if error.code == "unbalanced":
        return env._("NetSuite's debits and credits differ by %(difference)s", **amounts)
    if error.code == "total":
        return env._("The lines add up to %(lines)s, the document to %(header)s", **amounts)
    if error.code == "decimals":
        return env._(
            "%(amount)s has more decimals than the currency has in Odoo (%(digits)s)", **amounts
        )
    if error.code == "rate":
        return env._("The exchange rate is %(rate)s; it has to be greater than zero", **amounts)
    if error.code == "receivable_line":
        return env._("The document changes no customer's balance")
    return env._("The document has %(count)s main lines instead of one", **amounts)
