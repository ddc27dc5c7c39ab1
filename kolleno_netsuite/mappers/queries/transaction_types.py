"""The codes in `transaction.type` of what is mirrored, and whose a document of a project is.

SuiteQL answers a type as bare letters (docs/NETSUITE.md 4.4). Types that an account defines by
itself have a number behind their letters, so they are known by how they begin.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from ...client.suiteql import (
    Condition,
    Expression,
    Operand,
    among,
    any_of,
    call,
    equal,
    every,
    operand,
    starts_with,
)
from ...const import BANK_DEPOSIT_TYPE, CHARGE_TYPE, CUSTOM_TYPE, DEPOSIT_TYPE, JOURNAL_TYPE
from ..account_types import RECEIVABLE

# The first code is the usual one. No source names a code for finance charges: they are invoices
# with a mark, or have this one.
TYPE_CODES: dict[str, tuple[str, ...]] = {
    "invoice": ("CustInvc", "FinChrg"),
    CHARGE_TYPE: ("CustChrg",),
    JOURNAL_TYPE: ("Journal",),
    "creditmemo": ("CustCred",),
    "customerpayment": ("CustPymt",),
    DEPOSIT_TYPE: ("CustDep",),
    "depositapplication": ("DepAppl",),
    "customerrefund": ("CustRfnd",),
}
# Read where a setting asks for them; customers' balances have nothing of them.
CHOSEN_CODES: dict[str, tuple[str, ...]] = {BANK_DEPOSIT_TYPE: ("Deposit",)}
# Custom transactions that are sales or purchases: the only ones with a main line of a customer.
CUSTOM_PREFIXES = ("CuTrSale", "CuTrPrch")
REVALUATION_CODE = "FxReval"
_ALL_CODES = {**TYPE_CODES, **CHOSEN_CODES}
_RECORD_TYPE_OF = {code: name for name, codes in _ALL_CODES.items() for code in codes}
_BOOK = 1
_ON_RECEIVABLES = (
    " JOIN transactionaccountingline jg ON jg.transaction = jl.transaction"
    f" AND jg.transactionline = jl.id AND jg.accountingbook = {_BOOK}"
    " JOIN account ja ON ja.id = jg.account"
)


def record_type_of(code: str, chosen: Collection[str] = ()) -> str | None:
    """Return the record type that a code stands for; None for one that is not mirrored.

    :param chosen: types that count although balances have nothing of them.
    """
    if code.startswith(CUSTOM_PREFIXES):
        return CUSTOM_TYPE
    found = _RECORD_TYPE_OF.get(code)
    return found if found in TYPE_CODES or found in chosen else None


def of_types(record_types: Iterable[str], alias: str = "t") -> Condition:
    """Return the condition of transactions of some record types.

    Custom transactions count only with a main line on receivables: those on payables have the
    same codes.

    :param alias: of the table `transaction`.
    """
    types = list(record_types)
    codes = [code for each in types for code in _ALL_CODES.get(each, ())]
    column = f"{alias}.type"
    known = [equal(column, codes[0])] if len(codes) == 1 else [among(column, codes)]
    if CUSTOM_TYPE not in types:
        return known[0]
    custom = every(of_custom_types(alias), _with_main_line_on_receivables(alias))
    return any_of(*(known if codes else []), custom)


def of_mirrored_types(alias: str = "t") -> Condition:
    """Return the condition of transactions of any type that is mirrored."""
    codes = [code for of_type in TYPE_CODES.values() for code in of_type]
    return any_of(among(f"{alias}.type", codes), of_custom_types(alias))


def of_custom_types(alias: str = "t") -> Condition:
    """Return the condition of custom transactions, whatever they post to."""
    return any_of(*(starts_with(f"{alias}.type", prefix) for prefix in CUSTOM_PREFIXES))


def on_lines(condition: Condition, joined: str = "", alias: str = "t") -> Condition:
    """Return the condition of transactions with a line `jl` that meets `condition`."""
    # The text is written in this file, and a condition's names and values are checked.
    lines = f"SELECT jl.transaction FROM transactionline jl{joined}"  # noqa: S608
    return Condition(f"{alias}.id IN ({lines} WHERE {condition.sql})")


def _with_main_line_on_receivables(alias: str) -> Condition:
    main = every(equal("jl.mainline", value=True), equal("ja.accttype", RECEIVABLE))
    return on_lines(main, _ON_RECEIVABLES, alias)


# === PROJECTS === #


def customer_of(entity: Operand, project: str) -> Expression:
    """Return the customer whom an entity stands for: of a project, the customer of the project.

    :param project: alias of the table `job`, left-joined by `entity`.
    """
    return call("COALESCE", f"{project}.customer", f"{project}.parent", entity)


def of_customers(entity: Operand, customers: Collection[int], *, projects: bool) -> Condition:
    """Return the condition of an entity that is one of `customers`, or a project of theirs.

    :param customers: at most 1,000 internal ids.
    :param projects: the account has projects, whose table an account without them lacks.
    """
    own = among(entity, customers)
    if not projects:
        return own
    theirs = among(call("COALESCE", "qj.customer", "qj.parent"), customers)
    # As for `on_lines`.
    found = f"SELECT qj.id FROM job qj WHERE {theirs.sql}"  # noqa: S608
    return any_of(own, Condition(f"{operand(entity).sql} IN ({found})"))
