"""An order as its buyer sees it: where it stands, what was bought, the evidence, the money."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from bandstand.credit.rules import InstalmentState
from bandstand.money import Money, format_money, sum_of
from bandstand.orders.addresses import address_lines
from bandstand.orders.queries import LineMoveRow, OrderLineRow, OrderPage, OrderRow
from bandstand.orders.rules import LineMove, LineState
from bandstand.payments.queries import RefundRow
from bandstand.promotions.queries import PlanCredits
from bandstand.storefront.art.bars import FitBadge
from bandstand.storefront.art.phone_art import phone_svg
from bandstand.storefront.art.shapes import shape_for
from bandstand.storefront.pages.cards import badge, product_url
from bandstand.storefront.pages.checkout import NOT_SHOWN
from bandstand.storefront.pages.credits import CreditsView, credits_view
from bandstand.storefront.pages.fits import AnswerCell, answers
from bandstand.storefront.pages.prices import (
    AmountLine,
    DueRow,
    PriceText,
    due_rows,
    price_text,
)
from bandstand.storefront.pages.words import configuration_line, day_text, instant_text
from bandstand.storefront.shop import Shop
from bandstand.tax.rules import added_up

STEPS: Final = (
    (LineMove.PAY, "Paid", "Being charged"),
    (LineMove.RELEASE, "Sent", "Being packed"),
    (LineMove.DELIVER, "With you", "On its way"),
)
"""Each step of a line: the move, what it is called once done, and while it is under way."""
STATES: Final = {
    LineState.COMMITTED: ("info", "Ordered"),
    LineState.PAID: ("good", "Paid"),
    LineState.RELEASED: ("good", "On its way"),
    LineState.DELIVERED: ("good", "With you"),
    LineState.CANCELLED: ("bad", "Cancelled"),
    LineState.RETURNED: ("", "Returned"),
}
REASONS_TOLD: Final = 2
NETWORK_ANSWERS: Final = 3  # data, calls, emergency calls; the kind of SIM is not frozen
ENDINGS: Final = {LineMove.CANCEL.value: "Cancelled", LineMove.RETURN.value: "Returned"}
INSTALMENTS: Final = {
    InstalmentState.PAID.value: "paid",
    InstalmentState.SCHEDULED.value: "",
    InstalmentState.CHARGED_OFF.value: "given up",
    InstalmentState.REPLACED.value: "changed",
    InstalmentState.WAIVED.value: "taken back",
}


@dataclass(frozen=True, slots=True)
class StepView:
    """One step of an order line, as ``components/steps.html`` takes it."""

    label: str
    note: str
    state: str


@dataclass(frozen=True, slots=True)
class RefundLine:
    """Money given back, or on its way."""

    amount: str
    reason: str
    text: str
    when_iso: str


@dataclass(frozen=True, slots=True)
class RightLine:
    """A piece of evidence on which the sale was allowed."""

    what: str
    note: str
    state: str


@dataclass(frozen=True, slots=True)
class LineView:
    """One phone of an order."""

    title: str
    detail: str
    url: str
    art_svg: str
    tone: str
    seller: str
    number: str
    state_kind: str
    state: str
    steps: tuple[StepView, ...]
    stopped_reason: str
    refunds: tuple[RefundLine, ...]
    nothing_taken: bool
    price: PriceText
    due_today: str
    fit: FitBadge | None
    fit_sentence: str
    fit_as_of: str
    answers: tuple[AnswerCell, ...]
    right: tuple[RightLine, ...]
    plan_rows: tuple[DueRow, ...]
    plan_state: str
    plan_open: str
    plan_url: str
    """Where the plan's own page is; empty for an outright sale."""
    credits: CreditsView | None
    agreement_url: str
    """Where the accepted credit agreement is, without its ending; empty for an outright sale."""
    tracking: str
    passport_url: str
    passport_sha256: str
    key: str


@dataclass(frozen=True, slots=True)
class OrderView:
    """What the order page says."""

    number: str
    placed_iso: str
    placed_text: str
    email: str
    address: tuple[str, ...]
    lines: tuple[LineView, ...]
    money: tuple[AmountLine, ...]
    link: str
    support_email: str


