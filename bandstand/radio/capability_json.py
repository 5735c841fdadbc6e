"""A capability written out in JSON, as cases and callers without a catalogue give it."""

from collections.abc import Mapping
from typing import Final

from bandstand.kernel.errors import near_matches
from bandstand.radio import fields
from bandstand.radio.bands import band
from bandstand.radio.capability import BandClaim, Capability, DisabledBand
from bandstand.radio.errors import RecordError
from bandstand.radio.rats import OTHER_NAMES, Rat, rat_named

ANSWERS: Final = ("volte", "vonr", "esim", "psim", "sa", "nsa")
WORDS: Final = ("brand", "name", "code", "region", "source")
OTHER_FIELDS: Final = ("model", "model_code", "certainty", "disabled", "disputed", "conflicts")
UNLISTED: Final = "unknown"


def capability_from_json(given: Mapping[str, object]) -> Capability:
    """
    Return a capability such as ``{"LTE": [2, 4], "UMTS": "unknown", "volte": "no"}``.

    A technology without a list is not in the radio; “unknown” says that nobody knows its bands.

    Raises: RecordError naming the field; UnknownRatError, UnknownBandError with near matches.
    """
    certainty = fields.read_certainty(given)
    source = str(given.get("source") or "")
    claims: list[BandClaim] = []
    unknown: set[Rat] = set()
    for field, value in given.items():
        if field in (*ANSWERS, *WORDS, *OTHER_FIELDS):
            continue
        rat = _rat_of_field(field)
        if value == UNLISTED:
            unknown.add(rat)
            continue
        claims += [
            BandClaim(band=band(rat, word), source=source, certainty=certainty)
            for word in _band_words(field, value)
        ]
    answers = {name: fields.read_answer(name, given.get(name)) for name in ANSWERS}
    return Capability(
        brand=str(given.get("brand") or ""),
        name=str(given.get("name") or given.get("model") or ""),
        code=str(given.get("code") or given.get("model_code") or ""),
        region=str(given.get("region") or ""),
        source=source,
        claims=(*claims, *_disputed(given, source)),
        unknown_rats=frozenset(unknown),
        disabled=_disabled(given),
        conflicts=tuple(_list_of_words(given, "conflicts")),
        volte=answers["volte"],
        vonr=answers["vonr"],
        esim=answers["esim"],
        psim=answers["psim"],
        sa=answers["sa"],
        nsa=answers["nsa"],
    )


def _rat_of_field(field: str) -> Rat:
    known = [*Rat, *OTHER_NAMES, *ANSWERS, *WORDS, *OTHER_FIELDS]
    if field.upper() not in known:
        near = near_matches(field, known) or [str(rat) for rat in Rat]
        mend = f"A capability has no field “{field}”. Did you mean {' or '.join(near)}?"
        raise RecordError(field="capability", value=field, mend=mend)
    return rat_named(field)


def _band_words(field: str, value: object) -> list[str]:
    words = value.split() if isinstance(value, str) else fields.read_words(field, value)
    if not words and value != []:
        raise RecordError(field=field, value=value, mend="List bands, or write “unknown”.")
    return words


def _disputed(given: Mapping[str, object], source: str) -> list[BandClaim]:
    found = given.get("disputed") or {}
    if not isinstance(found, Mapping):
        raise RecordError(field="disputed", value=found, mend='Write {"LTE": [12]}.')
    return [
        BandClaim(band=band(str(rat), word), source=source, is_disputed=True)
        for rat, words in found.items()
        for word in _band_words(str(rat), words)
    ]


def _disabled(given: Mapping[str, object]) -> tuple[DisabledBand, ...]:
    rows = given.get("disabled") or []
    if not isinstance(rows, list):
        raise RecordError(field="disabled", value=rows, mend="List objects with rat and band.")
    found = []
    for row in rows:
        if not isinstance(row, Mapping) or not row.get("rat") or not row.get("band"):
            mend = 'Write {"rat": "LTE", "band": 12, "from": "2015-02-25"}.'
            raise RecordError(field="disabled", value=row, mend=mend)
        from_date, until_date = fields.read_period(row)
        found.append(
            DisabledBand(
                band=band(str(row["rat"]), str(row["band"])),
                from_date=from_date,
                until_date=until_date,
                source=str(row.get("source") or ""),
                certainty=fields.read_certainty(row),
            )
        )
    return tuple(found)


def _list_of_words(given: Mapping[str, object], field: str) -> list[str]:
    value = given.get(field)
    return [] if value is None else fields.read_words(field, value)
