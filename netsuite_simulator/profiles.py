"""Accounts as they exist, as data: a name and the switches that make such an account.

No public source tells which combination a given account shows, so the profiles of `TESTED` are
chosen in such a way that every two choices of `PAIRED` meet in one of them. What is not named has
its default; the others take one thing away each.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from itertools import combinations, product
from typing import Any, Literal, get_args, get_origin, get_type_hints

from netsuite_simulator.switches import Switches

Profile = Mapping[str, Any]

_SMALL_COMPANY: dict[str, Any] = {"one_world": False, "multi_currency": False}
_WITHOUT_SEGMENTS = ["DEPARTMENTS", "CLASSES", "LOCATIONS"]
_FORMER_LINKS: dict[str, Any] = {"link_dates": False, "link_types": False}

# The choices of which every two meet: by its name, the switches of either side.
PAIRED: dict[str, tuple[Profile, Profile]] = {
    "companies": ({"one_world": True}, {"one_world": False}),
    "currencies": ({"multi_currency": True}, {"multi_currency": False}),
    "tax": ({"suite_tax": False}, {"suite_tax": True}),
    "links": ({"link_dates": True, "link_types": True}, _FORMER_LINKS),
    "open amounts": ({"header_payment_amounts": True}, {"header_payment_amounts": False}),
    "stages": ({"leads": False}, {"leads": True}),
    "projects": ({"projects": False}, {"projects": True}),
}

TESTED: dict[str, Profile] = {
    "one_world_many_currencies": {},
    "one_world_suitetax": {
        "suite_tax": True,
        "header_payment_amounts": False,
        "leads": True,
        "projects": True,
        "deletedrecord_type": "rest",
        "unapply_touches": "payer",
        "apply_touches_invoice": False,
        "job_customer_column": "customer",
        "journal_apply_touches": "invoice",
        "void_style": "reversing_journal",
    },
    "one_world_one_currency": {
        "multi_currency": False,
        "header_payment_amounts": False,
        "leads": True,
        **_FORMER_LINKS,
        "deletedrecord_type": "text",
        "foreigntotal_sign": "absolute",
        "features_off": ["LOCATIONS"],
        "unknown_column_wording": "field_of_record",
        "finance_charge_type": "FinChrg",
        "refund_links": "Refund",
    },
    "one_world_old_links_suitetax": {
        "multi_currency": False,
        "suite_tax": True,
        "projects": True,
        **_FORMER_LINKS,
        "deletedrecord_type": "number",
        "foreigntotal_sign": "signed",
        "header_subsidiary": True,
        "payment_amounts_line": "receivable",
        "unknown_table_wording": "search_type",
        "job_customer_column": "parent",
        "instalment_mainline": "first",
        "void_style": "reversing_journal",
        "void_journal_applied": False,
    },
    "single_company_many_currencies": {
        "one_world": False,
        "leads": True,
        "projects": True,
        **_FORMER_LINKS,
        "features_off": _WITHOUT_SEGMENTS,
        "journal_mainline": "none",
        "unapply_touches": "none",
        "unknown_column_wording": "field",
        "refund_links": "DepRfnd",
        "revaluation_entity": "customer",
        "journal_apply_touches": "journal",
    },
    "single_company_lines_suitetax": {
        "one_world": False,
        "suite_tax": True,
        "header_payment_amounts": False,
        **_FORMER_LINKS,
        "deletedrecord_type": "rest",
        "missing_tables": ["paymentmethod", "term", "contactrole", "companycontactrelationship"],
        "session_zone": "utc",
        "discount_in_links": "left_out",
        "open_base_rounding": "left",
    },
    "single_currency_single_company": {
        **_SMALL_COMPANY,
        "header_payment_amounts": False,
        "projects": True,
        "features_off": [*_WITHOUT_SEGMENTS, "ACCOUNTINGPERIODS"],
        "missing_tables": ["companyfeaturesetup"],
        "deletedrecord_type": "text",
        "payment_amounts_line": "receivable",
        "unknown_column_wording": "field_of_record",
    },
    "single_currency_suitetax_leads": {
        **_SMALL_COMPANY,
        "suite_tax": True,
        "leads": True,
        "deletedrecord_recordid": False,
        "foreigntotal_sign": "absolute",
        "missing_tables": ["customeraddressbook", "currencyrate"],
        "unknown_table_wording": "search_type",
        "date_format": "D/M/YYYY",
        "journal_apply_touches": "invoice",
        "line_quantity_sign": "entered",
    },
}

# Tables that an account or a role may lack, each alone. Currencies are not among them: where there
# are several, nothing is imported before the role sees them.
OPTIONAL_TABLES = (
    "salestaxitem", "paymentmethod", "accountingperiod", "term", "customeraddressbook",
    "customeraddressbookentityaddress", "department", "classification", "location",
    "companycontactrelationship", "contactrole", "contact", "currencyrate",
    "deletedrecord", "companyfeaturesetup", "file", "systemnote",
)  # fmt: skip

PROFILES: dict[str, Profile] = {
    **TESTED,
    **{f"without_{table}": {"missing_tables": [table]} for table in OPTIONAL_TABLES},
    **{
        f"without_{code.lower()}": {"features_off": [code]}
        for code in ("DEPARTMENTS", "CLASSES", "LOCATIONS", "ACCOUNTINGPERIODS")
    },
    **{
        f"columns_worded_{wording}": {
            "unknown_column_wording": wording,
            "missing_columns": [
                "customer.fax", "customer.altphone", "transaction.otherrefnum",
                "transaction.paymentmethod", "contact.officephone", "account.sspecacct",
            ],
        }
        for wording in ("identifier", "field", "field_of_record")
    },
    **{
        f"deletions_by_{form}": {"deletedrecord_type": form}
        for form in ("rest", "text", "number")
    },
    **{f"totals_{sign}": {"foreigntotal_sign": sign} for sign in ("signed", "absolute")},
    **{f"refund_links_{kind.lower()}": {"refund_links": kind} for kind in ("Refund", "DepRfnd")},
    **{f"journals_touch_{who}": {"journal_apply_touches": who} for who in ("invoice", "journal")},
    "voids_by_journal": {"void_style": "reversing_journal"},
    "voids_by_loose_journal": {"void_style": "reversing_journal", "void_journal_applied": False},
    "charges_of_their_own_type": {"finance_charge_type": "FinChrg"},
    "wide_selects_answered": {"wide_select_empty": False},
    "amounts_on_lines": {"header_payment_amounts": False, "payment_amounts_line": "receivable"},
}  # fmt: skip


def profile(name: str) -> dict[str, Any]:
    """Return the switches of a profile.

    :raise ValueError: for an unknown name.
    """
    if name not in PROFILES:
        raise ValueError(f"There is no profile {name!r}; choose one of {', '.join(PROFILES)}.")
    return dict(PROFILES[name])


# === PAIRS OF SWITCHES === #

# The switches about payments that a client writes (docs/NETSUITE.md 9.5).
PAYMENT_SWITCHES = (
    "payment_apply_on_post", "apply_unknown_doc", "apply_over_due", "apply_over_payment",
    "apply_without_amount", "auto_apply_default", "payment_zero_answer", "property_case",
    "undep_funds_form", "ar_account_default", "payment_method_required", "payment_method_field",
    "classification_required", "closed_period", "posting_period_obeyed", "closed_period_apply",
    "consolidated_payments", "invoice_saved_hook", "deposited_payment_unapply",
    "deposited_payment_delete", "inactive_customer", "inactive_account",
    "payment_unapply_moves_invoice_date", "payment_restlet",
)  # fmt: skip
# Choices that no account has together.
IMPOSSIBLE: tuple[Profile, ...] = (
    # Nobody could write a payment over REST.
    {"payment_method_required": True, "payment_method_field": "neither"},
    # What cannot be unapplied cannot be deleted either.
    {"deposited_payment_unapply": "refused", "deposited_payment_delete": "allowed"},
)
_TRIES = 30
# Choices of switches that have any list of names.
_LISTS: dict[str, tuple[list[str], ...]] = {
    "classification_required": ([], ["department", "class", "location"]),
}


def choices_of(name: str) -> tuple[Any, ...]:
    """Return the choices of a switch, its default first."""
    hint = get_type_hints(Switches)[name]
    if hint is bool:
        choices: tuple[Any, ...] = (False, True)
    else:
        choices = get_args(hint) if get_origin(hint) is Literal else _LISTS[name]
    default = getattr(Switches(), name)
    return (default, *(choice for choice in choices if choice != default))


def pairwise(
    choices: Mapping[str, Sequence[Any]], impossible: Sequence[Profile] = ()
) -> list[dict[str, Any]]:
    """Return combinations in which every two choices of different names meet that can.

    :param choices: values by name; the first of each goes where it does not matter.
    :param impossible: values that do not go together.
    :return: few combinations, the same each time; each names all that `choices` does.
    """

    def fits(row: Mapping[str, int]) -> bool:
        chosen = {name: choices[name][index] for name, index in row.items()}
        return not any(
            all(name in chosen and chosen[name] == value for name, value in pair.items())
            for pair in impossible
        )

    missing = {
        frozenset({(one, i), (other, j)}): None
        for one, other in combinations(choices, 2)
        for i, j in product(range(len(choices[one])), range(len(choices[other])))
        if fits({one: i, other: j})
    }

    def filled(row: dict[str, int], order: Sequence[str]) -> dict[str, int] | None:
        """Give a row the values by which most pairs meet; None when there are none that fit."""
        for name in order:
            gains = {
                index: sum(frozenset({each, (name, index)}) in missing for each in row.items())
                for index in range(len(choices[name]))
                if fits({**row, name: index})
            }
            if not gains:
                return None
            row = {**row, name: max(gains, key=lambda index: gains[index])}
        return row

    def met(row: Mapping[str, int]) -> list[frozenset[tuple[str, int]]]:
        return [
            pair for each in combinations(row.items(), 2) if (pair := frozenset(each)) in missing
        ]

    # The order in which names are filled decides how good a row is, so several are tried.
    orders = random.Random(1)  # noqa: S311 - the same each time is what is wanted
    rows = []
    while missing:
        first = next(iter(missing))
        names = [name for name in choices if name not in dict(first)]
        tried = [filled(dict(first), orders.sample(names, len(names))) for _ in range(_TRIES)]
        best = max(
            (row for row in tried if row is not None), key=lambda row: len(met(row)), default={}
        )
        # Where nothing fits, these two cannot meet either.
        for pair in met(best) or [first]:
            del missing[pair]
        if best:
            rows.append({name: choices[name][best[name]] for name in choices})
    return rows


def payment_accounts(**fixed: Any) -> list[dict[str, Any]]:
    """Return the switches of accounts in which every two choices about payments meet.

    :param fixed: switches that have the same choice in all of them.
    """
    choices = {name: choices_of(name) for name in PAYMENT_SWITCHES}
    choices |= {name: (value,) for name, value in fixed.items()}
    return pairwise(choices, IMPOSSIBLE)
