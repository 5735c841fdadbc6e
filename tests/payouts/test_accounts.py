"""Where a seller is paid: checked, masked, sealed, proven by its own person, and slow to change."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import ProgrammingError, transaction

from bandstand.offers.models import Offer
from bandstand.parties.models import Party, Person
from bandstand.parties.rules import Role
from bandstand.payouts import queries, services
from bandstand.payouts.models import PayoutAccount
from bandstand.payouts.rules import (
    AccountKind,
    FileForm,
    PayoutAccountError,
    SecondPersonError,
    read_account,
)
from bandstand.payouts.services import NotProvenError, PayoutRouteError
from bandstand.plumbing import clock
from bandstand.plumbing.models import Letter
from tests.factories import offers, orders, parties, payouts

pytestmark = pytest.mark.django_db
IBAN = "DE89370400440532013000"
PASSWORD = "correct horse"  # noqa: S105 -- a password for tests


@pytest.fixture
def northgate() -> Party:
    orders.shop()
    return parties.party()


@pytest.fixture
def nora(northgate: Party) -> Person:
    person = parties.person(email="nora@northgate.example")
    person.set_password(PASSWORD)
    person.save()
    parties.membership(person=person, party=northgate, role=Role.SELLER)
    return person


def stated(seller: Party, person: Person, *, number: str = IBAN, password: str = PASSWORD) -> UUID:
    return services.state_account(
        seller_id=seller.id,
        currency="EUR",
        details=read_account(kind=AccountKind.IBAN, number=number, holder="Northgate Ltd"),
        person_id=person.id,
        password=password,
        now=clock.now(),
    )


def test_a_first_account_is_usable_at_once_and_shown_masked(northgate: Party, nora: Person) -> None:
    stated(northgate, nora)

    account = queries.account_of(northgate.id, currency="EUR")

    assert account is not None
    assert account.is_usable(now=clock.now())
    assert account.masked == "DE •••• 3000"
    row = PayoutAccount.objects.get()
    assert IBAN not in f"{row.sealed} {row.masked} {row.fingerprint}"
    assert queries.details_for_payment(row).number == IBAN


def test_a_change_waits_and_the_former_contact_is_told(northgate: Party, nora: Person) -> None:
    stated(northgate, nora)
    other = parties.person(email="otto@northgate.example")
    other.set_password(PASSWORD)
    other.save()
    parties.membership(person=other, party=northgate, role=Role.SELLER)

    stated(northgate, other, number="NL91ABNA0417164300")

    account = queries.account_of(northgate.id, currency="EUR")
    assert account is not None
    assert not account.is_usable(now=clock.now() + timedelta(days=4))
    assert account.is_usable(now=clock.now() + timedelta(days=6))
    told = Letter.objects.filter(to_address="nora@northgate.example").get(
        subject="The account for your payouts was changed"
    )
    assert "NL •••• 4300" in told.body
    assert "0417164300" not in told.body


@pytest.mark.parametrize("password", ["", "wrong horse"])
def test_an_account_is_not_taken_without_the_persons_password(
    northgate: Party, nora: Person, password: str
) -> None:
    with pytest.raises(NotProvenError):
        stated(northgate, nora, password=password)

    assert not PayoutAccount.objects.exists()


def test_a_person_of_another_seller_states_nothing(northgate: Party) -> None:
    stranger = parties.person(email="wren@wren.example")
    stranger.set_password(PASSWORD)
    stranger.save()
    parties.membership(person=stranger, party=parties.party(), role=Role.SELLER)

    with pytest.raises(NotProvenError):
        stated(northgate, stranger)

    assert not PayoutAccount.objects.exists()


def test_a_blocked_account_is_confirmed_by_stating_it_again(northgate: Party, nora: Person) -> None:
    account_id = stated(northgate, nora)
    services.block_account(
        account_id=account_id, reason="A name differs", actor="ada", now=clock.now()
    )
    assert Letter.objects.filter(subject="Payouts to your account are stopped").exists()

    assert stated(northgate, nora) == account_id

    account = queries.account_of(northgate.id, currency="EUR")
    assert account is not None
    assert account.blocked_at is None


def test_what_an_account_says_cannot_be_changed_in_the_table(
    northgate: Party, nora: Person
) -> None:
    stated(northgate, nora)

    for change in ({"masked": "DE •••• 0000"}, {"usable_from": clock.now() - timedelta(days=9)}):
        with pytest.raises(ProgrammingError, match="never changes"), transaction.atomic():
            PayoutAccount.objects.update(**change)

    assert PayoutAccount.objects.get().masked == "DE •••• 3000"


@pytest.mark.parametrize(
    ("kind", "number", "routing", "said"),
    [
        (AccountKind.IBAN, "DE89370400440532013001", "", "does not check"),
        (AccountKind.IBAN, "DE8937040044053201300", "", "missing"),
        (AccountKind.US_BANK, "12", "110000000", "4 to 17"),
        (AccountKind.US_BANK, "000123456789", "110000001", "routing number"),
        (AccountKind.CONNECTED, "northgate", "", "acct_"),
    ],
)
def test_a_number_that_cannot_be_right_is_refused_with_its_mend(
    kind: AccountKind, number: str, routing: str, said: str
) -> None:
    with pytest.raises(PayoutAccountError, match=said):
        read_account(kind=kind, number=number, holder="Northgate Ltd", routing=routing)


def test_a_run_leaves_out_who_cannot_be_paid_and_says_why() -> None:
    orders.shop()
    payouts.terms()
    phone: Offer = offers.offer()
    payouts.account(phone.seller_id)
    payouts.matured(phone)
    after = payouts.after_window()

    # Without a route the bank's file pays, and it does not pay to accounts at a provider.
    (left,) = queries.left_out(currency="USD", now=after)
    assert "does not pay to this kind" in left.reason
    PayoutAccount.objects.update(ended_at=clock.now())
    (left,) = queries.left_out(currency="USD", now=after)
    assert left.reason == "no account for payouts yet"
    payouts.bank_account(phone.seller_id)

    assert queries.left_out(currency="USD", now=after) == ()
    assert len(queries.payable_now(currency="USD", now=after)) == 1


def test_a_run_is_confirmed_by_another_than_proposed_it() -> None:
    orders.shop()
    payouts.terms()
    payouts.route()
    phone = offers.offer()
    payouts.matured(phone)
    after = payouts.after_window()
    run = services.propose_run(currency="USD", actor=payouts.ACTOR, now=after)
    due = queries.balance_of(phone.seller_id, currency="USD").payable

    with pytest.raises(SecondPersonError):
        services.confirm_run(run_id=run, expected=due, actor=payouts.ACTOR.upper(), now=after)

    assert queries.payouts_of_run(run) == ()


def test_a_route_by_pain_001_needs_the_payers_iban() -> None:
    with pytest.raises(PayoutRouteError, match="IBAN"):
        services.set_payout_route(
            currency="EUR", gateway="bank_file", form=FileForm.PAIN_001, debtor=None,
            cooling_days=5, actor="ada", now=clock.now(),
        )  # fmt: skip

    assert queries.payout_routes() == ()
