"""An agreement says everything its market's law wants, and is kept as it was accepted."""

import hashlib
import html as entities
import re
from datetime import date
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from bandstand.credit import documents, services
from bandstand.credit.law import regulation_of, regulations
from bandstand.credit.models import Agreement, AgreementPdf, Disclosure, Plan
from bandstand.credit.rules import TermsRow, disclose
from bandstand.credit.rules.agreement import AgreementFacts, AgreementText, agreement_text
from bandstand.credit.services import AgreementMissingError
from bandstand.money import Money
from tests.factories import credit
from tests.factories.credit import NOON

FACTS = AgreementFacts(
    creditor="Lark Mobile Inc., 1 Quay Street",
    support="help@lark.example",
    buyer="Mira <b>Bold</b>",
    buyer_address="1 Elm Street",
    buyer_email="mira@example.org",
    device="Aster One (new)",
    seller="Northgate",
    locale="en_US",
)
HOLDER = "ANY HOLDER OF THIS CONSUMER CREDIT CONTRACT IS SUBJECT TO ALL CLAIMS AND DEFENSES"
REG_Z_BOX = {"apr", "finance_charge", "amount_financed", "total_of_payments", "total_sale_price"}


def agreement(*, market: str = "US", on: date = date(2026, 12, 1)) -> AgreementText:
    terms = TermsRow(uuid4(), 24, 999, 1000, "24 months at 9.99 %")
    told = disclose(
        Money(99_999, {"US": "USD", "DE": "EUR", "GB": "GBP"}[market]),
        terms,
        contract_date=on,
        market=market,
    )
    return agreement_text(told, facts=FACTS, regulation=regulation_of(told.regime))


def stored() -> UUID:
    return services.store_disclosure(disclosure=credit.disclosure(), market="US", now=NOON)


def test_the_federal_box_holds_its_five_figures_and_two_stand_out() -> None:
    box = {item.key: item for item in agreement().box}

    assert set(box) == REG_Z_BOX
    assert {key for key, item in box.items() if item.is_loud} == {"apr", "finance_charge"}
    assert "999.99" not in box["amount_financed"].text
    assert box["amount_financed"].text == "$899.99"


def test_the_holder_notice_is_in_every_us_agreement_and_in_no_other() -> None:
    assert any(HOLDER in notice.text for notice in agreement().notices)
    assert not any(HOLDER in notice.text for notice in agreement(market="DE").notices)


def test_the_european_directive_applies_from_its_day() -> None:
    before, after = (
        agreement(market="DE", on=day) for day in (date(2026, 11, 19), date(2026, 11, 20))
    )

    assert before.items == ()
    assert any("14 days" in item.text for item in after.items)
    assert any(item.key == "apr" for item in after.box)


@pytest.mark.parametrize("market", ["US", "DE", "GB"])
def test_no_figure_is_left_unfilled(market: str) -> None:
    text = agreement(market=market)

    said = [item.text + item.note for item in (*text.box, *text.items, *text.notices)]
    assert said
    assert not any("{" in one or "}" in one for one in said)


def test_every_item_of_the_table_names_its_clause_and_first_day() -> None:
    items = [
        item
        for regulation in regulations().values()
        for item in (*regulation.items, *regulation.notices)
    ]

    assert all(re.search(r"\d", item.source.law) for item in items)
    assert any(not item.source.is_checked for item in items)  # what was not read says so


def test_the_page_is_accessible_and_escapes_what_people_typed() -> None:
    page = documents.agreement_html(agreement(), stylesheet="/static/css/agreement.css")

    assert "Mira &lt;b&gt;Bold&lt;/b&gt;" in page
    assert '<html lang="en-US">' in page
    assert page.count("<h1>") == 1
    assert page.count('scope="row"') == 24
    assert "<caption>" in page
    assert "style=" not in page
    assert HOLDER in entities.unescape(page)


def test_the_page_draws_as_a_tagged_pdf() -> None:
    drawn = documents.agreement_pdf(
        documents.agreement_html(agreement(), stylesheet="/static/css/agreement.css")
    )

    if not documents.can_draw():
        assert drawn is None
        return
    assert drawn is not None
    assert drawn.startswith(b"%PDF-")
    assert len(drawn) > 10_000


@pytest.mark.django_db
def test_an_accepted_agreement_is_kept_byte_for_byte() -> None:
    disclosure = stored()

    first, second = credit.accepted(disclosure), credit.accepted(disclosure)

    row = Agreement.objects.get()
    assert first == second == row.id
    assert row.sha256 == hashlib.sha256(row.html.encode()).hexdigest()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("update credit_agreement set html = ''")


@pytest.mark.django_db
def test_without_an_accepted_agreement_no_plan_opens() -> None:
    terms = credit.terms()
    told = services.store_disclosure(
        disclosure=credit.disclosure(terms=terms), market="US", now=NOON
    )

    with pytest.raises(AgreementMissingError):
        services.open_plan(
            order_line_id=uuid4(),
            terms_id=terms.id,
            disclosure_id=told,
            buyer_email="mira@example.org",
            now=NOON,
        )
    assert not Plan.objects.exists()


@pytest.mark.django_db
def test_the_database_refuses_a_plan_that_nobody_agreed_to() -> None:
    terms = credit.terms()
    told = services.store_disclosure(
        disclosure=credit.disclosure(terms=terms), market="US", now=NOON
    )

    with pytest.raises(DatabaseError) as seen, transaction.atomic():
        Plan.objects.create(
            order_line_id=uuid4(),
            terms_id=terms.id,
            disclosure=Disclosure.objects.get(pk=told),
            buyer_email="mira@example.org",
            currency="USD",
            financed_minor=1,
            state="agreed",
            agreed_at=NOON,
        )
    assert getattr(seen.value.__cause__, "sqlstate", "") == "P0462"


@pytest.mark.django_db
def test_a_pdf_is_drawn_once() -> None:
    accepted = credit.accepted(stored())

    if not documents.can_draw():
        assert not services.draw_agreement(agreement_id=accepted, now=NOON)
        return
    assert services.draw_agreement(agreement_id=accepted, now=NOON)
    first = bytes(AgreementPdf.objects.get().content)
    assert services.draw_agreement(agreement_id=accepted, now=NOON)
    assert bytes(AgreementPdf.objects.get().content) == first
