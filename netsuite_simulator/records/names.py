"""Record names and keys of the REST record service."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import unquote

from netsuite_simulator.errors import BookError
from netsuite_simulator.ledger.record_types import BY_LOWER_NAME, RecordType
from netsuite_simulator.ledger.values import MAX_SCALED
from netsuite_simulator.web.envelope import ApiError, nonexistent_record, wrong_transaction_type

if TYPE_CHECKING:
    from netsuite_simulator.account import SimulatedAccount

ROOT = "/services/rest/record/v1"


def record_type_of(name: str) -> RecordType:
    """Return the record type of a path; NetSuite takes any casing.

    :raise ApiError: 404 for a name that no record type has.
    """
    kind = BY_LOWER_NAME.get(name.lower())
    if kind is None:
        detail = f"Record type '{name}' does not exist."
        raise ApiError(404, "NONEXISTENT_RECORD_TYPE", detail)
    return kind


def external_id_of(key: str) -> str | None:
    """Return the external id of a key `eid:…`, None for an internal id."""
    return unquote(key[4:]) if key.startswith("eid:") else None


def internal_id(account: SimulatedAccount, kind: RecordType, key: str) -> int:
    """Return the internal id that a key of a path means.

    :raise ApiError: 404 for an external id that no record has.
    """
    external = external_id_of(key)
    if external is None:
        # No larger one fits into a database, so no record has it.
        return min(int(key), MAX_SCALED)
    found = account.ledger.find(kind.name, external)
    if found is None:
        raise nonexistent_record(account.switches.missing_record)
    return found


@contextmanager
def asked_for(account: SimulatedAccount, kind: RecordType) -> Iterator[None]:
    """Refuse an id that no record of the type has, in the words of this account.

    :raise ApiError: 404, or for a transaction 400, by the switches.
    """
    try:
        yield
    except BookError as error:
        if error.code != "NONEXISTENT_ID":
            raise
        switches = account.switches
        if kind.code and switches.missing_transaction == "type_incorrect":
            raise wrong_transaction_type() from None
        raise nonexistent_record(switches.missing_record) from None
