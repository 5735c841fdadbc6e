"""Letters: what people were told, word for word."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from bandstand.console.desk import Desk
from bandstand.plumbing.desk.asking import Asking
from bandstand.plumbing.desk.tables import (
    Cell,
    Column,
    Fact,
    Listing,
    Row,
    Table,
    headings,
    page_links,
    pill,
    select,
    sort_words,
)
from bandstand.plumbing.desk.words import instant_text, plural, time_cell
from bandstand.plumbing.letter_book import (
    LetterList,
    LetterRow,
    letter_kinds,
    letter_row,
    letters_list,
)

STATES: Final = {"sent": "Sent", "waiting": "Not sent yet", "stuck": "Tried and failed"}
COLUMNS: Final = (
    Column("Subject"),
    Column("State"),
    Column("To", sort="to"),
    Column("Kind"),
    Column("About"),
    Column("Written", sort="queued"),
)
EXPORT_HEADS: Final = ("subject", "to", "kind", "about", "queued_at", "sent_at", "attempts", "body")


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterDesk:
    """One letter."""

    subject: str
    body: str
    facts: tuple[Fact, ...]
    error: str


def letters_page(desk: Desk) -> Listing:
    """Return the list of letters as its address asks."""
    asking = Asking.of(desk.request)
    kinds = {kind: kind.replace("_", " ").replace(".", ": ") for kind in letter_kinds()}
    state, kind = asking.word("state", known=STATES), asking.word("kind", known=kinds)
    found = found_letters(asking, page=asking.page())
    return Listing(
        title="Letters",
        lead="Every letter is kept as it was written, sent or not.",
        text=asking.text(),
        text_label="Address, subject or id",
        filters=(
            select("state", "State", values=STATES, chosen=state, any_label="Sent or not"),
            select("kind", "Kind", values=kinds, chosen=kind, any_label="Any kind"),
        ),
        problems=tuple(dict.fromkeys(asking.problems)),
        table=Table(
            caption="Letters",
            note=plural(found.total, "letter"),
            columns=headings(COLUMNS, asking=asking, sort=_sort(asking)),
            rows=tuple(_row(one, zone=desk.zone) for one in found.letters),
        ),
        pages=page_links(
            page=found.page, pages=found.pages, address=lambda at: asking.address(page=str(at))
        ),
        export_url=asking.address(format="csv", page=""),
        clear_url="/console/letters/" if asking.text() or state or kind else "",
        sort=_sort(asking),
        empty_title="No letter found",
        empty_text="Clear the search, or choose another state.",
    )


def found_letters(asking: Asking, *, page: int) -> LetterList:
    """Return a page of the letters that an address asks for."""
    return letters_list(
        text=asking.text(),
        state=asking.word("state", known=STATES),
        kind=asking.word("kind", known={kind: kind for kind in letter_kinds()}),
        sort=_sort(asking),
        page=page,
    )


def letter_page(letter_id: UUID, *, desk: Desk) -> LetterDesk:
    """
    Return one letter.

    Raises: NotFoundError.
    """
    letter = letter_row(letter_id)
    sent = instant_text(letter.sent_at, zone=desk.zone) if letter.sent_at else "not yet"
    return LetterDesk(
        subject=letter.subject,
        body=letter.body,
        facts=(
            Fact("To", letter.to_address),
            Fact("Kind", letter.kind.replace("_", " ").replace(".", ": ")),
            Fact("About", letter.about or "–"),
            Fact("Written", instant_text(letter.queued_at, zone=desk.zone)),
            Fact("Sent", sent),
            Fact("Tries", str(letter.attempts)),
        ),
        error=letter.last_error,
    )


def _sort(asking: Asking) -> str:
    return asking.word("sort", known=sort_words(COLUMNS), unless="-queued")


def _row(one: LetterRow, *, zone: str) -> Row:
    state = pill("Sent", "good") if one.sent_at else pill("Waits", "info")
    return Row(
        url=f"/console/letters/{one.id}/",
        cells=(
            Cell(one.subject),
            pill("Stuck", "bad", note=one.last_error) if one.is_stuck else state,
            Cell(one.to_address),
            Cell(one.kind.replace("_", " ").replace(".", ": ")),
            Cell(f"{one.about[:14]}…" if len(one.about) > len("ord_0123456789") else one.about),
            time_cell(one.queued_at, zone=zone),
        ),
    )