@dataclass(frozen=True, slots=True)
class OrderItem:
    """One order in a list."""

    number: str
    url: str
    placed_iso: str
    placed_text: str
    titles: str
    state_kind: str
    state: str
    total: str


@dataclass(frozen=True, slots=True)
class LineProof:
    """What a passport says of one line, beside the order itself."""

    body: dict[str, Any]


def order_view(
    page: OrderPage,
    *,
    refunds: Sequence[RefundRow],
    proofs: dict[UUID, LineProof],
    promised: dict[UUID, PlanCredits],
    shop: Shop,
) -> OrderView:
    """Return an order as its buyer sees it."""
    zone, locale = shop.market.time_zone, shop.locale
    placed = page.order.placed_at
    return OrderView(
        number=page.order.number,
        placed_iso=placed.isoformat(),
        placed_text=instant_text(placed, zone=zone),
        email=page.order.email,
        address=address_lines(page.address, name=page.order.buyer_name),
        lines=tuple(
            _line_view(
                line,
                link=page.link,
                refunds=[one for one in refunds if one.order_line_id == line.id],
                proof=proofs[line.id],
                promised=promised.get(line.id),
                shop=shop,
            )
            for line in page.lines
        ),
        money=tuple(_money(page, locale=locale)),
        link=page.link,
        support_email=shop.support_email,
    )


def order_items(
    orders: Sequence[OrderRow], *, shop: Shop, links: dict[UUID, str]
) -> tuple[OrderItem, ...]:
    """Return orders as rows of a list."""
    return tuple(_item(order, shop=shop, url=links[order.id]) for order in orders)


def _item(order: OrderRow, *, shop: Shop, url: str) -> OrderItem:
    states = [LineState(one) for one in order.line_states]
    kind, said = STATES[states[0]] if len(set(states)) == 1 else ("info", "In several states")
    return OrderItem(
        number=order.number,
        url=url,
        placed_iso=order.placed_at.isoformat(),
        placed_text=instant_text(order.placed_at, zone=shop.market.time_zone),
        titles=", ".join(order.titles),
        state_kind=kind,
        state=said,
        total=format_money(order.total, shop.locale),
    )


def _line_view(
    line: OrderLineRow,
    *,
    link: str,
    refunds: Sequence[RefundRow],
    proof: LineProof,
    promised: PlanCredits | None,
    shop: Shop,
) -> LineView:
    zone, locale = shop.market.time_zone, shop.locale
    shape = shape_for(line.title.partition(" ")[0], line.title, colour=line.colour_hex)
    kind, said = STATES[line.state]
    ended = line.state in {LineState.CANCELLED, LineState.RETURNED}
    return LineView(
        title=line.title,
        detail=configuration_line(line.configuration, line.condition),
        url=product_url(slug=line.variant_slug, public_id=line.offer_public_id),
        art_svg=phone_svg(shape),
        tone=shape.tone,
        seller=line.seller_name,
        number=f"IMEI {line.imei}" if line.imei else f"serial {line.serial}",
        state_kind=kind,
        state=said,
        steps=tuple(_steps(line, zone=zone)),
        stopped_reason=_stopped_reason(line.moves) if ended else "",
        refunds=tuple(_refund(one, zone=zone, locale=locale) for one in refunds),
        nothing_taken=ended and not refunds and not _was_paid(line),
        price=price_text(line.price, line.disclosure, locale=locale),
        due_today=format_money(line.due_today, locale),
        fit=_fit_badge(line.fit),
        fit_sentence=_fit_sentence(line.fit),
        fit_as_of=instant_text(line.committed_at, zone=zone),
        answers=tuple(answers(_fit_body(line.fit)))[:NETWORK_ANSWERS] if line.fit else (),
        right=tuple(_right(proof.body)),
        plan_rows=tuple(_plan_rows(line, locale=locale)),
        plan_state=line.plan.state.value if line.plan else "",
        plan_open=format_money(line.plan.open, locale) if line.plan else "",
        plan_url=f"{link}plan/{line.public_id}/" if line.plan else "",
        credits=credits_view(promised, locale=locale),
        agreement_url=f"{link}agreement/{line.public_id}" if line.plan else "",
        tracking=configuration_line(line.carrier, line.tracking),
        passport_url=f"{link}passport/{line.public_id}.json",
        passport_sha256=line.passport_sha256,
        key=line.public_id,
    )


