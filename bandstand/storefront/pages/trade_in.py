"""Trading a phone in, as its owner sees it: what it brings, and where it stands."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlencode

from django.forms import Form

from bandstand.catalogue.queries import VariantRow
from bandstand.money import format_money
from bandstand.plumbing.desk.tables import Fact
from bandstand.storefront.pages.words import configuration_line, instant_text
from bandstand.storefront.shop import Shop
from bandstand.storefront.trade_in_forms import AcceptForm, AccountForm, SentForm
from bandstand.trade_in import queries
from bandstand.trade_in.queries import GradeValue, TradeInPage, TradeInRow
from bandstand.trade_in.rules import (
    GRADE_WORDS,
    STATE_WORDS,
    PayoutState,
    TradeInMove,
    TradeInState,
)

KINDS: Final = {
    TradeInState.QUOTED: "info",
    TradeInState.ACCEPTED: "part",
    TradeInState.SENT: "info",
    TradeInState.RECEIVED: "info",
    TradeInState.REVALUED: "part",
    TradeInState.CREDITED: "good",
    TradeInState.RETURN_DUE: "info",
}
MOVE_WORDS: Final = {
    "quote": "Quoted",
    TradeInMove.ACCEPT.value: "You said yes",
    TradeInMove.SEND.value: "You sent it",
    TradeInMove.RECEIVE.value: "It came to us",
    TradeInMove.CREDIT.value: "Looked at, and credited",
    TradeInMove.REVALUE.value: "Looked at, and worth less",
    TradeInMove.REFUSE.value: "Looked at, and not taken",
    TradeInMove.TAKE.value: "You took the new value",
    TradeInMove.DECLINE.value: "You asked for it back",
    TradeInMove.SILENCE.value: "No answer: it goes back",
    TradeInMove.SEND_BACK.value: "Sent back to you",
    TradeInMove.LAPSE.value: "The offer ended",
    TradeInMove.WITHDRAW.value: "You kept it",
    TradeInMove.REPLACE.value: "Replaced by a newer quote",
}
ENDED_BADLY: Final = {"lapse", "withdraw", "replace", "refuse", "silence"}
PAYOUT_WORDS: Final = {
    PayoutState.ASKED: ("info", "Being looked at"),
    PayoutState.PROPOSED: ("info", "Being looked at"),
    PayoutState.SENT: ("info", "On its way to your bank"),
    PayoutState.PAID: ("good", "Paid"),
    PayoutState.FAILED: ("bad", "Did not go"),
}


@dataclass(frozen=True, slots=True)
class ValueLine:
    """What one grade of the phone brings."""

    label: str
    text: str
    value: str


@dataclass(frozen=True, slots=True)
class VersionChoice:
    """One of several versions that carry a name."""

    url: str
    code: str
    region: str


@dataclass(frozen=True, slots=True)
class TradeInItem:
    """One trade-in in a list."""

    url: str
    title: str
    reference: str
    value: str
    kind: str
    state: str


@dataclass(frozen=True, kw_only=True, slots=True)
class StartPage:
    """What the page says on which a trade-in begins."""

    url: str
    order_number: str
    imei_form: Form
    name_form: Form
    questions: Form | None = None
    title: str = ""
    detail: str = ""
    values: tuple[ValueLine, ...] = ()
    choices: tuple[VersionChoice, ...] = ()
    already: tuple[TradeInItem, ...] = ()
    brands: tuple[str, ...] = ()
    refused: str = ""

    @property
    def form(self) -> Form:
        """The form that something is wrong with, if any, for the summary of errors."""
        asked = (self.questions, self.imei_form, self.name_form)
        return next((one for one in asked if one is not None and one.errors), self.name_form)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the way, as ``components/timeline.html`` takes it."""

    what: str
    when_iso: str
    when_text: str
    note: str
    state: str


@dataclass(frozen=True, slots=True)
class PayoutLine:
    """Money on its way to the owner's account."""

    amount: str
    account: str
    kind: str
    state: str
    note: str


