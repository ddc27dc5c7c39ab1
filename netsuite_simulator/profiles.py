"""Accounts as they exist, as data: a name and the switches that make such an account.

No public source tells which combination a given account shows, so the profiles of `TESTED` are
chosen in such a way that every two choices of `PAIRED` meet in one of them. What is not named has
its default; the others take one thing away each.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

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
