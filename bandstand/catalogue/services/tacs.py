"""Import which phone has which TAC: look first, then apply. A file never overrules a source."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from django.db import transaction

from bandstand.catalogue.models import LoadRun, Tac, Variant
from bandstand.catalogue.rules import (
    TAC_DIGITS,
    BadTablesError,
    CatalogueNotFoundError,
    MalformedRowError,
    did_you_mean,
)
from bandstand.catalogue.services.reports import Outcome, Refusal, Tally
from bandstand.catalogue.services.tables import Keyed, Line, csv_lines
from bandstand.kernel.errors import DomainError, near_matches
from bandstand.kernel.words import Certainty
from bandstand.plumbing import locks
from bandstand.radio.capability import fold_code, split_codes

TAC_COLUMNS: Final = ["tac", "brand", "code", "source", "certainty"]


@dataclass(frozen=True, kw_only=True)
class TacLine:
    """What a line does, or did."""

    line: int
    tac: str
    variant: str
    outcome: Outcome


@dataclass(frozen=True, kw_only=True)
class TacPreview:
    """What an import does, or did if ``is_applied``."""

    lines: tuple[TacLine, ...]
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
            "refused": [one.as_json() for one in self.refused],
        }


@transaction.atomic
def import_tacs(*, path: Path, apply: bool, now: datetime) -> TacPreview:
    """
    Import a CSV file of TACs; without ``apply`` say what it would do and do nothing.

    The preview is the import itself, rolled back, so the two cannot differ.

    Raises: BadTablesError for a file that is not there or is not CSV.
    Lock: one load or import at a time.
    """
    locks.lock("catalogue.tables")
    if not path.is_file() or path.suffix.lower() != ".csv":
        raise BadTablesError(f"“{path.name}” is not a CSV file.", path=str(path))
    tally = Tally(file=path.name)
    book = _TacBook()
    lines = [
        said
        for line in csv_lines(path, columns=TAC_COLUMNS, tally=tally)
        if (said := _put(book, line, tally=tally)) is not None
    ]
    book.tacs.write()
    preview = TacPreview(
        lines=tuple(lines),
        refused=tuple(sorted(tally.refusals, key=lambda one: one.line)),
        is_applied=apply,
    )
    if apply:
        _note_run(tally, now=now)
    else:
        transaction.set_rollback(True)
    return preview


class _TacBook:
    """The TACs and variants of the database, with what a file adds to them."""

    def __init__(self) -> None:
        self.tacs = Keyed(model=Tac, stored={one.tac: one for one in Tac.objects.order_by("id")})
        self.variants: dict[str, dict[str, list[Variant]]] = {}
        self.names: dict[str, str] = {}
        stored = Variant.objects.select_related("model__brand__parent").order_by("id")
        for one in stored:
            brand = one.model.brand
            names = [brand.name, brand.slug, *brand.names]
            if brand.parent is not None:
                names += [brand.parent.name, brand.parent.slug, *brand.parent.names]
            for name in names:
                self._remember(one, name=name, brand=brand.name)

    def _remember(self, one: Variant, *, name: str, brand: str) -> None:
        self.names.setdefault(name.casefold(), name)
        by_code = self.variants.setdefault(name.casefold(), {})
        for code in split_codes(one.code):
            found = by_code.setdefault(fold_code(code, brand=brand), [])
            if code and one not in found:
                found.append(one)

    def put(self, line: Line) -> TacLine:
        """
        Note what a line says of a TAC.

        Raises: MalformedRowError, CatalogueNotFoundError naming near matches.
        """
        row = line.row
        tac = _tac(row["tac"])
        if not row["source"]:
            raise MalformedRowError("source is empty. Say where the TAC was read.")
        variant = self._variant(brand=row["brand"], code=row["code"])
        facts = {
            "variant_id": variant.id,
            "source": row["source"],
            "certainty": _certainty(row["certainty"]).value,
        }
        return TacLine(
            line=line.number,
            tac=tac,
            variant=f"{variant.model.brand.name}/{variant.code}",
            outcome=self._outcome(tac, facts=facts),
        )

    def _outcome(self, tac: str, *, facts: dict[str, object]) -> Outcome:
        stored = self.tacs.stored.get(tac)
        is_another_source = stored is not None and stored.source != facts["source"]
        if stored is None or not is_another_source:
            return self.tacs.put(tac, identity={"tac": tac}, facts=facts)
        if stored.variant_id != facts["variant_id"]:
            raise MalformedRowError(
                f"{stored.source} says that TAC {tac} is another phone. Correct the source that is"
                " wrong: a line of the same source replaces what it said."
            )
        is_surer = Certainty(str(facts["certainty"])).rank > Certainty(stored.certainty).rank
        return self.tacs.alter(tac, facts=facts) if is_surer else Outcome.UNCHANGED

    def _variant(self, *, brand: str, code: str) -> Variant:
        by_code = self.variants.get(brand.casefold())
        if by_code is None:
            near = near_matches(brand, sorted(self.names.values()))
            raise CatalogueNotFoundError(f"No phone of brand “{brand}”.{did_you_mean(near)}")
        found = by_code.get(fold_code(code, brand=brand), []) if code else []
        if not found:
            known = sorted({one.code for group in by_code.values() for one in group})
            near = near_matches(code, known)
            raise CatalogueNotFoundError(f"{brand} has no code “{code}”.{did_you_mean(near)}")
        if len(found) > 1:
            named = " and ".join(sorted({f"{one.model.name} ({one.code})" for one in found}))
            raise MalformedRowError(f"The code “{code}” is that of several phones: {named}.")
        return found[0]


def _put(book: _TacBook, line: Line, *, tally: Tally) -> TacLine | None:
    try:
        said = book.put(line)
    except DomainError as error:
        tally.refuse(line.number, error.message)
        return None
    tally.count(said.outcome)
    return said


def _tac(given: str) -> str:
    if len(given) != TAC_DIGITS or not (given.isascii() and given.isdigit()):
        raise MalformedRowError(
            f"tac is “{given}”. A TAC is the first 8 digits of an IMEI; a spreadsheet may have"
            " dropped leading zeros."
        )
    return given


def _certainty(given: str) -> Certainty:
    try:
        return Certainty(given.casefold())
    except ValueError:
        known = ", ".join(Certainty)
        raise MalformedRowError(f"certainty is “{given}”. Write one of {known}.") from None


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
