"""The inbox: what waits for a person, most urgent first."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from bandstand.console.desk import Desk, money
from bandstand.console.pages.disputes import days_words
from bandstand.console.pages.review import KINDS, proofs_waiting
from bandstand.gate import queries as gate
from bandstand.kernel.public_ids import IdKind, MalformedIdError, parse_id, print_id
from bandstand.ledger import queries as ledger
from bandstand.offers import queries as offers
from bandstand.offers.queries.desk_lists import OfferFilters, offers_list
from bandstand.offers.rules import OfferState
from bandstand.orders import queries as orders
from bandstand.orders.queries.desk_lists import orders_in_order
from bandstand.orders.rules import LineState
from bandstand.payments import queries as payments
from bandstand.payouts import queries as payouts
from bandstand.payouts.rules import RunState
from bandstand.plumbing.desk.pictures import Part, whole_svg
from bandstand.plumbing.desk.tables import Cell, Stat
from bandstand.plumbing.desk.words import (
    due_cell,
    plural,
    span_text,
    state_cell,
    state_kind,
    state_word,
)
from bandstand.plumbing.letter_book import letters_list
from bandstand.promotions import queries as promotions
from bandstand.takedowns.queries.due_cases import unsettled_cases, unsettled_count
from bandstand.trade_in import queries as trade_in

EACH_SHOWN: Final = 8


@dataclass(frozen=True, slots=True)
class Task:
    """Something that waits for a person."""

    pill: Cell
    label: str
    url: str
    when_text: str


@dataclass(frozen=True, slots=True)
class TaskGroup:
    """Tasks of one kind, with how many there are in all."""

    title: str
    total: int
    more_url: str
    tasks: tuple[Task, ...]


@dataclass(frozen=True, slots=True)
class InboxPage:
    """What waits for a person."""

    stats: tuple[Stat, ...]
    groups: tuple[TaskGroup, ...]
    offers_picture: str
    lines_picture: str


def inbox_page(desk: Desk) -> InboxPage:
    """Return everything that waits, most urgent first."""
    states = offers.counts_by_state()
    lines = orders.lines_by_state()
    unsettled, soon = unsettled_count(now=desk.now)
    faults = ledger.imbalance()
    groups = (
        _cases(desk, total=unsettled),
        _missed_credits(desk),
        _phones_traded_in(desk),
        _disputes(desk),
        _refunds(desk),
        _commands(desk),
        _payouts(desk),
        _movements(desk),
        _second_person(desk),
        _parcels(desk),
        _letters(desk),
        _proofs(desk),
        _offers(desk, OfferState.IN_REVIEW, title="Offers to review"),
        _offers(desk, OfferState.REFUSED, title="Offers the gate refused"),
    )
    return InboxPage(
        stats=(
            Stat("Offers to review", str(states["in_review"]), kind=_part(states["in_review"])),
            Stat("Cases open", str(unsettled), note=f"{soon} due soon", kind="bad" if soon else ""),
            Stat("Holds active", str(gate.hold_count(active_only=True))),
            Stat("To ship", str(lines[LineState.PAID.value])),
            Stat(
                "Books",
                "in balance" if not faults else plural(faults, "fault"),
                kind="bad" if faults else "good",
            ),
        ),
        groups=tuple(group for group in groups if group.total),
        offers_picture=whole_svg(
            [Part(state_word(state), count, state_kind(state)) for state, count in states.items()],
            label="Offers by state",
        ),
        lines_picture=whole_svg(
            [Part(state_word(state), count, state_kind(state)) for state, count in lines.items()],
            label="Order lines by state",
        ),
    )


def _cases(desk: Desk, *, total: int) -> TaskGroup:
    tasks = tuple(
        Task(
            pill=due_cell(one.due_at, now=desk.now),
            label=f"{one.order_number}: {one.title}, {state_word(one.state.value).lower()}",
            url=f"/console/notices/{print_id(IdKind.NOTICE, one.notice_id)}/"
            if one.notice_id
            else f"/console/holds/{print_id(IdKind.HOLD, one.hold_id)}/",
            when_text="",
        )
        for one in unsettled_cases(limit=EACH_SHOWN)
    )
    return TaskGroup("Buyers not whole yet", total, "/console/notices/", tasks)


def _missed_credits(desk: Desk) -> TaskGroup:
    missed = promotions.missed(now=desk.now)
    tasks = tuple(
        Task(
            pill=Cell("Late", kind="bad", is_pill=True),
            label=f"Credit of {money(one.amount)} due {one.due_on}:"
            f" {one.reason or 'not tried yet'}",
            url=f"/console/plans/{print_id(IdKind.PLAN, plan_id)}/",
            when_text="",
        )
        for plan_id, one in missed[:EACH_SHOWN]
    )
    return TaskGroup("Credits that buyers wait for", len(missed), "/console/promotions/", tasks)


def _phones_traded_in(desk: Desk) -> TaskGroup:
    """Return what was promised to the owners of phones: a look in time, the way back, money."""
    late = tuple(
        Task(
            pill=due_cell(one.inspect_by or one.state_at, now=desk.now),
            label=f"{one.reference}: {one.title} is late; the quoted value stands",
            url=f"/console/trade-in/{one.reference}/",
            when_text="",
        )
        for one in trade_in.overdue(now=desk.now)
    )
    back = tuple(
        Task(
            pill=Cell("Send it back", kind="part", is_pill=True),
            label=f"{one.reference}: {one.title}",
            url=f"/console/trade-in/{one.reference}/",
            when_text=f"{span_text(desk.now - one.state_at)} ago",
        )
        for one in trade_in.to_send_back()
    )
    owed = tuple(
        Task(
            pill=Cell("Pay it", kind="part", is_pill=True),
            label=f"{money(one.amount)} for {one.reference}, {one.state.value}",
            url=f"/console/trade-in/payouts/{one.id}/",
            when_text=f"{span_text(desk.now - one.asked_at)} ago",
        )
        for one in trade_in.open_payouts()
    )
    tasks = (*late, *back, *owed)
    return TaskGroup("Phones traded in", len(tasks), "/console/trade-in/", tasks[:EACH_SHOWN])


def _disputes(desk: Desk) -> TaskGroup:
    """Return the charges whose evidence is due soon, and those lost whose debt nobody decided."""
    rows = payments.disputes()
    pressing = [one for one in rows if one.is_pressing(now=desk.now)]
    tasks = tuple(
        Task(
            pill=due_cell(one.due_at or desk.now, now=desk.now),
            label=f"Send evidence for {one.ref}, {money(one.amount)}: "
            f"{days_words(one.due_at or desk.now, now=desk.now)}",
            url=f"/console/disputes/{one.id}/",
            when_text="",
        )
        for one in pressing
    ) + tuple(
        Task(
            pill=Cell("Lost", kind="bad", is_pill=True),
            label=f"{money(one.amount)} of a plan went back by {one.ref}: owed again or written"
            " off?",
            url=f"/console/disputes/{one.id}/",
            when_text=f"{span_text(desk.now - (one.decided_at or desk.now))} ago",
        )
        for one in rows
        if one.awaits_choice
    )
    return TaskGroup("Contested charges", len(tasks), "/console/disputes/", tasks[:EACH_SHOWN])


def _refunds(desk: Desk) -> TaskGroup:
    failed = payments.failed_refunds()
    tasks = tuple(
        Task(
            pill=Cell("Came back" if one.came_back_at else "Refused", kind="bad", is_pill=True),
            label=f"Refund of {money(one.amount)}: {one.failure.replace('_', ' ')}",
            url=f"/console/refunds/{one.id}/",
            when_text=f"{span_text(desk.now - (one.came_back_at or one.asked_at))} ago",
        )
        for one in failed[:EACH_SHOWN]
    )
    return TaskGroup("Refunds that buyers wait for", len(failed), "/console/refunds/", tasks)


def _commands(desk: Desk) -> TaskGroup:
    troubled = payments.troubled_commands(limit=200)
    tasks = tuple(
        Task(
            pill=Cell(state_word(one.state.value), kind=state_kind(one.state.value), is_pill=True),
            label=f"{one.kind.value.capitalize()} of {money(one.amount)}: "
            f"{one.failure or plural(one.attempts, 'try', many='tries') + ', no answer yet'}",
            url=_order_url(payment_id),
            when_text=f"{span_text(desk.now - one.written_at)} ago",
        )
        for payment_id, one in troubled[:EACH_SHOWN]
    )
    return TaskGroup("Money that did not move", len(troubled), "/console/orders/", tasks)


def _second_person(desk: Desk) -> TaskGroup:
    """Return what one person proposed and another must confirm: holds, and runs of payouts."""
    pill = Cell("Your turn", kind="part", is_pill=True)
    proposals = tuple(
        Task(
            pill=pill if one.person_id != desk.actor.person_id else Cell("Yours", is_pill=True),
            label=f"{one.kind.value.capitalize()} the hold on {one.hold_scope_text}, "
            f"proposed by {one.proposed_by}",
            url=f"/console/holds/{one.printed_hold}/",
            when_text=f"{span_text(desk.now - one.proposed_at)} ago",
        )
        for one in gate.open_requests(now=desk.now)
    )
    payout_runs = tuple(
        Task(
            pill=pill if one.proposed_by != desk.actor.email else Cell("Yours", is_pill=True),
            label=f"Payout run of {money(one.total)}, proposed by {one.proposed_by}",
            url=f"/console/payouts/runs/{one.id}/",
            when_text=f"{span_text(desk.now - one.proposed_at)} ago",
        )
        for one in payouts.runs()
        if one.state is RunState.PROPOSED
    )
    tasks = (*proposals, *payout_runs)
    more = "/console/holds/" if proposals else "/console/payouts/"
    return TaskGroup("Waits for a second person", len(tasks), more, tasks[:EACH_SHOWN])


def _payouts(desk: Desk) -> TaskGroup:
    """Return banks' answers that one person has read, and payouts on their way for days."""
    readings = tuple(
        Task(
            pill=Cell("Your turn", kind="part", is_pill=True)
            if one.proposed_by != desk.actor.email
            else Cell("Yours", is_pill=True),
            label=f"A bank’s answer to a payout, read by {one.proposed_by}: {one.words}",
            url=f"/console/payouts/{one.payout_id}/answer/",
            when_text=f"{span_text(desk.now - one.proposed_at)} ago",
        )
        for one in payouts.open_readings()
    )
    stuck = tuple(
        Task(
            pill=Cell("Late", kind="bad", is_pill=True),
            label=f"Payout of {money(one.amount)} to {one.seller}, still on its way",
            url=f"/console/payouts/{one.id}/",
            when_text=f"{span_text(desk.now - one.sent_at)} ago",
        )
        for one in payouts.stuck_payouts(now=desk.now)
    )
    tasks = (*readings, *stuck)
    return TaskGroup(
        "Payouts that need a person", len(tasks), "/console/payouts/", tasks[:EACH_SHOWN]
    )


