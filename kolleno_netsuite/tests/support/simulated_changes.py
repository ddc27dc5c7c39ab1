"""Which types of records a test has changed in NetSuite since they were read last.

A reading asks for each type, and most answers hold nothing: they take most of the time of most
tests. What no window of dates would show is not asked for; where more than records may have
changed, everything is.
"""

from ...const import APPLYING_TYPES, REFERENCE_TYPES
from ...mappers.queries.record_sources import RECORD_SOURCES
from ...mappers.queries.transaction_types import record_type_of

# Dated tables, each with what is read beside and moves no date of theirs everywhere.
_ENTITIES = {
    "customer": ("_customer", "job", "_customersubsidiaryrelationship", "customeraddressbook"),
    "contact": ("contact", "companycontactrelationship"),
}


def seen(account):
    """Return what there is in a simulated account now; None when calls may fail.

    :return: records by type, links, switches and zone, to be compared only.
    """
    if account.faults.listed():
        return None
    with account.store.read() as con:
        records = {**_references(con), **_entities(con), **_transactions(con)}
        links = _rows(con, "SELECT COUNT(*), MAX(lastmodifieddate), SUM(id) FROM _application")
    return {
        "records": records,
        "links": links,
        "account": (account.switches.as_dict(), str(account.clock.zone)),
    }


def changed_since(before, now):
    """Return the record types that differ in what was `seen`; None when anything may."""
    if not before or not now or before["account"] != now["account"]:
        return None
    old, new = before["records"], now["records"]
    changed = {each for each in old.keys() | new.keys() if old.get(each) != new.get(each)}
    return changed if before["links"] == now["links"] else changed | set(APPLYING_TYPES)


def _rows(con, sql):
    return con.execute(sql).fetchall()


def _references(con):
    tables = {each: RECORD_SOURCES[each].query.table for each in REFERENCE_TYPES}
    # Names of tables, from the source code.
    return {each: _rows(con, f'SELECT * FROM "{table}"') for each, table in tables.items()}


def _entities(con):
    found = {}
    for record_type, (table, *others) in _ENTITIES.items():
        dated = f"SELECT COUNT(*), MAX(lastmodifieddate), MAX(id) FROM {table}"
        found[record_type] = [
            _rows(con, dated),
            *(_rows(con, f'SELECT * FROM "{each}"') for each in others),
        ]
    return found


def _transactions(con):
    dated = 'SELECT type, COUNT(*), MAX(lastmodifieddate), MAX(id) FROM "transaction" GROUP BY type'
    found = {}
    for code, *shown in _rows(con, dated):
        if record_type := record_type_of(code):
            found.setdefault(record_type, []).append((code, *shown))
    return found
