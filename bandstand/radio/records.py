"""
Rows of the device and network tables, read into frozen records. Pure: rows come as mappings.

One device row is one technology of one variant. One network row is one band in one role for one
period, or, with the role “mvno”, an operator's contract with its host. ``to_date`` is the last day
of service: adjoining rows of the tables end on one day and begin on the next.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from bandstand.kernel.words import Answer, Certainty
from bandstand.radio import fields
from bandstand.radio.bands import Band, band, bands_by_name
from bandstand.radio.capability import BandClaim, Capability
from bandstand.radio.errors import RecordError
from bandstand.radio.facts import FactSet, HostFact, read_role
from bandstand.radio.profile import NetworkProfile, ProfileBand
from bandstand.radio.rats import Rat, rat_named

Row = Mapping[str, str]

UNLISTED: Final = "unknown"
MVNO_ROLE: Final = "mvno"
LIST_UNKNOWN: Final = re.compile(r"\b([A-Z][A-Z0-9-]+) (?:band )?list unknown\b")
SA_ONLY: Final = re.compile(r"\bSA only\b")
US_REGION: Final = re.compile(r"\b(US|USA|United States)\b")
PLAIN_ESIM: Final = {
    "no": (Answer.NO, Answer.YES),
    "yes": (Answer.YES, Answer.UNKNOWN),
    "esim only": (Answer.YES, Answer.NO),
    "esim-only": (Answer.YES, Answer.NO),
}
CHINA_REGION: Final = re.compile(r"\b(mainland China|China)\b", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class VariantRecord:
    """One variant of the device table: its radio, and what the table says besides."""

    capability: Capability
    fcc_id: str = ""
    release_date: date | None = None
    release_text: str = ""
    esim_text: str = ""
    notes: str = ""
    certainty: Certainty = Certainty.LOW


def variant_records(rows: Iterable[Row]) -> tuple[VariantRecord, ...]:
    """
    Return the variants of device rows, in the order of their first row.

    Where several rows speak of one technology, a band that not all of them name is disputed.

    Raises: RecordError naming field, value and mend; UnknownRatError, UnknownBandError.
    """
    grouped: dict[tuple[str, str, str], list[Row]] = {}
    for row in rows:
        brand, model = _required(row, "brand"), _required(row, "model")
        grouped.setdefault((brand, model, _text(row, "model_code")), []).append(row)
    return tuple(_variant(key, group) for key, group in grouped.items())


def capabilities_of_rows(rows: Iterable[Row]) -> tuple[Capability, ...]:
    """Return the capabilities of device rows, in the order of their first row."""
    return tuple(record.capability for record in variant_records(rows))


def networks_of_rows(rows: Iterable[Row]) -> FactSet:
    """
    Return the networks and the MVNO contracts of network rows.

    A network is keyed by MCC-MNC (“310-260”; “228-0” without an MNC), an MVNO by its name.

    Raises: RecordError naming field, value and mend; UnknownRatError, UnknownBandError.
    """
    grouped: dict[str, list[Row]] = {}
    hosts: list[HostFact] = []
    for row in rows:
        if _text(row, "role").lower() == MVNO_ROLE:
            hosts.append(_contract(row))
        else:
            grouped.setdefault(_network_key(row), []).append(row)
    networks = tuple(_network(key, group) for key, group in grouped.items())
    return FactSet(networks=networks, hosts=tuple(hosts))


def parse_esim(text: str, region: str) -> tuple[Answer, Answer]:
    """
    Return whether a variant takes an eSIM and a plastic SIM, as (esim, psim), from free text.

    Conservative: a phone without eSIM must have a tray; one with eSIM may have none, so that stays
    unknown. Words about markets count only for a variant of that market.
    """
    said = text.strip().lower()
    if said in PLAIN_ESIM:
        return PLAIN_ESIM[said]
    if US_REGION.search(region) and re.search(r"\bus models esim-only\b", said):
        return Answer.YES, Answer.NO
    if CHINA_REGION.search(region) and re.search(r"\bmainland china\b[^;]*\bno esim\b", said):
        return Answer.NO, Answer.YES
    return Answer.UNKNOWN, Answer.UNKNOWN


def _variant(key: tuple[str, str, str], rows: list[Row]) -> VariantRecord:
    brand, model, code = key
    first = rows[0]
    claims, unknown = _claims(rows)
    volte, conflicts = _one_answer(rows, "volte")
    conflicts += tuple(doubt for row in rows for doubt in _bands_that_do_not_exist(row))
    esim, psim = parse_esim(_text(first, "esim"), _text(first, "region"))
    capability = Capability(
        brand=brand,
        name=model,
        code=code,
        region=_text(first, "region"),
        claims=claims,
        unknown_rats=unknown,
        volte=volte,
        esim=esim,
        psim=psim,
        conflicts=conflicts,
        source=_text(first, "source"),
    )
    return VariantRecord(
        capability=capability,
        fcc_id=_text(first, "fcc_id"),
        release_date=fields.read_release("release_date", first.get("release_date")),
        release_text=_text(first, "release_date"),
        esim_text=_text(first, "esim"),
        notes=_text(first, "notes"),
        certainty=Certainty.weakest(*(fields.read_certainty(row) for row in rows)),
    )


def _claims(rows: list[Row]) -> tuple[tuple[BandClaim, ...], frozenset[Rat]]:
    by_rat: dict[Rat, list[Row]] = {}
    unknown: set[Rat] = set()
    for row in rows:
        rat = rat_named(_required(row, "rat"))
        if _required(row, "bands").lower() == UNLISTED:
            unknown.add(rat)
        else:
            by_rat.setdefault(rat, []).append(row)
        unknown |= {rat_named(name) for name in LIST_UNKNOWN.findall(_text(row, "notes"))}
    claims = [claim for rat, group in by_rat.items() for claim in _claims_of_rat(rat, group)]
    return tuple(claims), frozenset(unknown - by_rat.keys())


def _claims_of_rat(rat: Rat, rows: list[Row]) -> list[BandClaim]:
    lists = [_existing_bands(rat, row) for row in rows]
    agreed = frozenset.intersection(*lists)
    return [
        BandClaim(
            band=one,
            source=_text(row, "source"),
            certainty=_certainty_of_bands(row),
            is_disputed=one not in agreed,
        )
        for row, named in zip(rows, lists, strict=True)
        for one in sorted(named, key=str)
    ]


def _existing_bands(rat: Rat, row: Row) -> frozenset[Band]:
    doubtful = _numbers_of_other_rats(row)
    return frozenset(band(rat, word) for word in row["bands"].split() if word not in doubtful)


def _certainty_of_bands(row: Row) -> Certainty:
    """Return how far a row may be trusted: a list with bands that do not exist was copied badly."""
    return Certainty.LOW if _numbers_of_other_rats(row) else fields.read_certainty(row)


def _bands_that_do_not_exist(row: Row) -> list[str]:
    words = _numbers_of_other_rats(row)
    return [f"{row['rat']} {' '.join(words)} (no such band)"] if words else []


def _numbers_of_other_rats(row: Row) -> list[str]:
    """
    Return the words of a band list that name a band only of another technology.

    Public spec sheets copy LTE numbers into NR lists; a number that no technology has is refused.
    """
    known = bands_by_name(rat_named(row["rat"]))
    return [
        word
        for word in row["bands"].split()
        if word.isdigit()
        and word not in known
        and rat_named(row["rat"]) is not Rat.GSM
        and any(word in bands_by_name(rat) for rat in (Rat.LTE, Rat.NR, Rat.UMTS))
    ]


def _one_answer(rows: list[Row], field: str) -> tuple[Answer, tuple[str, ...]]:
    """Return what the rows say about a field; yes and no together are unknown and a conflict."""
    said = {fields.read_answer(field, row.get(field)) for row in rows} - {Answer.UNKNOWN}
    if len(said) > 1:
        return Answer.UNKNOWN, (field,)
    return (said.pop() if said else Answer.UNKNOWN), ()


def _network(key: str, rows: list[Row]) -> NetworkProfile:
    first = rows[0]
    says_sa_only = any(SA_ONLY.search(_text(row, "source")) for row in rows)
    return NetworkProfile(
        key=key,
        name=_text(first, "operator"),
        rows=tuple(_profile_band(row) for row in rows),
        host=_text(first, "host"),
        sa=Answer.YES if says_sa_only else Answer.UNKNOWN,
        nsa=Answer.NO if says_sa_only else Answer.UNKNOWN,
    )


def _profile_band(row: Row) -> ProfileBand:
    from_date, until_date = fields.read_period(row)
    return ProfileBand(
        band=band(_required(row, "rat"), _required(row, "band")),
        role=read_role(row),
        from_date=from_date,
        until_date=until_date,
        announced_until_date=fields.read_date(
            "announced_until_date", row.get("announced_until_date")
        ),
        source=_text(row, "source"),
        certainty=fields.read_certainty(row),
    )


def _contract(row: Row) -> HostFact:
    from_date, until_date = fields.read_period(row)
    return HostFact(
        key=_required(row, "operator"),
        name=_required(row, "operator"),
        host=_required(row, "host"),
        from_date=from_date,
        until_date=until_date,
    )


def _network_key(row: Row) -> str:
    mcc, mnc = _required(row, "mcc"), _text(row, "mnc")
    if not mcc.isdigit() or (mnc and not mnc.isdigit()):
        mend = "An MCC is three digits, an MNC two or three."
        raise RecordError(field="mcc", value=f"{mcc}-{mnc}", mend=mend)
    return f"{mcc}-{mnc or '0'}"


def _text(row: Row, field: str) -> str:
    return (row.get(field) or "").strip()


def _required(row: Row, field: str) -> str:
    value = _text(row, field)
    if not value:
        mend = f"Every row needs it; this one has {', '.join(f'{k}={v}' for k, v in row.items())}."
        raise RecordError(field=field, value=value, mend=mend)
    return value