@dataclass(frozen=True, kw_only=True, slots=True)
class StatusPage:
    """What the page of one trade-in says."""

    url: str
    title: str
    reference: str
    kind: str
    state: str
    lead: str
    value: str
    facts: tuple[Fact, ...]
    steps: tuple[Step, ...]
    send_to: str
    quoted: str
    reasons: tuple[str, ...]
    photos_at: str
    accept: AcceptForm | None
    sent: SentForm | None
    account: AccountForm | None
    owed: str
    payouts: tuple[PayoutLine, ...]
    may_keep: bool
    may_take: bool
    may_ask_back: bool
    support_email: str

    @property
    def form(self) -> Form | None:
        """The form that something is wrong with, if any."""
        asked = (self.accept, self.sent, self.account)
        return next((one for one in asked if one is not None and one.errors), None)


def version_choices(rows: list[VariantRow], *, url: str) -> tuple[VersionChoice, ...]:
    """Return the versions that a name stands for, to choose one."""
    return tuple(
        VersionChoice(
            f"{url}?{urlencode({'v': one.slug})}",
            configuration_line(one.title, one.code or "no code"),
            one.region,
        )
        for one in rows
    )


def value_lines(values: tuple[GradeValue, ...], *, locale: str) -> tuple[ValueLine, ...]:
    """Return what each grade brings, best first."""
    return tuple(
        ValueLine(
            GRADE_WORDS[one.grade].label,
            GRADE_WORDS[one.grade].text,
            format_money(one.value, locale),
        )
        for one in values
    )


def brands_taken(*, shop: Shop, now: datetime) -> tuple[str, ...]:
    """Return the makers whose phones have a value here today."""
    rows = queries.taken(market=shop.market.code, at=now)
    return tuple(sorted({one.brand for one in rows}, key=str.casefold))


def items(rows: tuple[TradeInRow, ...], *, locale: str) -> tuple[TradeInItem, ...]:
    """Return trade-ins as rows of a list."""
    return tuple(
        TradeInItem(
            url=one.link,
            title=one.title,
            reference=one.reference,
            value=format_money(one.value, locale),
            kind=KINDS.get(one.state, ""),
            state=STATE_WORDS[one.state],
        )
        for one in rows
    )


def status_page(
    page: TradeInPage,
    *,
    shop: Shop,
    now: datetime,
    forms: tuple[AcceptForm | None, SentForm | None, AccountForm | None],
) -> StatusPage:
    """Return one trade-in as its owner sees it."""
    row, locale = page.row, shop.locale
    accept, sent, account = forms
    owed = page.money.owed
    inspection = page.inspection
    return StatusPage(
        url=row.link,
        title=row.title,
        reference=row.reference,
        kind=KINDS.get(row.state, ""),
        state=STATE_WORDS[row.state],
        lead=_lead(page, shop=shop, now=now),
        value=format_money(row.value, locale),
        facts=tuple(_facts(page, shop=shop)),
        steps=tuple(_steps(page, shop=shop)),
        send_to=queries.terms_at(row.market, now=now).send_to,
        quoted=format_money(row.quoted, locale),
        reasons=inspection.reasons if inspection else (),
        photos_at=inspection.photos_at if inspection else "",
        accept=accept if row.state is TradeInState.QUOTED else None,
        sent=sent if row.state is TradeInState.ACCEPTED else None,
        account=account if owed.is_positive else None,
        owed=format_money(owed, locale) if owed.is_positive else "",
        payouts=tuple(_payouts(page, locale=locale)),
        may_keep=row.state in {TradeInState.QUOTED, TradeInState.ACCEPTED},
        may_take=row.state is TradeInState.REVALUED,
        may_ask_back=row.state is TradeInState.RECEIVED,
        support_email=shop.support_email,
    )


