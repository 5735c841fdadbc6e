"""The cast: Lark is a network with 4G on 4, 12 and 71, Wren runs on it, Aster makes phones."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Unpack

from bandstand.kernel.words import Answer, Certainty
from bandstand.radio import (
    Capability,
    NetworkProfile,
    ProfileBand,
    Role,
    band,
    capability_with,
    parse_bands,
)
from bandstand.radio.capability import CapabilityFacts

DAY = date(2026, 11, 22)


def phone(
    bands: Mapping[str, Iterable[str | int]] | str, **facts: Unpack[CapabilityFacts]
) -> Capability:
    """Return an Aster phone with VoLTE and a tray, unless told otherwise."""
    told: CapabilityFacts = {
        "brand": "Aster",
        "name": "One",
        "code": "AST-100",
        "volte": Answer.YES,
        "psim": Answer.YES,
        **facts,
    }
    if isinstance(bands, str):
        found: dict[str, list[str | int]] = {}
        for one in parse_bands(bands):
            found.setdefault(one.rat, []).append(one.name)
        bands = found
    return capability_with(bands, certainty=Certainty.HIGH, **told)


def row(
    name: str,
    role: Role = Role.PRIMARY,
    *,
    from_date: date | None = None,
    until_date: date | None = None,
    announced_until_date: date | None = None,
) -> ProfileBand:
    """Return a row such as “LTE 4”."""
    rat, _, number = name.partition(" ")
    return ProfileBand(
        band=band(rat, number),
        role=role,
        from_date=from_date,
        until_date=until_date,
        announced_until_date=announced_until_date,
        certainty=Certainty.HIGH,
    )


def network(*rows: ProfileBand, key: str = "310-999", name: str = "Lark") -> NetworkProfile:
    """Return Lark with the given rows."""
    return NetworkProfile(key=key, name=name, rows=rows)


# Lark today: a dead 3G, so calls rest on VoLTE.
LARK = network(
    row("UMTS 2", until_date=date(2022, 7, 1)),
    row("LTE 4"),
    row("LTE 12"),
    row("LTE 71"),
    row("LTE 2", Role.SECONDARY),
    row("LTE 5", Role.LIMITED),
    row("NR 41"),
    row("NR 71"),
)
