"""What a list would do if it were taken now: every problem, and every entry with its state."""

from dataclasses import dataclass
from datetime import datetime

from bandstand.rights.rules.lists.domains import is_within, shown_domain
from bandstand.rights.rules.lists.judging import stands, strongest
from bandstand.rights.rules.lists.words import (
    EVERY,
    ISSUED_SKEW,
    AuthorisedList,
    ListedSeller,
    ListProblem,
    ReadList,
)


@dataclass(frozen=True, slots=True)
class InspectedEntry:
    """One entry in words, and whether it would authorise its seller now."""

    seller: str
    name: str
    goods: str
    countries: str
    period: str
    is_live: bool
    state: str


@dataclass(frozen=True, slots=True)
class Inspection:
    """What looking at a list found."""

    document: AuthorisedList | None
    errors: tuple[ListProblem, ...]
    warnings: tuple[ListProblem, ...]
    entries: tuple[InspectedEntry, ...] = ()

    @property
    def is_valid(self) -> bool:
        return not self.errors

    def as_json(self) -> dict[str, object]:
        """Return the inspection for machines."""
        return {
            "valid": self.is_valid,
            "sequence": self.document.sequence if self.document else None,
            "domain": self.document.domain if self.document else None,
            "errors": [{"path": one.path, "text": one.text} for one in self.errors],
            "warnings": [{"path": one.path, "text": one.text} for one in self.warnings],
            "entries": [
                {"seller": one.seller, "live": one.is_live, "state": one.state}
                for one in self.entries
            ],
        }


def inspect_list(read: ReadList, *, now: datetime, host: str = "") -> Inspection:
    """Return what a list would do if it were taken now, and if it was found at a host."""
    document = read.document
    if document is None:
        return Inspection(None, read.errors, read.warnings)
    errors = []
    if host and not is_within(host, document.domain):
        errors.append(
            ListProblem(
                "$.domain",
                f"is {shown_domain(document.domain)}, and the list was found at "
                f"{shown_domain(host)}. It counts only at its own domain.",
            )
        )
    if document.issued_at > now + ISSUED_SKEW:
        errors.append(ListProblem("$.issued_at", "is still to come."))
    revoked = strongest((gone.key, gone.revoked_at) for gone in document.revoked)
    return Inspection(
        document,
        tuple(errors),
        read.warnings,
        tuple(_inspected(one, revoked=revoked, now=now) for one in document.sellers),
    )


def seller_words(key: str) -> str:
    """Return how a seller's key is shown."""
    kind, _, name = key.partition(":")
    return shown_domain(name) if kind == "domain" else name


def _inspected(
    entry: ListedSeller, *, revoked: dict[str, datetime], now: datetime
) -> InspectedEntry:
    state = _state(entry, revoked=revoked, now=now)
    goods = _words(entry.categories, every="everything")
    brands = f"{_words(entry.brands, every='every brand')}: " if entry.brands else ""
    models = f" ({_words(entry.models, every='every model')})" if entry.models else ""
    conditions = ", ".join(one.value for one in entry.conditions)
    return InspectedEntry(
        seller=seller_words(entry.key),
        name=entry.name,
        goods=f"{brands}{goods}{models}, {conditions}",
        countries=_words(entry.countries, every="every country"),
        period=_period(entry),
        is_live=not state,
        state=state or "authorises",
    )


def _state(entry: ListedSeller, *, revoked: dict[str, datetime], now: datetime) -> str:
    if not stands(entry, revoked=revoked):
        return "revoked"
    if entry.valid_until is not None and entry.valid_until <= now:
        return "run out"
    if entry.valid_from is not None and entry.valid_from > now:
        return "to begin"
    return ""


def _words(names: tuple[str, ...], *, every: str) -> str:
    return every if EVERY in names else ", ".join(names)


def _period(entry: ListedSeller) -> str:
    begins = f"{entry.valid_from:%Y-%m-%d}" if entry.valid_from else "at once"
    ends = f"until {entry.valid_until:%Y-%m-%d}" if entry.valid_until else "while it is listed"
    return f"{begins}, {ends}"