def _movements(desk: Desk) -> TaskGroup:
    """Return movements that only one side has known of for longer than it may be."""
    late = [one for one in payments.unmatched(now=desk.now) if one.is_late]
    tasks = tuple(
        Task(
            pill=Cell(
                "Ours only" if one.bucket is payments.Bucket.OURS_ONLY else "Theirs only",
                kind="bad",
                is_pill=True,
            ),
            label=f"{one.kind.replace('_', ' ').capitalize()} of {money(one.amount)}, {one.ref}",
            url="/console/reconciliation/"
            if one.bucket is payments.Bucket.OURS_ONLY
            else f"/console/reconciliation/{one.id}/",
            when_text=f"{span_text(desk.now - one.at)} ago",
        )
        for one in late[:EACH_SHOWN]
    )
    return TaskGroup(
        "Money that only one side knows of", len(late), "/console/reconciliation/", tasks
    )


def _parcels(desk: Desk) -> TaskGroup:
    found = orders_in_order(line_state=LineState.PAID.value, sort="placed")
    tasks = tuple(
        Task(
            pill=state_cell(LineState.PAID.value),
            label=f"{one.number}: {', '.join(one.titles)}",
            url=f"/console/orders/{one.public_id}/",
            when_text=f"{span_text(desk.now - one.placed_at)} ago",
        )
        for one in found.orders[:EACH_SHOWN]
    )
    return TaskGroup(
        "Orders to ship", found.total, f"/console/orders/?state={LineState.PAID.value}", tasks
    )


