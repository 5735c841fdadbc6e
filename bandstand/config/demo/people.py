"""The invented parties of the demo shop, and the accounts that act for them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from bandstand.parties import services as parties
from bandstand.parties.rules import Role

PASSWORD: Final = "lark-demo-2026"  # noqa: S105 -- printed on the screen for whoever tries the demo


@dataclass(frozen=True, slots=True)
class DemoParty:
    """An invented legal person."""

    slug: str
    legal_name: str
    trading_name: str
    country: str
    is_verified: bool = True


@dataclass(frozen=True, slots=True)
class Account:
    """Someone who can sign in to the demo, and what they may look at."""

    email: str
    name: str
    what: str
    party: str = ""
    role: Role | None = None


OPERATOR: Final = "lark"
NORTHGATE: Final = "northgate"
HARBOR: Final = "harbor"
PACIFIC_CELL: Final = "pacific-cell"
CONTINENTAL: Final = "continental"
KOWLOON: Final = "kowloon-gadgets"
PAPER_TRAIL: Final = "paper-trail"
YESTERDAY: Final = "yesterday-wireless"

PARTIES: Final = (
    DemoParty(OPERATOR, "Lark Mobile LLC", "Lark Mobile", "US"),
    DemoParty(NORTHGATE, "Northgate Devices Inc", "Northgate", "US"),
    DemoParty(HARBOR, "Harbor Phones LLC", "Harbor", "US"),
    DemoParty(PACIFIC_CELL, "Pacific Cell Trading Ltd", "Pacific Cell", "HK"),
    DemoParty(CONTINENTAL, "Continental Distribution Inc", "Continental", "US"),
    DemoParty(KOWLOON, "Kowloon Gadgets Ltd", "Kowloon Gadgets", "HK"),
    DemoParty(PAPER_TRAIL, "Paper Trail Imports LLC", "Paper Trail Imports", "US"),
    DemoParty(YESTERDAY, "Yesterday Wireless Inc", "Yesterday Wireless", "US"),
    DemoParty("xiaomi-demo", "Xiaomi (demo brand desk)", "Xiaomi", "CN"),
    DemoParty("oneplus-demo", "OnePlus (demo brand desk)", "OnePlus", "CN"),
    DemoParty("apple-demo", "Apple (demo brand desk)", "Apple", "US"),
    DemoParty("samsung-demo", "Samsung (demo brand desk)", "Samsung", "KR"),
    DemoParty("google-demo", "Google (demo brand desk)", "Google", "US"),
    DemoParty("motorola-demo", "Motorola (demo brand desk)", "Motorola", "US"),
)
BRAND_DESKS: Final = {
    party.slug.removesuffix("-demo"): party.slug
    for party in PARTIES
    if party.slug.endswith("-demo")
}

ACCOUNTS: Final = (
    Account("ada@lark.example", "Ada", "operator: console", OPERATOR, Role.OPERATOR),
    Account(
        "omar@lark.example",
        "Omar",
        "operator: console, a second pair of eyes",
        OPERATOR,
        Role.OPERATOR,
    ),
    Account("nora@northgate.example", "Nora", "seller Northgate: portal", NORTHGATE, Role.SELLER),
    Account("hal@harbor.example", "Hal", "seller Harbor: portal", HARBOR, Role.SELLER),
    Account(
        "pia@pacific-cell.example",
        "Pia",
        "importer Pacific Cell: portal",
        PACIFIC_CELL,
        Role.SELLER,
    ),
    Account(
        "rights@oneplus.example",
        "Olga",
        "brand OnePlus: portal, may stop sales",
        "oneplus-demo",
        Role.BRAND,
    ),
    Account(
        "rights@xiaomi.example",
        "Xu",
        "brand Xiaomi: portal, may stop sales",
        "xiaomi-demo",
        Role.BRAND,
    ),
    Account("mira@example.org", "Mira", "shopper"),
)


def people_arrive(*, now: datetime) -> dict[str, UUID]:
    """Register the parties and their people; return party keys by slug."""
    keys = {
        party.slug: parties.register_party(
            slug=party.slug,
            legal_name=party.legal_name,
            trading_name=party.trading_name,
            country=party.country,
            email=f"office@{party.slug}.example",
            address="Invented for the demo",
            verified_at=now if party.is_verified else None,
        )
        for party in PARTIES
    }
    for account in ACCOUNTS:
        person = parties.add_person(email=account.email, password=PASSWORD, full_name=account.name)
        if account.role is not None:
            parties.join(person_id=person, party_id=keys[account.party], role=account.role)
    parties.name_operator(
        party_id=keys[OPERATOR],
        shop_name="Lark Mobile",
        home_market="US",
        time_zone="America/New_York",
        support_email="help@lark.example",
    )
    return keys