def _steps(line: OrderLineRow, *, zone: str) -> Iterator[StepView]:
    done = {one.move: one for one in line.moves}
    ordered = instant_text(line.committed_at, zone=zone)
    yield StepView("Ordered", ordered, "done")
    ending = next((one for one in line.moves if one.move in ENDINGS), None)
    reached = True
    for move, label, under_way in STEPS:
        found = done.get(move.value)
        if found is not None:
            yield StepView(label, instant_text(found.moved_at, zone=zone), "done")
        elif ending is None:
            yield StepView(under_way if reached else label, "", "now" if reached else "later")
            reached = False
    if ending is not None:
        yield StepView(ENDINGS[ending.move], instant_text(ending.moved_at, zone=zone), "stopped")


def _stopped_reason(moves: Sequence[LineMoveRow]) -> str:
    return next((one.reason for one in reversed(moves) if one.move in ENDINGS), "")


def _was_paid(line: OrderLineRow) -> bool:
    return any(one.move == LineMove.PAY.value for one in line.moves)


def _refund(row: RefundRow, *, zone: str, locale: str) -> RefundLine:
    settled = row.settled_at
    when = settled or row.asked_at
    done = f"Back on your card since {instant_text(when, zone=zone)}"
    coming = f"On its way to your card since {instant_text(when, zone=zone)}"
    return RefundLine(
        amount=format_money(row.amount, locale),
        reason=row.reason,
        text=done if settled else coming,
        when_iso=when.isoformat(),
    )


def _fit_body(fit: dict[str, Any]) -> dict[str, Any]:
    body = fit.get("verdict", {})
    return dict(body) if isinstance(body, dict) else {}


def _fit_sentence(fit: dict[str, Any]) -> str:
    """Return the sentence that was frozen, or the first reasons of the verdict that was."""
    reasons = [str(one.get("text", "")) for one in _fit_body(fit).get("reasons", ())]
    return str(fit.get("sentence") or " ".join(reasons[:REASONS_TOLD]))


def _fit_badge(fit: dict[str, Any]) -> FitBadge | None:
    tier = _fit_body(fit).get("tier")
    return badge(str(tier), label=str(fit.get("label", ""))) if tier else None


def _right(body: dict[str, Any]) -> Iterator[RightLine]:
    decision = body.get("decision") or {}
    for one in decision.get("evidence", ()):
        yield RightLine(
            what=str(one.get("summary") or one.get("kind", "")),
            note=str(one.get("kind", "")),
            state="yes",
        )
    for one in decision.get("reasons", ()):
        yield RightLine(
            what=str(one.get("text", "")), note=str(one.get("ground", "")), state="part"
        )


def _plan_rows(line: OrderLineRow, *, locale: str) -> Iterator[DueRow]:
    if line.plan is None:
        if line.disclosure is not None:
            yield from due_rows(line.disclosure, locale=locale)
        return
    for one in line.plan.instalments:
        yield DueRow(
            number=one.number,
            due_text=day_text(one.due_on),
            due_iso=one.due_on.isoformat(),
            amount=format_money(one.total, locale),
            state=INSTALMENTS.get(one.state.value, one.state.value),
        )


def _money(page: OrderPage, *, locale: str) -> Iterator[AmountLine]:
    def line(label: str, amount: Money) -> AmountLine:
        return AmountLine(label, format_money(amount, locale))

    added = sum_of((one.added for one in page.taxes), currency=page.order.total.currency)
    yield line("What the phones cost", page.order.total - added)
    for label, told in added_up(page.taxes):
        yield AmountLine(label, NOT_SHOWN if told is None else format_money(told, locale))
    if added.is_positive:
        yield line("In all", page.order.total)
    yield line("Due on the day", page.order.due_today)
    yield line("Taken from your card", page.captured)
    if page.refunded.is_positive:
        yield line("Given back to your card", page.refunded)
