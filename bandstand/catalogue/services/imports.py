"""Import spec sheets: look first, then apply. What two sources disagree about stays in sight."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import transaction

from bandstand.catalogue.models import AnswerClaim, BandClaim, LoadRun
from bandstand.catalogue.rules import band_order
from bandstand.catalogue.services.claims import topic_of, words_of
from bandstand.catalogue.services.devices import DeviceBook, read_device
from bandstand.catalogue.services.fits import recompute_fits
from bandstand.catalogue.services.reports import Outcome, Refusal, Tally
from bandstand.catalogue.services.spec_rows import spec_lines
from bandstand.catalogue.services.tables import Line
from bandstand.kernel.errors import DomainError
from bandstand.plumbing import locks


@dataclass(frozen=True, kw_only=True)
class PreviewLine:
    """What a line does, or did: one technology of one variant."""

    line: int
    variant: str
    rat: str
    bands: str
    outcome: Outcome


@dataclass(frozen=True, kw_only=True)
class Disagreement:
    """What sources say differently of one topic; ``said`` pairs each source with its words."""

    variant: str
    topic: str
    said: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class ImportPreview:
    """What an import does, or did if ``is_applied``."""

    lines: tuple[PreviewLine, ...]
    disagreements: tuple[Disagreement, ...]
    refused: tuple[Refusal, ...]
    is_applied: bool

    def number(self, outcome: Outcome) -> int:
        """Return how many lines came to an outcome."""
        return sum(one.outcome is outcome for one in self.lines)

    def as_json(self) -> dict[str, object]:
        """Return the preview in plain JSON values."""
        return {
            "applied": self.is_applied,
            "added": self.number(Outcome.ADDED),
            "changed": self.number(Outcome.CHANGED),
            "unchanged": self.number(Outcome.UNCHANGED),
            "disagreements": [
                {"variant": one.variant, "topic": one.topic, "said": dict(one.said)}
                for one in self.disagreements
            ],
            "refused": [one.as_json() for one in self.refused],
        }


@transaction.atomic
def import_devices(*, path: Path, apply: bool, now: datetime) -> ImportPreview:
    """
    Import a CSV or JSON file of spec sheets; without ``apply`` say what it would do and do nothing.

    The preview is the import itself, rolled back, so the two cannot differ.

    Raises: BadTablesError for a file that is not there or is neither CSV nor JSON.
    Lock: one load or import at a time.
    """
    locks.lock("catalogue.tables")
    tally = Tally(file=path.name)
    book = DeviceBook()
    lines = [
        said
        for line in spec_lines(path, tally=tally)
        if (said := _put(book, line, tally=tally)) is not None
    ]
    touched = book.write()
    preview = ImportPreview(
        lines=tuple(lines),
        disagreements=tuple(_disagreements(book)),
        refused=tuple(sorted(tally.refusals, key=lambda one: one.line)),
        is_applied=apply,
    )
    if apply:
        _note_run(tally, now=now)
        recompute_fits(now=now, variant_ids=touched)
    else:
        transaction.set_rollback(True)
    return preview


def _put(book: DeviceBook, line: Line, *, tally: Tally) -> PreviewLine | None:
    try:
        outcome = book.put(read_device(line))
    except DomainError as error:
        tally.refuse(line.number, error.message)
        return None
    tally.count(outcome)
    row = line.row
    return PreviewLine(
        line=line.number,
        variant=f"{row['brand']}/{row['model_code'] or row['model']}",
        rat=row["rat"],
        bands=row["bands"],
        outcome=outcome,
    )


def _disagreements(book: DeviceBook) -> list[Disagreement]:
    names = {
        one.id: f"{one.model.brand.name}/{one.code or one.model.name}"
        for one in book.touched_variants()
    }
    found: dict[tuple[str, str], list[BandClaim | AnswerClaim]] = {}
    claims: list[BandClaim | AnswerClaim] = [*book.bands.conflicts(), *book.answers.conflicts()]
    for claim in claims:
        found.setdefault((names[claim.variant_id], topic_of(claim)), []).append(claim)
    return [
        Disagreement(
            variant=variant,
            topic=topic,
            said=tuple(
                (one.source, " ".join(sorted(words_of(one), key=band_order)))
                for one in sorted(group, key=lambda one: one.source)
            ),
        )
        for (variant, topic), group in sorted(found.items(), key=lambda item: item[0])
    ]


def _note_run(tally: Tally, *, now: datetime) -> None:
    LoadRun.objects.create(
        started_at=now,
        finished_at=now,
        files=[tally.as_json()],
        added=tally.counts[Outcome.ADDED],
        changed=tally.counts[Outcome.CHANGED],
        unchanged=tally.counts[Outcome.UNCHANGED],
        refused=[one.as_json() for one in tally.refusals],
    )
