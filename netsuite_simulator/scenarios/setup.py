"""The setup that every account has: companies, currencies, accounts, taxes, periods."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone
from typing import Any

from ..clock import stored
from ..ledger import Ledger
from ..ledger.values import to_scaled

MONTHS_BACK, MONTHS_AHEAD = 25, 6

# Name, ISO code, symbol, decimals, and US dollars per unit.
CURRENCIES = (
    ("US Dollar", "USD", "$", 2, "1"),
    ("British pound", "GBP", "£", 2, "1.27"),
    ("Euro", "EUR", "€", 2, "1.08"),
    ("Japanese Yen", "JPY", "¥", 0, "0.0067"),
    ("Canadian Dollar", "CAD", "CA$", 2, "0.73"),
)
# The only one where Multiple Currencies is off.
BASE_CURRENCY = "USD"
# Name, legal name, base currency, country; without OneWorld only the first.
SUBSIDIARIES = (
    ("Northwind Lantern Inc.", "Northwind Lantern, Incorporated", "USD", "US"),
    ("Northwind Lantern UK", "Northwind Lantern (UK) Limited", "GBP", "GB"),
    ("Northwind Lantern Europe", "Northwind Lantern Europe B.V.", "EUR", "NL"),
)
# Number, name, type, NetSuite's mark for special accounts.
ACCOUNTS = (
    ("1000", "Checking", "Bank", None),
    ("1010", "UK Current Account", "Bank", None),
    ("1020", "Euro Account", "Bank", None),
    ("1100", "Accounts Receivable", "AcctRec", "AcctRec"),
    ("1110", "Accounts Receivable - Projects", "AcctRec", None),
    ("1090", "Undeposited Funds", "OthCurrAsset", "UndepFunds"),
    ("2200", "Sales Taxes Payable", "OthCurrLiab", "TaxPay"),
    ("2210", "VAT on Sales", "OthCurrLiab", None),
    ("4000", "Product Sales", "Income", None),
    ("4010", "Subscription Revenue", "Income", None),
    ("4020", "Professional Services", "Income", None),
    ("4030", "Freight Income", "Income", None),
    ("4090", "Sales Discounts", "Income", None),
    ("7500", "Realized Gain/Loss", "OthIncome", "FxGain"),
    ("2300", "Customer Deposits", "OthCurrLiab", "CustDep"),
    ("1500", "Due from Subsidiaries", "OthCurrAsset", None),
    ("3200", "Opening Balance", "Equity", None),
    ("6300", "Bad Debt Expense", "Expense", None),
)
TERMS = (("Due on receipt", 0), ("Net 15", 15), ("Net 30", 30), ("Net 45", 45), ("Net 60", 60))
PAYMENT_METHODS = ("Cash", "Check", "ACH", "Wire Transfer", "Visa", "Master Card", "Direct Debit")
TAXES = (
    ("CA_8.25%", "8.25", "2200", "US"),
    ("VAT_S-GB 20%", "20", "2210", "GB"),
    ("VAT_S-NL 21%", "21", "2210", "NL"),
    ("VAT_Z 0%", "0", "2210", "GB"),
)
# Custom lists of the account, and their entries.
CUSTOM_LISTS = {
    "customlist_carrier": ("Northern Freight", "Blue Star Couriers", "Customer collects"),
    "customlist_tag": ("Key account", "Seasonal", "Portal", "Paper copy"),
    "customlist_collection_stage": (
        "Reminder",
        "Second reminder",
        "Final notice",
        "Legal",
        "Written off",
    ),
}
# Item, type, account, list price in US dollars.
ITEMS = (
    ("LAN-100 Signal Lantern", "InvtPart", "4000", "149.50"),
    ("LAN-200 Harbour Lantern", "InvtPart", "4000", "389.00"),
    ("LAN-310 Beacon Kit", "InvtPart", "4000", "1249.99"),
    ("SPARE-7 Lens, 7 inch", "NonInvtPart", "4000", "24.35"),
    ("SUB-STD Fleet Monitoring, Standard", "Service", "4010", "450.00"),
    ("SUB-PRO Fleet Monitoring, Professional", "Service", "4010", "1200.00"),
    ("SVC-INST Installation, per hour", "Service", "4020", "165.00"),
    ("SVC-AUDIT Lighting Audit", "Service", "4020", "2750.00"),
    ("SHIP Freight", "Service", "4030", "85.00"),
    ("DISC Goodwill discount", "Discount", "4090", "-50.00"),
)

# Ids begin far apart, as in an account with history: an id used for the wrong type finds nothing.
LAST_IDS = {
    "list:account": 110,
    "list:item": 210,
    "list:accountingperiod": 310,
    "list:term": 20,
    "list:paymentmethod": 30,
    "list:customersubsidiaryrelationship": 700,
    "entity": 1300,
    "addressbook": 1700,
    "address": 1900,
    "transaction": 5400,
    "linekey": 20000,
}


CONTACT_ROLES = ("Primary Contact", "Accounts Payable", "Purchasing", "Decision Maker")


@dataclass
class Setup:
    """Internal ids of the setup records, by code or name.

    :param currencies: one only where Multiple Currencies is off.
    :param subsidiaries: three; without OneWorld the one company three times.
    """

    currencies: dict[str, int]
    subsidiaries: list[int]
    accounts: dict[str, int]
    terms: dict[str, int]
    payment_methods: dict[str, int]
    taxes: dict[str, int]
    items: list[int]
    first_day: date
    contact_roles: dict[str, int] = field(default_factory=dict)

    def base_of(self, subsidiary: int) -> str:
        """Return the ISO code of a subsidiary's base currency."""
        code = SUBSIDIARIES[self.subsidiaries.index(subsidiary)][2]
        return code if code in self.currencies else BASE_CURRENCY

    @property
    def one_world(self) -> bool:
        """Whether the companies are really several."""
        return len(set(self.subsidiaries)) > 1


