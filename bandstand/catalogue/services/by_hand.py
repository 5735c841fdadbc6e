"""A claim about a variant, entered by hand: filed beside what other sources say, never over it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from bandstand.catalogue import queries
from bandstand.catalogue.models import AnswerClaim, BandClaim, DeviceModel, Variant
from bandstand.catalogue.rules import MalformedRowError, Trait
from bandstand.catalogue.services.claims import ClaimBook, Filing
from bandstand.catalogue.services.devices import band_filings, read_device
from bandstand.catalogue.services.fits import recompute_fits
from bandstand.catalogue.services.network_facts import (
    PolicyEntry,
    put_policy_entry,
    require_source,
)
from bandstand.catalogue.services.previews import FactPreview, previewed
from bandstand.catalogue.services.reports import Outcome, strongest
from bandstand.catalogue.services.spec_rows import device_rows
from bandstand.catalogue.services.tables import Line
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.kernel.words import Answer, Certainty
from bandstand.plumbing import audit, locks

BY_HAND: Final = 0  # the number of a line that stands in no file


@dataclass(frozen=True, kw_only=True)
class ClaimEntry:
    """What one source says of a variant, as somebody typed it. What is left out is not said."""

    source: str
    certainty: Certainty
    read_on: date
    bands: Mapping[str, str] = field(default_factory=dict)
    """Technology to the text of the source, such as “1, 3, 7” or “unknown”."""
    answers: Mapping[Trait, Answer] = field(default_factory=dict)
    released_on: date | None = None
    disabled: str = ""
    """Bands that the firmware keeps off, such as “LTE 12”."""
    disabled_from: date | None = None
    disabled_to: date | None = None
    """The last day on which they are off."""


@transaction.atomic
def enter_claims(*, variant_id: UUID, entry: ClaimEntry, actor: str, now: datetime) -> Outcome:
    """
    File what a source says of a variant, and recompute its fits.

    A source that says something new supersedes what it said before; one that disagrees with another
    puts both in conflict, to be settled. A release date fills a gap and changes none.

    Raises: MalformedRowError, RecordError, UnknownBandError, UnknownRatError naming the mend.
    Lock: one load or import at a time.
    """
    locks.lock("catalogue.tables")
    variant = _variant(variant_id)
    _require_sound(entry, now=now)
    outcomes = [
        _file_bands(variant, entry, actor=actor, now=now),
        _file_answers(variant, entry, actor=actor, now=now),
        _note_release(variant.model, entry),
        _keep_off(variant, entry, actor=actor, now=now),
    ]
    audit.record(
        actor=actor,
        action="claim.enter",
        subject=print_id(IdKind.VARIANT, variant_id),
        now=now,
        source=entry.source,
        certainty=entry.certainty.value,
        read_on=entry.read_on.isoformat(),
        **_said(entry),
    )
    reaches_others = entry.disabled or entry.released_on
    recompute_fits(now=now, variant_ids=None if reaches_others else [variant_id])
    return strongest(*outcomes)


def preview_claims(
    *, variant_id: UUID, entry: ClaimEntry, actor: str, now: datetime
) -> FactPreview:
    """
    Return what entering a claim would change today, and when a period of it begins or ends.

    Raises: what ``enter_claims`` raises.
    """
    days = [now.date(), *(day for day in (entry.disabled_from,) if day and day > now.date())]
    return previewed(
        lambda: enter_claims(variant_id=variant_id, entry=entry, actor=actor, now=now),
        days=days,
        variant_id=variant_id,
    )


def _variant(variant_id: UUID) -> Variant:
    queries.variant(variant_id)
    return Variant.objects.select_related("model__brand").get(pk=variant_id)


def _require_sound(entry: ClaimEntry, *, now: datetime) -> None:
    require_source(entry.source, entry.read_on, now=now)
    if not (entry.bands or _answers(entry) or entry.released_on or entry.disabled):
        raise MalformedRowError("Nothing is said. Give bands, an answer, a release or a band off.")


def _file_bands(variant: Variant, entry: ClaimEntry, *, actor: str, now: datetime) -> Outcome:
    if not entry.bands:
        return Outcome.UNCHANGED
    book: ClaimBook[BandClaim] = ClaimBook(model=BandClaim)
    book.remember(BandClaim.objects.filter(variant=variant).order_by("id"))
    filed = [
        book.file(replace(one, entered_by=actor, entered_at=now))
        for one in _band_filings(variant, entry)
    ]
    book.settle()
    book.write()
    return strongest(*filed)


def _band_filings(variant: Variant, entry: ClaimEntry) -> list[Filing]:
    said = {
        "brand": variant.model.brand.name,
        "model": variant.model.name,
        "model_code": variant.code,
        "source": entry.source.strip(),
        "certainty": entry.certainty.value,
        "read_on": entry.read_on.isoformat(),
        "bands": dict(entry.bands),
    }
    rows = list(device_rows(said))
    if len(rows) < len(entry.bands):
        raise MalformedRowError(
            "A technology that the phone does not have is left empty, not written as “none”."
        )
    return [
        filing
        for row in rows
        for filing in band_filings(read_device(Line(number=BY_HAND, row=row)), variant.id)
    ]


def _file_answers(variant: Variant, entry: ClaimEntry, *, actor: str, now: datetime) -> Outcome:
    said = _answers(entry)
    if not said:
        return Outcome.UNCHANGED
    book: ClaimBook[AnswerClaim] = ClaimBook(model=AnswerClaim)
    book.remember(AnswerClaim.objects.filter(variant=variant).order_by("id"))
    filed = [
        book.file(
            Filing(
                variant_id=variant.id,
                topic=trait.value,
                words=(answer.value,),
                source=entry.source.strip(),
                certainty=entry.certainty,
                read_on=entry.read_on,
                entered_by=actor,
                entered_at=now,
            )
        )
        for trait, answer in said.items()
    ]
    book.settle()
    book.write()
    agreed = {trait.value: book.agreed_answer(variant.id, trait).value for trait in said}
    Variant.objects.filter(pk=variant.pk).update(**agreed)
    return strongest(*filed)


def _note_release(model: DeviceModel, entry: ClaimEntry) -> Outcome:
    said, known = entry.released_on, model.released_on
    if said is None or said == known:
        return Outcome.UNCHANGED
    if known is not None:
        raise MalformedRowError(
            f"{model} is recorded as on sale from {known.isoformat()}; this says"
            f" {said.isoformat()}. A release is not overwritten: leave it empty, or correct the"
            " table that says it."
        )
    model.released_on = said
    model.save(update_fields=["released_on"])
    return Outcome.CHANGED


def _keep_off(variant: Variant, entry: ClaimEntry, *, actor: str, now: datetime) -> Outcome:
    """Write bands that firmware keeps off as what they are: a rule about this model code."""
    if not entry.disabled.strip():
        return Outcome.UNCHANGED
    named = variant.code or variant.model.name
    return put_policy_entry(
        PolicyEntry(
            kind="band_disabled",
            body={"codes": [f"{variant.model.brand.name}/{named}"], "bands": entry.disabled},
            from_date=entry.disabled_from,
            last_day=entry.disabled_to,
            source=entry.source.strip(),
            certainty=entry.certainty,
            read_on=entry.read_on,
        ),
        actor=actor,
        now=now,
    )


def _answers(entry: ClaimEntry) -> dict[Trait, Answer]:
    return {one: said for one, said in entry.answers.items() if said is not Answer.UNKNOWN}


def _said(entry: ClaimEntry) -> dict[str, object]:
    """Return what was said, for the audit log."""
    said: dict[str, object] = dict(entry.bands)
    said |= {trait.value: answer.value for trait, answer in _answers(entry).items()}
    if entry.released_on:
        said["released_on"] = entry.released_on.isoformat()
    if entry.disabled:
        said["kept_off"] = entry.disabled
    return said
