"""Parties and people, boring by default."""

from datetime import UTC, datetime
from itertools import count

from bandstand.parties.models import Membership, OperatorProfile, Party, Person
from bandstand.parties.rules import Role

VERIFIED_AT = datetime(2026, 1, 5, 12, tzinfo=UTC)
_number = count(1)


def party(**fields: object) -> Party:
    """Make a verified party; give ``slug`` for the cast (northgate, aster, lark, wren)."""
    slug = str(fields.pop("slug", "")) or f"party-{next(_number)}"
    name = slug.replace("-", " ").title()
    return Party.objects.create(
        slug=slug,
        **{
            "legal_name": f"{name} Ltd",
            "trading_name": name,
            "country": "US",
            "email": f"office@{slug}.example.org",
            "address": "1 Main Street, Springfield",
            "verified_at": VERIFIED_AT,
            **fields,
        },
    )


def person(*, email: str = "", full_name: str = "", password: str | None = None) -> Person:
    """Make someone who can sign in; without a password they cannot."""
    address = email or f"person-{next(_number)}@example.org"
    name = full_name or address.partition("@")[0].title()
    return Person.objects.create_user(address, password, full_name=name)


def membership(
    *, person: Person | None = None, party: Party | None = None, role: Role = Role.SELLER
) -> Membership:
    """Let someone act for a party."""
    return Membership.objects.create(
        person=person or _person(), party=party or _party(), role=role.value
    )


def operator_profile(*, party: Party | None = None, **fields: object) -> OperatorProfile:
    """Name the operator that runs the shop: Lark, unless told."""
    return OperatorProfile.objects.create(
        party=party or _party(slug="lark"),
        **{
            "shop_name": "Lark Mobile",
            "home_market": "US",
            "time_zone": "America/New_York",
            "support_email": "help@lark.example.org",
            **fields,
        },
    )


# The keyword arguments above carry the names of the factories, which is what a test wants to write.
_person = person
_party = party