def _letters(desk: Desk) -> TaskGroup:
    stuck = letters_list(state="stuck", sort="queued")
    tasks = tuple(
        Task(
            pill=Cell("Stuck", kind="bad", is_pill=True),
            label=f"{one.subject}, to {one.to_address}",
            url=f"/console/letters/{one.id}/",
            when_text=f"{span_text(desk.now - one.queued_at)} ago",
        )
        for one in stuck.letters[:EACH_SHOWN]
    )
    return TaskGroup(
        "Letters that did not go out", stuck.total, "/console/letters/?state=stuck", tasks
    )


def _proofs(desk: Desk) -> TaskGroup:
    rows = sorted(proofs_waiting(), key=lambda one: one.due_at or one.since)
    tasks = tuple(
        Task(
            pill=Cell(KINDS[one.kind], is_pill=True),
            label=f"{one.what}, from {one.seller}",
            url=one.url,
            when_text=f"{span_text(desk.now - one.since)} ago",
        )
        for one in rows[:EACH_SHOWN]
    )
    return TaskGroup("Documents, identities and domains", len(rows), "/console/review/", tasks)


def _offers(desk: Desk, state: OfferState, *, title: str) -> TaskGroup:
    found = offers_list(OfferFilters(state=state.value))
    tasks = tuple(
        Task(
            pill=Cell(state_word(one.state), kind=state_kind(one.state), is_pill=True),
            label=f"{one.title}, {one.configuration}, from {one.seller_name}",
            url=f"/console/offers/{one.public_id}/",
            when_text=f"{span_text(desk.now - one.created_at)} ago",
        )
        for one in found.offers[:EACH_SHOWN]
    )
    return TaskGroup(title, found.total, f"/console/offers/?state={state.value}", tasks)


def _order_url(payment_id: UUID) -> str:
    """Return where the order of a payment is; the list of orders if it became none."""
    _, _, printed = payments.payment_row(payment_id).purpose.partition(":")
    try:
        order = orders.order_of_checkout(parse_id(IdKind.CHECKOUT, printed))
    except MalformedIdError:  # a payment that was not begun by a checkout
        order = None
    return f"/console/orders/{order.public_id}/" if order else "/console/orders/"


def _part(count: int) -> str:
    return "part" if count else ""