def build_setup(ledger: Ledger) -> Setup:
    """Create the setup records, dated as if the account were some years old."""
    clock = ledger.clock
    today = clock.today()
    founded = datetime.combine(today, time(12), timezone.utc) - timedelta(days=1200)
    with ledger.books.session(), ledger.books.stamped(stored(founded)):
        for sequence, last in LAST_IDS.items():
            ledger.books.start_after(sequence, last)
        currencies = _currencies(ledger)
        accounts = {
            number: ledger.create(
                "account",
                {
                    "acctNumber": number,
                    "acctName": name,
                    "acctType": {"id": kind},
                    "sSpecAcct": special,
                    "subsidiary": "1, 2, 3" if ledger.switches.one_world else "1",
                },
            )
            for number, name, kind, special in ACCOUNTS
        }
        subsidiaries = _subsidiaries(ledger, currencies)
        for name, entries in CUSTOM_LISTS.items():
            for entry in entries:
                ledger.create(name, {"name": entry})
        first_day = _periods(ledger, today)
        _rates(ledger, currencies, first_day, today)
        _consolidated_rates(ledger, list(dict.fromkeys(subsidiaries)))
        return Setup(
            currencies=currencies,
            subsidiaries=subsidiaries,
            accounts=accounts,
            terms={
                name: ledger.create("term", {"name": name, "daysUntilNetDue": days})
                for name, days in TERMS
            },
            payment_methods={
                name: ledger.create("paymentMethod", {"name": name, "undepFunds": True})
                for name in PAYMENT_METHODS
            },
            items=_items(ledger, accounts),
            taxes=_taxes(ledger, accounts),
            contact_roles={
                name: ledger.create("contactRole", {"name": name}) for name in CONTACT_ROLES
            },
            first_day=first_day,
        )


def _currencies(ledger: Ledger) -> dict[str, int]:
    return {
        code: ledger.create(
            "currency",
            {
                "name": name,
                "symbol": code,
                "displaySymbol": symbol,
                "exchangeRate": rate,
                "currencyPrecision": decimals,
                "isBaseCurrency": code in {company[2] for company in _companies(ledger)},
            },
        )
        for name, code, symbol, decimals, rate in CURRENCIES
        if ledger.switches.multi_currency or code == BASE_CURRENCY
    }


def _subsidiaries(ledger: Ledger, currencies: dict[str, int]) -> list[int]:
    created: list[int] = []
    for name, legal_name, currency, country in _companies(ledger):
        body: dict[str, Any] = {
            "name": name,
            "legalName": legal_name,
            "currency": {"id": currencies.get(currency, currencies[BASE_CURRENCY])},
            "country": {"id": country},
        }
        if created:
            body["parent"] = {"id": created[0]}
        created.append(ledger.create("subsidiary", body))
    for name in ("Sales", "Service"):
        ledger.create("department", {"name": name})
    for name in ("Oakland Warehouse", "Hull Warehouse"):
        ledger.create("location", {"name": name})
    for name in ("Marine", "Rail"):
        ledger.create("classification", {"name": name})
    ledger.create(
        "employee",
        {
            "entityId": "Marlow Quill",
            "firstName": "Marlow",
            "lastName": "Quill",
            "email": "marlow.quill@example.com",
            "isSalesRep": True,
        },
    )
    return created if len(created) > 1 else created * len(SUBSIDIARIES)