def _lead(page: TradeInPage, *, shop: Shop, now: datetime) -> str:
    row, locale = page.row, shop.locale
    value, quoted = format_money(row.value, locale), format_money(row.quoted, locale)
    if row.is_overdue(now):
        return f"We promised to have looked at it by now. So {quoted} is yours, whatever its state."
    said = {
        TradeInState.QUOTED: f"{quoted} stands until {_when(row.quote_until, shop=shop)}.",
        TradeInState.ACCEPTED: f"Send it by {_when(row.arrive_by, shop=shop)} for {quoted}.",
        TradeInState.SENT: f"We wait for it. {quoted} is kept for you.",
        TradeInState.RECEIVED: f"We look at it by {_when(row.inspect_by, shop=shop)}; if we do not,"
        f" {quoted} is yours whatever its state.",
        TradeInState.REVALUED: f"It is worth {value} as it is. You choose until"
        f" {_when(row.answer_by, shop=shop)}; without an answer it goes back to you, free.",
        TradeInState.CREDITED: _credited(page, locale=locale),
        TradeInState.RETURN_DUE: "It goes back to you, free of charge.",
        TradeInState.RETURNED: "It is on its way back to you, or with you.",
        TradeInState.LAPSED: "The offer has ended. If the phone still comes, it is not lost.",
        TradeInState.WITHDRAWN: "You kept your phone. Ask for a new quote whenever you like.",
    }
    return said[row.state]


def _credited(page: TradeInPage, *, locale: str) -> str:
    money = page.money
    left = money.applied - money.kept
    said = [f"{format_money(page.row.value, locale)} is yours."]
    if left.is_positive:
        said.append(f"{format_money(left, locale)} was taken off your plan, from its end.")
    if money.owed.is_positive:
        said.append(f"{format_money(money.owed, locale)} we still owe you.")
    return " ".join(said)


def _facts(page: TradeInPage, *, shop: Shop) -> Iterator[Fact]:
    row, locale, money = page.row, shop.locale, page.money
    yield Fact("Reference", row.reference)
    yield Fact("State, by your answers", GRADE_WORDS[row.grade].label)
    yield Fact("Quoted", format_money(row.quoted, locale))
    if row.imei_masked:
        yield Fact("IMEI", row.imei_masked)
    if row.order_number:
        yield Fact("For your order", row.order_number)
    if money.applied.is_positive:
        yield Fact("Taken off your plan", format_money(money.applied, locale))
    if money.kept.is_positive:
        yield Fact("Yours again, as the order ended", format_money(money.kept, locale))
    if page.tracking or page.carrier:
        yield Fact("On its way with", configuration_line(page.carrier, page.tracking))
    if page.back_carrier:
        yield Fact("Back to you with", configuration_line(page.back_carrier, page.back_tracking))


def _steps(page: TradeInPage, *, shop: Shop) -> Iterator[Step]:
    for one in page.moves:
        yield Step(
            what=MOVE_WORDS[one.move],
            when_iso=one.moved_at.isoformat(),
            when_text=_when(one.moved_at, shop=shop),
            note=one.reason,
            state="no" if one.move in ENDED_BADLY else "done",
        )
    row = page.row
    coming = {
        TradeInState.ACCEPTED: ("Send it", row.arrive_by),
        TradeInState.SENT: ("It comes to us", row.arrive_by),
        TradeInState.RECEIVED: ("We look at it", row.inspect_by),
        TradeInState.REVALUED: ("You choose", row.answer_by),
    }.get(row.state)
    if coming and coming[1]:
        yield Step(coming[0], coming[1].isoformat(), f"by {_when(coming[1], shop=shop)}", "", "now")


def _payouts(page: TradeInPage, *, locale: str) -> Iterator[PayoutLine]:
    for one in page.payouts:
        kind, state = PAYOUT_WORDS[one.state]
        yield PayoutLine(
            format_money(one.amount, locale), one.account_masked, kind, state, one.words
        )


def _when(at: datetime | None, *, shop: Shop) -> str:
    return instant_text(at, zone=shop.market.time_zone) if at else ""
