"""Addresses of records in NetSuite's own user interface."""

from __future__ import annotations

from .account import ServiceUrls

_TRANSACTIONS = "/app/accounting/transactions/"
CUSTOMER_PAGE = "/app/common/entity/custjob.nl"

# Every type under the names it has in the interface's page, in SuiteQL (lower case) and in REST.
_PAGES: tuple[tuple[str, tuple[str, ...]], ...] = (
    (_TRANSACTIONS + "custinvc.nl", ("custinvc", "invoice")),
    (_TRANSACTIONS + "custpymt.nl", ("custpymt", "customerpayment")),
    (_TRANSACTIONS + "custcred.nl", ("custcred", "credmemo", "creditmemo")),
    (_TRANSACTIONS + "custdep.nl", ("custdep", "customerdeposit")),
    (_TRANSACTIONS + "depappl.nl", ("depappl", "depositapplication")),
    (_TRANSACTIONS + "custrfnd.nl", ("custrfnd", "customerrefund")),
    (_TRANSACTIONS + "journal.nl", ("journal", "journalentry")),
    (_TRANSACTIONS + "cashsale.nl", ("cashsale",)),
    (_TRANSACTIONS + "cashrfnd.nl", ("cashrfnd", "cashrefund")),
    (_TRANSACTIONS + "deposit.nl", ("deposit",)),
    (_TRANSACTIONS + "salesord.nl", ("salesord", "salesorder")),
    (_TRANSACTIONS + "rtnauth.nl", ("rtnauth", "returnauthorization")),
    (
        _TRANSACTIONS + "transaction.nl",
        ("transaction", "custchrg", "customercharge", "customtransaction"),
    ),
    (CUSTOMER_PAGE, ("custjob", "customer")),
    ("/app/common/entity/contact.nl", ("contact",)),
    ("/app/accounting/account/account.nl", ("account",)),
    ("/app/common/otherlists/subsidiarytype.nl", ("subsidiary",)),
    ("/app/common/item/item.nl", ("item",)),
)
_PAGE_OF = {name: page for page, names in _PAGES for name in names}


def ui_url(urls: ServiceUrls, record_type: str, internal_id: int | str) -> str | None:
    """Return the address of a record in NetSuite's interface.

    :param record_type: page, SuiteQL or REST name of the type, in any casing
        (``custinvc``, ``CustInvc``, ``invoice``).
    :param internal_id: NetSuite's internal id.
    :return: the address; None when the type has no page of its own.
    """
    page = _PAGE_OF.get(record_type.lower())
    return f"{urls.app}{page}?id={int(internal_id)}" if page else None
