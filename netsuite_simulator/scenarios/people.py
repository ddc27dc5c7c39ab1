"""Invented customers of the demonstration company."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from ..clock import stored
from ..ledger import Ledger
from ..ledger.acts import Acts
from .setup import Setup

ROOTS, CHILDREN, GRANDCHILDREN = 46, 48, 36
FIRST = (
    "Copper",
    "Harbour",
    "Juniper",
    "Kestrel",
    "Marsh",
    "Opal",
    "Quarry",
    "Saffron",
    "Tidal",
    "Willow",
    "Amber",
    "Bramble",
    "Cinder",
    "Driftwood",
    "Ember",
    "Fallow",
)
SECOND = (
    "Ferries",
    "Signal Works",
    "Tramways",
    "Dredging",
    "Cold Storage",
    "Pilotage",
    "Canals",
    "Rail Supply",
    "Boatyards",
    "Chandlery",
    "Freight",
    "Observatories",
)
GIVEN = ("Wren", "Alder", "Sorrel", "Linden", "Tansy", "Rowan", "Bryony", "Heron")
FAMILY = ("Quillfeather", "Ashdown-Pike", "Merrowby", "Tallowick", "Fenwhistle", "Oakhollow")
STREETS = ("Lantern Row", "Old Quay", "Signal Lane", "Ropewalk", "Foghorn Street", "Mast Yard")
TOWNS = {
    "US": (
        ("Port Ellery", "CA", "94000"),
        ("Millhaven", "OR", "97000"),
        ("Dunmore Bay", "WA", "98000"),
    ),
    "GB": (("Wexcombe", None, "WX1 4QT"), ("Saltmere", None, "SM7 2LN")),
    "NL": (("Oudehaven", None, "9999 ZZ"), ("Zeewolde-Noord", None, "9998 YA")),
    "JP": (("Minatozaki", None, "000-0001"),),
}
ENDINGS = {"US": ("Inc.", "LLC", "Corp."), "GB": ("Ltd", "PLC"), "NL": ("B.V.", "GmbH", "S.A.")}
# Names that break careless code: quotes, markup, emoji, several scripts, separators, length.
TRAPS = (
    'O\'Malley & Sons "The Lamp" Co.',
    "<b>Bold</b> Beacons & <script>alert(1)</script>",
    "Lighthouse 🏮 Friends",
    "Größe & Söhne Leuchtfeuer",
    "灯台サービス",
    "Comma, Semicolon; Tab\tWorks",
    "100% Lamp_Oil \\ Backslash",
    "An Exceedingly Long Established Company for the Illumination of Harbours, Piers and Canals",
)


@dataclass
class Customer:
    """A customer of the demo: where it belongs and what it trades in."""

    id: int
    subsidiary: int
    currency: str
    country: str


def _names(rng: random.Random, count: int) -> list[str]:
    pairs = [f"{first} {second}" for first in FIRST for second in SECOND]
    rng.shuffle(pairs)
    return pairs[:count]


def build_customers(ledger: Ledger, setup: Setup, rng: random.Random) -> list[Customer]:
    """Create customers in three levels, with addresses, terms and contacts."""
    opened = ledger.clock.now() - timedelta(days=700)
    customers: list[Customer] = []
    number = 1001
    names = _names(rng, ROOTS - len(TRAPS))
    levels: list[list[tuple[Customer, str]]] = [[], [], []]
    plan: list[tuple[int, str]] = [(0, name) for name in [*names, *TRAPS]]
    plan += [(1, division) for division in ("North", "South", "Coastal", "Inland")] * 12
    plan += [(2, depot) for depot in ("Depot 1", "Depot 2", "Workshop")] * 12
    for index, (level, name) in enumerate(plan):
        parent = None
        if level:
            above, above_name = levels[level - 1][index % len(levels[level - 1])]
            parent, name = above, f"{above_name} - {name}"
            subsidiary, country = above.subsidiary, above.country
        else:
            position = (0, 0, 0, 1, 2)[index % 5]
            subsidiary = setup.subsidiaries[position]
            country = ("US", "GB", "NL")[position]
            if name not in TRAPS:
                name = f"{name} {rng.choice(ENDINGS[country])}"
        moment = opened + timedelta(hours=3 * index, seconds=rng.randrange(3600))
        with ledger.books.stamped(stored(moment)):
            customer = _create(ledger, setup, rng, f"C{number}", name, subsidiary, country, parent)
            if level == 0:
                _create_contact(ledger, rng, customer, number)
        levels[level].append((customer, name))
        customers.append(customer)
        number += 1
    return customers


def _create(
    ledger: Ledger,
    setup: Setup,
    rng: random.Random,
    code: str,
    name: str,
    subsidiary: int,
    country: str,
    parent: Customer | None,
) -> Customer:
    currency = setup.base_of(subsidiary)
    if name == "灯台サービス" and "JPY" in setup.currencies:
        # The one customer whose currency is not its subsidiary's.
        currency, country = "JPY", "JP"
        subsidiary = setup.subsidiaries[0]
    town, state, postcode = rng.choice(TOWNS[country])
    body: dict[str, Any] = {
        "entityId": code,
        "companyName": name,
        "subsidiary": {"id": subsidiary},
        "currency": {"id": setup.currencies[currency]},
        "terms": {"id": setup.terms[rng.choice(("Net 15", "Net 30", "Net 30", "Net 45"))]},
        "email": f"accounts.{code.lower()}@example.com",
        "phone": f"555-01{rng.randrange(100):02d}",
        "creditLimit": rng.choice((None, 10000, 25000, 50000)),
        "externalId": f"CRM-{code}" if rng.random() < 0.5 else None,
        "addressBook": {
            "items": [
                {
                    "label": "Head office",
                    "defaultBilling": True,
                    "defaultShipping": True,
                    "addressBookAddress": {
                        "addressee": name[:80],
                        "addr1": f"{rng.randrange(1, 200)} {rng.choice(STREETS)}",
                        "city": town,
                        "state": state,
                        "zip": postcode,
                        "country": {"id": country},
                    },
                }
            ]
        },
    }
    if parent is not None:
        body["parent"] = {"id": parent.id}
    return Customer(ledger.create("customer", body), subsidiary, currency, country)


def _create_contact(ledger: Ledger, rng: random.Random, customer: Customer, number: int) -> None:
    first, last = rng.choice(GIVEN), rng.choice(FAMILY)
    ledger.create(
        "contact",
        {
            "entityId": f"{first} {last} {number}",
            "firstName": first,
            "lastName": last,
            "company": {"id": customer.id},
            "subsidiary": {"id": customer.subsidiary},
            "title": rng.choice(("Accounts Payable", "Purchasing", "Managing Director")),
            "email": f"{first}.{last}.{number}@example.org".lower().replace("-", ""),
        },
    )


def build_leads(ledger: Ledger, setup: Setup) -> None:
    """Add a lead and a prospect, who were never billed."""
    acts = Acts(ledger)
    for code, name, stage in (
        ("L8001", "Lighthouse Inquiry", "Lead"),
        ("L8002", "Pierhead Prospect Ltd", "Prospect"),
    ):
        body = {
            "entityId": code,
            "companyName": name,
            "subsidiary": {"id": setup.subsidiaries[0]},
            "email": f"{code.lower()}@example.com",
        }
        moment = ledger.clock.now() - timedelta(days=3)
        with ledger.books.session(), ledger.books.stamped(stored(moment)):
            acts.set_stage({"id": ledger.create("customer", body), "stage": stage})
