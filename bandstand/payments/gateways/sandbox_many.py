"""
The sandbox by the page: the same book and the same dice, in a few statements for many calls.

Only the plain case is done together. A call that is a repeat, is refused, or concerns a card that
does something of its own goes through the single call, so that no rule of the sandbox is written
twice.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import partial
from typing import Final, TypeVar

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from bandstand.kernel.errors import DomainError
from bandstand.payments.gateways import sandbox_book, sandbox_events
from bandstand.payments.gateways.port import CaptureOrder, CardAuthorisation
from bandstand.payments.gateways.sandbox import SandboxGateway, answer_of
from bandstand.payments.gateways.sandbox_cards import card
from bandstand.payments.models import SandboxIntent, SandboxOperation
from bandstand.payments.rules import CommandKind, GatewayAnswer, OperationState, PaymentState
from bandstand.plumbing.rows import update_rows

Outcome = GatewayAnswer | Exception
Answered = TypeVar("Answered")
Operations = dict[str, list[SandboxOperation]]
OUTCOME_FIELDS: Final = ("captured_minor", "refunded_minor", "state")


class ManySandbox(SandboxGateway):
    """The sandbox, for callers who have many calls to make."""

    def authorise_many(
        self, orders: Sequence[CardAuthorisation], *, now: datetime
    ) -> Sequence[Outcome]:
        """Enter authorisations; one outcome per order."""
        try:
            entered = self._enter_authorisations(orders, now=now)
        except IntegrityError:
            entered = {}  # another worker entered one of them meanwhile: each is looked at singly
        return [
            entered[order.key]
            if order.key in entered
            else _outcome(partial(self.authorise, order, now=now))
            for order in orders
        ]

    def capture_many(self, orders: Sequence[CaptureOrder], *, now: datetime) -> Sequence[Outcome]:
        """Enter captures; one outcome per order."""
        try:
            entered = self._enter_captures(orders, now=now)
        except IntegrityError:
            entered = {}
        return [
            entered[order.key]
            if order.key in entered
            else _outcome(partial(self.capture, order, now=now))
            for order in orders
        ]

    def look_up_refs(
        self, refs: Sequence[str], *, now: datetime
    ) -> Sequence[GatewayAnswer | Exception | None]:
        """Return the book on authorisations, by the sandbox's references."""
        found = _answers(SandboxIntent.objects.filter(pk__in=refs), now=now)
        by_ref = {answer.ref: answer for answer in found}
        return [
            by_ref.get(ref) or _outcome(partial(self.look_up, ref=ref, now=now)) for ref in refs
        ]

    def look_up_keys(
        self, keys: Sequence[str], *, now: datetime
    ) -> Sequence[GatewayAnswer | Exception | None]:
        """Return the book on authorisations, by our keys."""
        found = _answers(SandboxIntent.objects.filter(idempotency_key__in=keys), now=now)
        by_key = {answer.key: answer for answer in found}
        return [
            by_key.get(key) or _outcome(partial(self.look_up, key=key, now=now)) for key in keys
        ]

    @transaction.atomic
    def _enter_authorisations(
        self, orders: Sequence[CardAuthorisation], *, now: datetime
    ) -> dict[str, Outcome]:
        """Enter those that are new and may be charged; the others are left out."""
        keys = [order.key for order in orders]
        known = set(
            SandboxIntent.objects.filter(idempotency_key__in=keys).values_list(
                "idempotency_key", flat=True
            )
        )
        intents, outcomes = list[SandboxIntent](), dict[str, Outcome]()
        for order in orders:
            lost = _failure(partial(self._lose_call, order.key, now=now))
            if lost is not None:
                outcomes[order.key] = lost
            elif order.key not in known:
                intents.extend(self._new_intent(order, now=now))
        SandboxIntent.objects.bulk_create(intents)
        told = [one for intent in intents for one in sandbox_book.intent_events(intent)]
        sandbox_events.announce(*told, chaos=self.chaos)
        for intent in intents:
            outcomes[intent.idempotency_key] = self._answer_unless_lost(
                intent.idempotency_key, intent, operations=(), now=now
            )
        return outcomes

    def _new_intent(self, order: CardAuthorisation, *, now: datetime) -> list[SandboxIntent]:
        try:
            columns = sandbox_book.intent_columns(order, chaos=self.chaos, now=now)
        except DomainError:
            return []  # the single call says why
        intent = SandboxIntent(idempotency_key=order.key, **columns)
        return [] if intent.settles_at is None else [intent]

    @transaction.atomic
    def _enter_captures(
        self, orders: Sequence[CaptureOrder], *, now: datetime
    ) -> dict[str, Outcome]:
        """Enter those that are new and plainly allowed; the others are left out."""
        refs = [order.ref for order in orders]
        locked = SandboxIntent.objects.select_for_update().filter(pk__in=refs).order_by("ref")
        intents = {intent.ref: intent for intent in locked}
        earlier = _operations_of(intents.values())
        keys = [order.key for order in orders]
        known = set(SandboxOperation.objects.filter(pk__in=keys).values_list("pk", flat=True))
        entered, outcomes = list[SandboxOperation](), dict[str, Outcome]()
        for order in orders:
            lost = _failure(partial(self._lose_call, order.key, now=now))
            intent = intents.get(order.ref)
            if lost is not None:
                outcomes[order.key] = lost
            elif intent is None or order.key in known:
                continue
            elif _is_plainly_allowed(intent, order, earlier=earlier[intent.ref]):
                entered.append(self._new_capture(order, intent=intent, now=now))
        SandboxOperation.objects.bulk_create(entered)
        told = [one for made in entered for one in sandbox_book.operation_events(made)]
        sandbox_events.announce(*told, chaos=self.chaos)
        for made in entered:
            outcomes[made.idempotency_key] = self._answer_unless_lost(
                made.idempotency_key,
                made.intent,
                operations=[*earlier[made.intent.ref], made],
                now=now,
            )
        return outcomes

    def _new_capture(
        self, order: CaptureOrder, *, intent: SandboxIntent, now: datetime
    ) -> SandboxOperation:
        return sandbox_book.new_operation(
            order, intent=intent, kind=CommandKind.CAPTURE, chaos=self.chaos, now=now
        )

    def _answer_unless_lost(
        self,
        key: str,
        intent: SandboxIntent,
        *,
        operations: Iterable[SandboxOperation],
        now: datetime,
    ) -> Outcome:
        is_sure = not operations and card(intent.card_token).is_answer_lost
        lost = _failure(partial(self._lose_answer, key, is_sure=is_sure, replay=False))
        return lost or answer_of(intent, now=now, operations=operations)