def _companies(ledger: Ledger) -> tuple[tuple[str, str, str, str], ...]:
    return SUBSIDIARIES if ledger.switches.one_world else SUBSIDIARIES[:1]


def add_months(day: date, months: int) -> date:
    """Return the first day of the month that lies that many months after a day's month."""
    number = day.year * 12 + day.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def _periods(ledger: Ledger, today: date) -> date:
    first = add_months(today, -MONTHS_BACK)
    for offset in range(MONTHS_BACK + MONTHS_AHEAD + 1):
        start = add_months(first, offset)
        end = start.replace(day=monthrange(start.year, start.month)[1])
        ledger.create(
            "accountingPeriod",
            {"periodName": start.strftime("%b %Y"), "startDate": start, "endDate": end},
        )
    return first


def wobble(day: date, phase: int) -> int:
    """Return a smooth deviation of an exchange rate in ten thousandths, the same each time."""
    months = day.year * 12 + day.month + phase * 5
    return (months * 37 % 23 - 11) * 25


def _rates(ledger: Ledger, currencies: dict[str, int], first_day: date, today: date) -> None:
    """Record monthly rates of every currency towards each base currency."""
    books = ledger.books
    dollars = {code: float(rate) for _name, code, _symbol, _decimals, rate in CURRENCIES}
    bases = dict.fromkeys(company[2] for company in _companies(ledger))
    for base in (each for each in bases if each in currencies):
        for phase, code in enumerate(currencies):
            if code == base:
                continue
            day = first_day
            while day <= today:
                rate = dollars[code] / dollars[base] * (1 + wobble(day, phase) / 10000)
                # Not as a REST body, which took most of the time that an account is made in.
                books.insert(
                    "currencyrate",
                    {
                        "id": books.next_id("list:currencyrate"),
                        "basecurrency": currencies[base],
                        "transactioncurrency": currencies[code],
                        "effectivedate": day.isoformat(),
                        "exchangerate": to_scaled(f"{rate:.6f}", "exchangeRate"),
                        "lastmodifieddate": books.stamp(),
                    },
                )
                day = add_months(day, 1)
    books.forget()


def _consolidated_rates(ledger: Ledger, subsidiaries: list[int]) -> None:
    """Record, per period, the rates at which companies are consolidated into the first."""
    books = ledger.books
    root = subsidiaries[0]
    to_currency = books.base_currency(root)
    periods = books.con.execute("SELECT id, startdate FROM accountingperiod").fetchall()
    for period, day in periods:
        for subsidiary in subsidiaries[1:]:
            currency = books.base_currency(subsidiary)
            rate = books.exchange_rate(to_currency, currency, day)
            books.insert(
                "consolidatedexchangerate",
                {
                    "id": books.next_id("list:consolidatedexchangerate"),
                    "postingperiod": period,
                    "fromcurrency": currency,
                    "tocurrency": to_currency,
                    "fromsubsidiary": subsidiary,
                    "tosubsidiary": root,
                    "averagerate": rate,
                    "currentrate": rate,
                    "historicalrate": rate,
                    "accountingbook": 1,
                },
            )


def _items(ledger: Ledger, accounts: dict[str, int]) -> list[int]:
    return [
        ledger.create(
            "item",
            {
                "itemId": name.partition(" ")[0],
                "displayName": name.partition(" ")[2],
                "description": name.partition(" ")[2],
                "itemType": kind,
                "incomeAccount": {"id": accounts[account]},
            },
        )
        for name, kind, account, _price in ITEMS
    ]


def _taxes(ledger: Ledger, accounts: dict[str, int]) -> dict[str, int]:
    return {
        name: ledger.create(
            "salesTaxItem",
            {
                "itemId": name,
                "rate": rate,
                "taxAccount": {"id": accounts[account]},
                "country": {"id": country},
            },
        )
        for name, rate, account, country in TAXES
    }
