"""What every gateway must do alike with saved cards, old keys, and refunds that come back."""

from datetime import timedelta

import pytest

from bandstand.payments.gateways.port import (
    CaptureOrder,
    CardAuthorisation,
    GatewayBusyError,
    GatewayRefusedError,
    RefundOrder,
    SetupOrder,
)
from bandstand.payments.rules import OperationState, PaymentState
from bandstand.payments.rules.cards import ProviderCard, SetupState, require_keepable
from bandstand.payments.rules.reports import SetupAnswer
from tests.payments.contract.shapes import TEN, Shape, asked, authorised, looked

BACK = "https://shop.lark.example/order/1/plan/1/"


def begun(shape: Shape, *, key: str = "setup:1", customer: str = "") -> SetupAnswer:
    order = SetupOrder(
        key=shape.run + key, currency="USD", return_url=BACK, customer=customer, metadata={"a": "b"}
    )
    return shape.gateway.begin_setup(order, now=shape.now)


def saved(shape: Shape, *, name: str = "ok", key: str = "setup:1") -> ProviderCard:
    ref = begun(shape, key=key).ref
    shape.save_on_page(ref, name=name)
    shape.settle()
    found = shape.gateway.look_up_setup(ref=ref, now=shape.now)
    assert found is not None
    assert found.card is not None
    return found.card


def charge(card: ProviderCard, *, key: str, off: bool = True) -> CardAuthorisation:
    return CardAuthorisation(
        key=key,
        amount=TEN,
        card_token=card.token,
        return_url="" if off else BACK,
        is_off_session=off,
    )


def test_setup_leads_to_a_page_and_charges_nothing(shape: Shape) -> None:
    answer = begun(shape)
    again = begun(shape)

    assert answer.state is SetupState.ASKED
    assert answer.action_url.startswith("http")
    assert answer.card is None
    assert again.ref == answer.ref
    assert shape.gateway.look_up(ref=answer.ref, now=shape.now) is None


def test_card_saved_without_a_charge_pays_later_without_its_owner(shape: Shape) -> None:
    if shape.run:
        return  # nobody can type a card on the page of the real test mode
    card = saved(shape)
    require_keepable(card)

    answer = shape.gateway.authorise(charge(card, key="inst:1"), now=shape.now)

    assert (card.brand, card.last_four) == ("visa", "4242")
    assert looked(shape, ref=answer.ref).state is PaymentState.AUTHORISED


def test_bank_that_wants_its_owner_is_paid_with_the_owner_present(shape: Shape) -> None:
    if shape.run:
        return
    card = saved(shape, name="asks")

    off = shape.gateway.authorise(charge(card, key="inst:1"), now=shape.now)
    here = shape.gateway.authorise(charge(card, key="inst:2", off=False), now=shape.now)

    assert looked(shape, ref=off.ref).decline_code == "authentication_required"
    assert here.state is PaymentState.ACTION_NEEDED
    assert here.action_url.startswith("http")


def test_second_card_of_one_owner_is_kept_with_the_first(shape: Shape) -> None:
    if shape.run:
        return
    first = saved(shape)

    ref = begun(shape, key="setup:2", customer=first.customer).ref
    shape.save_on_page(ref, name="ok")
    shape.settle()
    second = shape.gateway.look_up_setup(ref=ref, now=shape.now)

    assert second is not None
    assert second.card is not None
    assert second.card.customer == first.customer
    assert second.card.method != first.method


def test_forgotten_card_pays_no_more(shape: Shape) -> None:
    if shape.run:
        return
    card = saved(shape)

    for _ in range(2):
        shape.gateway.forget_card(customer=card.customer, method=card.method, now=shape.now)

    with pytest.raises(GatewayRefusedError):
        shape.gateway.authorise(charge(card, key="inst:1"), now=shape.now)


def test_payment_that_saves_its_card_says_which(shape: Shape) -> None:
    order = asked(shape)
    plain = shape.gateway.authorise(order, now=shape.now)
    keeping = CardAuthorisation(
        key=f"{shape.run}auth:2",
        amount=TEN,
        card_token=order.card_token,
        return_url=BACK,
        saves_card=True,
    )
    kept = looked(shape, ref=shape.gateway.authorise(keeping, now=shape.now).ref).card

    assert looked(shape, ref=plain.ref).card is None
    assert kept is not None
    require_keepable(kept)
    later = shape.gateway.authorise(charge(kept, key=f"{shape.run}inst:1"), now=shape.now)
    assert looked(shape, ref=later.ref).state is PaymentState.AUTHORISED


def test_what_nobody_set_up_is_not_there(shape: Shape) -> None:
    assert shape.gateway.look_up_setup(ref="cs_nowhere", now=shape.now) is None
    assert shape.gateway.look_up_setup(key="setup:9", now=shape.now) is None


def test_key_that_is_known_is_answered_from_memory(shape: Shape) -> None:
    first = shape.gateway.authorise(asked(shape), now=shape.now)
    again = shape.gateway.authorise(asked(shape), now=shape.now)

    assert not first.is_replay
    assert again.is_replay
    assert again.ref == first.ref


def test_key_older_than_a_day_is_a_new_charge_unless_it_is_looked_up(shape: Shape) -> None:
    if shape.run:
        return
    first = authorised(shape)
    shape.pass_days(2)

    found = shape.gateway.look_up(key="auth:1", now=shape.now)
    blind = shape.gateway.authorise(asked(shape), now=shape.now)

    assert found is not None
    assert found.ref == first.ref
    assert blind.ref != first.ref


def test_busy_provider_says_when_to_come_again(shape: Shape) -> None:
    if shape.run:
        return
    shape.go_wrong("slow_down")

    with pytest.raises(GatewayBusyError) as busy:
        shape.gateway.authorise(asked(shape), now=shape.now)

    assert timedelta() < busy.value.after <= timedelta(seconds=7)


def test_refund_that_went_through_may_come_back(shape: Shape) -> None:
    if shape.run:
        return
    ref = authorised(shape, card="refund returns").ref
    shape.gateway.capture(CaptureOrder("cap:1", ref, TEN), now=shape.now)
    looked(shape, ref=ref)
    shape.gateway.refund(RefundOrder("ref:1", ref, TEN), now=shape.now)
    done = looked(shape, ref=ref)
    operation = done.operation("ref:1")
    assert operation is not None
    assert (operation.state, done.refunded) == (OperationState.SUCCEEDED, TEN)

    shape.return_refund(done, key="ref:1")

    back = looked(shape, ref=ref)
    operation = back.operation("ref:1")
    assert operation is not None
    assert operation.state is OperationState.FAILED
    assert back.refunded.is_zero
    again = shape.gateway.refund(RefundOrder("ref:1:2", ref, TEN), now=shape.now)
    assert again.operation("ref:1:2") is not None