def _is_plainly_allowed(
    intent: SandboxIntent, order: CaptureOrder, *, earlier: Sequence[SandboxOperation]
) -> bool:
    return (
        intent.state == PaymentState.AUTHORISED.value
        and not earlier
        and order.amount.currency == intent.currency
        and 0 < order.amount.minor <= intent.amount_minor
    )


@transaction.atomic
def _answers(wanted: QuerySet[SandboxIntent], *, now: datetime) -> list[GatewayAnswer]:
    """
    Return the book on plain authorisations after everything whose time has come became final.

    Lock: takes the authorisations' rows, in order.
    """
    locked = wanted.select_for_update().order_by("ref")
    intents = [intent for intent in locked if _is_plain(intent)]
    operations = _operations_of(intents)
    final, changed = list[SandboxOperation](), dict[str, SandboxIntent]()
    for intent in intents:
        if sandbox_book.settle_intent(intent, now=now):
            changed[intent.ref] = intent
        for one in operations[intent.ref]:
            if one.state == OperationState.PENDING.value and one.settles_at <= now:
                sandbox_book.settle_operation(intent, one)
                final.append(one)
                changed[intent.ref] = intent
    update_rows(list(changed.values()), fields=OUTCOME_FIELDS)
    update_rows(final, fields=("state", "failure"))
    return [answer_of(one, now=now, operations=operations[one.ref]) for one in intents]


def _is_plain(intent: SandboxIntent) -> bool:
    behaviour = card(intent.card_token)
    does_more = behaviour.do_refunds_return or behaviour.is_disputed
    return not (does_more or intent.saves_card)


def _operations_of(intents: Iterable[SandboxIntent]) -> Operations:
    found: Operations = defaultdict(list)
    rows = SandboxOperation.objects.filter(intent__in=[intent.ref for intent in intents])
    for row in rows.order_by("settles_at", "created_at"):
        found[row.intent_id].append(row)
    return found


def _outcome(call: Callable[[], Answered]) -> Answered | DomainError:
    try:
        return call()
    except DomainError as none:
        return none


def _failure(call: Callable[[], None]) -> DomainError | None:
    try:
        call()
    except DomainError as none:
        return none
    return None
