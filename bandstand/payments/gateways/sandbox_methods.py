"""The cards that the sandbox keeps for its customers, and the page on which one is kept."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import transaction

from bandstand.kernel.canonical import sha256_hex
from bandstand.payments.gateways import sandbox_cards, sandbox_events
from bandstand.payments.gateways.port import GatewayRefusedError, SetupOrder
from bandstand.payments.gateways.sandbox_chaos import Chaos
from bandstand.payments.models import SandboxMethod, SandboxSetup
from bandstand.payments.rules.cards import ProviderCard, SetupState, last_day, read_token
from bandstand.payments.rules.reports import SetupAnswer
from bandstand.plumbing.ids import new_id

MONTHS: Final = 12


@dataclass(frozen=True, slots=True)
class ChosenCard:
    """A card as it is charged: how it behaves, whose it is, and whether it has ended."""

    token: str
    customer: str = ""
    has_ended: bool = False


def card_behind(token: str, *, now: datetime) -> ChosenCard:
    """
    Return the card that a token charges: one of the test cards, or one that was kept.

    Raises: GatewayRefusedError for a card that is not kept, is another's, or was forgotten.
    """
    named = read_token(token)
    if named is None:
        return ChosenCard(token)
    customer, ref = named
    method = SandboxMethod.objects.filter(pk=ref, customer_ref=customer, forgotten_at=None).first()
    if method is None:
        raise GatewayRefusedError("The sandbox keeps no such card.", code="no_such_card")
    shown = provider_card(method)
    ends = last_day(year=shown.expires_year, month=shown.expires_month)
    return ChosenCard(method.card_token, customer=customer, has_ended=now.date() > ends)


def new_customer() -> str:
    """Return a name for a customer whom the sandbox did not know."""
    return f"sbc_{new_id().hex}"


def keep_card(token: str, *, customer: str, now: datetime) -> SandboxMethod:
    """Keep a card for a customer."""
    return SandboxMethod.objects.create(
        ref=f"sbm_{new_id().hex}", customer_ref=customer, card_token=token, kept_at=now
    )


def provider_card(method: SandboxMethod) -> ProviderCard:
    """Return a kept card as the port tells it."""
    card = sandbox_cards.card(method.card_token)
    months = method.kept_at.year * MONTHS + method.kept_at.month - 1 + card.lasts_months
    return ProviderCard(
        customer=method.customer_ref,
        method=method.ref,
        brand=card.brand,
        last_four=card.last_four,
        expires_year=months // MONTHS,
        expires_month=months % MONTHS + 1,
    )


def forget_card(*, customer: str, method: str, now: datetime) -> None:
    """Forget a kept card; repeated, it changes nothing."""
    SandboxMethod.objects.filter(pk=method, customer_ref=customer, forgotten_at=None).update(
        forgotten_at=now
    )


@transaction.atomic
def open_setup(order: SetupOrder, *, now: datetime) -> SandboxSetup:
    """
    Open the page on which a card is kept, or find it by its key.

    Raises: GatewayRefusedError if the key was used for something else.
    """
    asked = sha256_hex(
        {
            "currency": order.currency,
            "return_url": order.return_url,
            "customer": order.customer,
            "metadata": dict(order.metadata),
        }
    )
    setup, _ = SandboxSetup.objects.get_or_create(
        idempotency_key=order.key,
        defaults={
            "ref": f"sbs_{new_id().hex}",
            "request_hash": asked,
            "customer_ref": order.customer or new_customer(),
            "state": SetupState.ASKED.value,
            "return_url": order.return_url,
            "created_at": now,
        },
    )
    if setup.request_hash != asked:
        raise GatewayRefusedError(
            f"The key “{order.key}” was already used for another request.",
            code="idempotency_mismatch",
        )
    return settled_setup(setup.ref, now=now)


@transaction.atomic
def choose_card(ref: str, *, token: str, chaos: Chaos, now: datetime) -> SandboxSetup:
    """
    Enter the card that the buyer chose on the page; a bank that asks is asked next.

    Raises: GatewayRefusedError for an unknown card or setup.
    """
    card = sandbox_cards.card(token)
    setup = settled_setup(ref, now=now)
    if setup.state != SetupState.ASKED.value or setup.card_token:
        return setup
    setup.card_token = token
    setup.decline_code = card.decline_code
    setup.save(update_fields=["card_token", "decline_code"])
    if not card.needs_challenge:
        _finish(setup, chaos=chaos, now=now)
    return setup


@transaction.atomic
def answer_setup(ref: str, *, is_approved: bool, chaos: Chaos, now: datetime) -> SandboxSetup:
    """
    Enter what the buyer told the bank; the first answer counts.

    Raises: GatewayRefusedError for an unknown setup.
    """
    setup = settled_setup(ref, now=now)
    if setup.state != SetupState.ASKED.value or not setup.card_token or setup.settles_at:
        return setup
    if not is_approved:
        setup.decline_code = "authentication_refused"
        setup.save(update_fields=["decline_code"])
    _finish(setup, chaos=chaos, now=now)
    return setup


@transaction.atomic
def settled_setup(ref: str, *, now: datetime) -> SandboxSetup:
    """
    Return a setup after it became final, if its time has come.

    Raises: GatewayRefusedError if it is not there.
    Lock: takes the setup's row.
    """
    setup = SandboxSetup.objects.select_for_update().filter(pk=ref).first()
    if setup is None:
        raise GatewayRefusedError(f"The sandbox has no setup “{ref}”.", code="no_such_payment")
    is_due = setup.settles_at is not None and setup.settles_at <= now
    if setup.state == SetupState.ASKED.value and is_due:
        outcome = SetupState.FAILED if setup.decline_code else SetupState.SUCCEEDED
        setup.state = outcome.value
        if outcome is SetupState.SUCCEEDED:
            setup.method = keep_card(setup.card_token, customer=setup.customer_ref, now=now)
        setup.save(update_fields=["state", "method"])
    return setup


def setup_answer(setup: SandboxSetup) -> SetupAnswer:
    """Return a setup as the port tells it."""
    is_open = setup.state == SetupState.ASKED.value and setup.settles_at is None
    return SetupAnswer(
        ref=setup.ref,
        key=setup.idempotency_key,
        state=SetupState(setup.state),
        action_url=f"{settings.BASE_URL}/payments/sandbox/setup/{setup.ref}/" if is_open else "",
        card=None if setup.method is None else provider_card(setup.method),
        failure=setup.decline_code if setup.state == SetupState.FAILED.value else "",
    )


def look_up_setup(*, ref: str, key: str, now: datetime) -> SetupAnswer | None:
    """Return the book on a setup, by the sandbox's reference or by our key."""
    wanted = {"pk": ref} if ref else {"idempotency_key": key}
    found = SandboxSetup.objects.filter(**wanted).values_list("ref", flat=True).first()
    return None if found is None else setup_answer(settled_setup(found, now=now))


def _finish(setup: SandboxSetup, *, chaos: Chaos, now: datetime) -> None:
    setup.settles_at = now + chaos.settling_delay(setup.idempotency_key)
    setup.save(update_fields=["settles_at"])
    told = sandbox_events.Told(
        event_id=f"evt_{setup.ref}",
        kind="setup.settled",
        ref=setup.ref,
        due_at=setup.settles_at,
    )
    sandbox_events.announce(told, chaos=chaos)
