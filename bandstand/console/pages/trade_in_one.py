"""One phone that is being traded in: what was told, what was found, where its value went."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from bandstand.console.desk import Desk, money
from bandstand.console.pages.trade_in import HERE, KINDS, WORDS
from bandstand.console.pages.trade_in_money import payouts_table
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.plumbing.desk.tables import Fact, Table
from bandstand.plumbing.desk.words import instant_text
from bandstand.trade_in.queries import TradeInPage
from bandstand.trade_in.rules import GRADE_WORDS, QUESTIONS, Outcome, Question, TradeInState

OUTCOME_WORDS: Final = {
    Outcome.CREDIT.value: "as described or better",
    Outcome.REVALUE.value: "worth less",
    Outcome.REFUSE.value: "not taken",
}


@dataclass(frozen=True, slots=True)
class Event:
    """One step, as ``components/timeline.html`` takes it."""

    what: str
    when_iso: str
    when_text: str
    note: str
    state: str


@dataclass(frozen=True, slots=True)
class Compared:
    """One question: what the owner said, and what was found."""

    question: str
    told: str
    found: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TradeInDesk:
    """What the desk sees of one trade-in."""

    title: str
    reference: str
    state: str
    kind: str
    facts: tuple[Fact, ...]
    money: tuple[Fact, ...]
    compared: tuple[Compared, ...]
    found: tuple[Fact, ...]
    events: tuple[Event, ...]
    payouts: Table | None
    action_url: str
    action_label: str
    alarm: str
    order_url: str
    owner_url: str


def trade_in_page(page: TradeInPage, *, desk: Desk) -> TradeInDesk:
    """Return one trade-in with what may be done about it."""
    row = page.row
    url, label = _action(page)
    late = row.is_overdue(desk.now)
    return TradeInDesk(
        title=row.title,
        reference=row.reference,
        state=WORDS[row.state],
        kind="bad" if late else KINDS.get(row.state, ""),
        facts=tuple(_facts(page, zone=desk.zone)),
        money=tuple(_money(page)),
        compared=tuple(_compared(page)),
        found=tuple(_found(page)),
        events=tuple(_events(page, zone=desk.zone)),
        payouts=payouts_table(page.payouts, desk=desk) if page.payouts else None,
        action_url=url,
        action_label=label,
        alarm=f"{money(row.quoted)} is its owner’s, whatever its state: we did not look in time."
        if late
        else "",
        order_url=f"/console/orders/{print_id(IdKind.ORDER, row.order_id)}/"
        if row.order_id
        else "",
        owner_url=row.link,
    )


def _action(page: TradeInPage) -> tuple[str, str]:
    start = f"{HERE}{page.row.reference}/"
    state = page.row.state
    if state is TradeInState.RECEIVED:
        return f"{start}inspect/", "Look at it"
    if state is TradeInState.RETURN_DUE:
        return f"{start}back/", "Send it back"
    if state is TradeInState.CREDITED and not page.disposal:
        return f"{start}gone/", "Take it out of the stock"
    return "", ""


def _facts(page: TradeInPage, *, zone: str) -> Iterator[Fact]:
    row = page.row
    yield Fact("Phone", row.variant_key)
    yield Fact("State, by its owner", GRADE_WORDS[row.grade].label)
    yield Fact("Quoted", money(row.quoted))
    yield Fact("Stands at", money(row.value))
    yield Fact("IMEI", row.imei_masked or "not told yet")
    yield Fact("Owner", row.email or "not known: nobody accepted yet")
    for label, at in (
        ("Arrives by", row.arrive_by),
        ("Received", row.received_at),
        ("Looked at by", row.inspect_by),
        ("Answered by", row.answer_by),
        ("Credited", row.credited_at),
    ):
        if at is not None:
            yield Fact(label, instant_text(at, zone=zone))
    if page.disposal:
        yield Fact("Left the stock", page.disposal)


def _money(page: TradeInPage) -> Iterator[Fact]:
    held = page.money
    if held.value.is_zero:
        return
    yield Fact("Credited", money(held.value))
    yield Fact("Taken off the plan", money(held.applied))
    if held.kept.is_positive:
        yield Fact("Kept, as the sale was undone", money(held.kept))
    yield Fact("To the bank", money(held.promised))
    yield Fact("Still owed", money(held.owed))


def _compared(page: TradeInPage) -> Iterator[Compared]:
    found = page.inspection.answers if page.inspection else {}
    for one in Question:
        yield Compared(
            QUESTIONS[one].text, page.row.answers.get(one.value, "–"), found.get(one.value, "–")
        )


def _found(page: TradeInPage) -> Iterator[Fact]:
    one = page.inspection
    if one is None:
        return
    yield Fact("Came to", f"{OUTCOME_WORDS[one.outcome]}, {money(one.value)}")
    yield Fact("By", one.inspected_by)
    yield Fact("Same phone", "yes" if one.is_same_phone else "no: another IMEI")
    reported = "reported" if one.is_reported else "not reported"
    yield Fact("Lost or stolen", f"{reported}; asked {one.register_asked}")
    if one.reasons:
        yield Fact("Why", " ".join(one.reasons))
    if one.notes:
        yield Fact("Notes", one.notes)
    if one.photos_at:
        yield Fact("Pictures", one.photos_at)


def _events(page: TradeInPage, *, zone: str) -> Iterator[Event]:
    for one in page.moves:
        yield Event(
            one.move.replace("_", " ").capitalize(),
            one.moved_at.isoformat(),
            instant_text(one.moved_at, zone=zone),
            ", ".join(filter(None, (one.actor, one.reason))),
            "done",
        )
