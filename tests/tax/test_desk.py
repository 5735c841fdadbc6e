"""The tax room of the console, and rates from the command line."""

import zipfile
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.test import Client

from bandstand.config.cli.data import data
from bandstand.config.cli.tax import tax
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.ledger import services as books
from bandstand.ledger.rules import AccountCode, credit, debit
from bandstand.parties.models import OperatorProfile
from bandstand.parties.rules import Role
from bandstand.plumbing import clock
from bandstand.tax import queries, services
from bandstand.tax.models import SstBoundary, SstRate, TaxPolicy, TaxRate, TaxReturn
from bandstand.tax.queries import Coverage
from bandstand.tax.rules import EngineName, ReturnState
from tests.console.conftest import Callers, callers, client_of, operator
from tests.factories import catalogue, offers, orders, rights, sst, tax as taxes

__all__ = ["callers", "client_of", "operator"]

pytestmark = pytest.mark.django_db

FILE = taxes.HEAD + "US-CA:94103,sales,8.625,2026-07-01,,,State publication of July 2026\n"


def test_only_staff_may_see_or_set_it(callers: Callers) -> None:
    for stranger in callers.strangers.values():
        assert stranger.get("/console/tax/").status_code in {302, 403}
        sent = {"market": "US", "engine": "embedded", "source": "Mine", "confirmed": "yes"}
        assert stranger.post("/console/tax/policy/", sent).status_code in {302, 403}
        kept = {"rates": FILE, "confirmed": "yes"}
        assert stranger.post("/console/tax/import/", kept).status_code in {302, 403}

    assert not TaxPolicy.objects.exists()
    assert not TaxRate.objects.exists()


def test_a_policy_is_looked_at_then_set_and_brings_the_shops_rates(operator: Client) -> None:
    sent = {"market": "us", "engine": "embedded", "source": "Registration 12-345"}

    question = operator.post("/console/tax/policy/", sent).content.decode()
    assert "Registration 12-345" in question
    assert not TaxPolicy.objects.exists()
    operator.post("/console/tax/policy/", {**sent, "confirmed": "yes"})

    policy = queries.policy_in("US", now=clock.now())
    assert policy is not None
    assert policy.engine is EngineName.EMBEDDED
    page = operator.get("/console/tax/?market=US").content.decode()
    assert "California (US-CA)" in page
    assert "7.25 % sales tax" in page
    assert "Estimate only" in page


def test_a_market_that_is_none_is_refused(operator: Client) -> None:
    sent = {"market": "XX", "engine": "embedded", "source": "Mine", "confirmed": "yes"}

    assert operator.post("/console/tax/policy/", sent).status_code == 422
    assert not TaxPolicy.objects.exists()


def test_an_import_is_looked_at_before_it_is_kept(operator: Client) -> None:
    taxes.policy()
    wrong = FILE + "California,sales,8,2026-07-01,,,A table\n"

    question = operator.post("/console/tax/import/", {"rates": wrong}).content.decode()
    assert "is not a jurisdiction" in question
    assert not TaxRate.objects.filter(jurisdiction="US-CA:94103").exists()
    operator.post("/console/tax/import/", {"rates": wrong, "confirmed": "yes"})

    kept = TaxRate.objects.get(jurisdiction="US-CA:94103")
    assert (kept.rate_ppm, kept.title, kept.is_estimate) == (86_250, "California", False)
    assert kept.loaded_by == "ada@lark.example.org"


def test_a_file_with_nothing_in_it_is_told_why(operator: Client) -> None:
    answer = operator.post("/console/tax/import/", {"rates": "juristiction,kind\nUS-CA,sales\n"})

    assert answer.status_code == 422
    assert "is it “juristiction”?" in answer.content.decode()
    assert not TaxRate.objects.exists()


def test_what_was_collected_is_shown_by_authority_and_kept_as_a_file(operator: Client) -> None:
    taxes.policy()
    phone = offers.offer(units=1)
    checkout = orders.prepare(orders.basket(phone), expected_total=taxes.dollars(51_000))
    orders.pay(checkout.id)
    orders.hear_everything()

    page = operator.get("/console/tax/").content.decode()
    file = operator.get("/console/tax/?format=csv").content.decode()

    assert "US-IL" in page
    assert "$30.00" in page
    assert file.splitlines() == ["owed_to,collected,currency", "US-IL,30.00,USD"]


def test_what_used_phones_were_bought_for_is_looked_at_then_kept(operator: Client) -> None:
    new = offers.offer()
    rights.grant(
        grantee=new.seller,
        brand=new.variant.model.brand,
        category=new.variant.model.category,
        conditions=["used"],
    )
    used = offers.offer(condition="used", variant=new.variant, seller=new.seller)
    sent = {
        "offer": print_id(IdKind.OFFER, used.id),
        "cost": "360.00",
        "acquired_from": "private_person",
        "source": "Purchase book, page 12",
    }

    question = operator.post("/console/tax/acquired/", sent).content.decode()
    assert "$360.00" in question
    assert queries.acquisitions() == ()
    operator.post("/console/tax/acquired/", {**sent, "confirmed": "yes"})

    assert [one.cost for one in queries.acquisitions()] == [taxes.dollars(36_000)]
    assert "A private person" in operator.get("/console/tax/").content.decode()
    for wrong in ({"offer": print_id(IdKind.OFFER, new.id)}, {"cost": "1,000"}, {"offer": "x"}):
        answer = operator.post("/console/tax/acquired/", {**sent, **wrong, "confirmed": "yes"})
        assert answer.status_code == 422, wrong
    assert len(queries.acquisitions()) == 1


def test_coverage_says_what_is_loaded_estimated_and_missing() -> None:
    catalogue.market(code="US")
    catalogue.market(code="AU", currency="AUD")
    taxes.policy()
    taxes.load("US-CA,sales,7.5,2026-07-01,,,A file", "US-NV:89501,sales,8.265,2026-07-01,,,A file")

    by_market = {one.market: one for one in queries.coverage(now=clock.now())}

    states = {row.authority: row for row in by_market["US"].rows}
    assert (states["US-CA"].coverage, states["US-TX"].coverage) == (
        Coverage.LOADED,
        Coverage.ESTIMATE,
    )
    assert states["US-NV"].postal_codes == 1
    assert len(states) == 51
    assert [row.coverage for row in by_market["AU"].rows] == [Coverage.NONE]
    assert by_market["AU"].policy is None


def test_the_shops_rates_are_loaded_once_and_hold_the_unions_members() -> None:
    catalogue.market(code="US")
    now = clock.now()

    first = services.load_embedded_rates(now=now, actor=taxes.ACTOR)
    again = services.load_embedded_rates(now=now, actor=taxes.ACTOR)

    assert (first, again) == (TaxRate.objects.count(), 0)
    germany = TaxRate.objects.get(jurisdiction="DE")
    assert (germany.rate_ppm, germany.is_estimate) == (190_000, False)
    assert TaxRate.objects.get(jurisdiction="FI").rate_ppm == 255_000
    assert TaxRate.objects.filter(is_estimate=True).count() == 51


def test_the_command_previews_and_then_imports(tmp_path: Path) -> None:
    file = tmp_path / "rates.csv"
    file.write_text(FILE)

    looked = CliRunner().invoke(data, ["import", "tax-rates", str(file)])
    assert (looked.exit_code, TaxRate.objects.count()) == (0, 0)
    assert "Nothing was written" in looked.output
    done = CliRunner().invoke(data, ["import", "tax-rates", str(file), "--apply", "--json"])

    assert done.exit_code == 0
    assert '"added": 1' in done.output
    assert TaxRate.objects.get().from_date == date(2026, 7, 1)
    file.write_text(FILE + "US-CA,sales,200,2026-07-01,,,A table\n")
    refused = CliRunner().invoke(data, ["import", "tax-rates", str(file)])
    assert refused.exit_code == 1
    assert "“200” is not a rate" in refused.output


def test_a_states_file_is_looked_at_loaded_and_asked_by_the_command(tmp_path: Path) -> None:
    orders.shop()
    archive = tmp_path / "KSR.zip"
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr("KSR.csv", sst.RATES)
    places = tmp_path / "KSB.csv"
    places.write_text(sst.boundary_line(place="02900"))

    looked = CliRunner().invoke(tax, ["load", str(archive)])
    assert (looked.exit_code, SstRate.objects.count()) == (0, 0)
    assert "KS rates file: 3 lines, 3 used, 3 rows, 0 refused" in looked.output
    for file in (archive, places):
        assert CliRunner().invoke(tax, ["load", str(file), "--apply"]).exit_code == 0
    told = CliRunner().invoke(tax, ["rate", "KS", "66002", "--on", "2026-07-01"])

    assert told.exit_code == 0
    assert "Kansas 66002 on 2026-07-01: 8.75 %" in told.output
    assert "city 02900" in told.output
    unknown = CliRunner().invoke(tax, ["rate", "KS", "66099"])
    assert unknown.exit_code == 1
    assert "do not tell the rate at 66099" in unknown.output
    places.write_text("hello,world\n")
    wrong = CliRunner().invoke(tax, ["load", str(places), "--apply"])
    assert wrong.exit_code == 1
    assert "begins neither a rate file" in wrong.output
    assert SstBoundary.objects.count() == 1


REGISTRATION = {
    "authority": "US-IL",
    "number": "IL-4711",
    "is_facilitator": "on",
    "period": "month",
    "from_date": "2026-01-01",
    "source": "Certificate",
}


def collected_long_ago() -> None:
    """Owe Illinois $30.00 for a period that is over."""
    taxes.policy()
    long_ago = clock.now() - timedelta(days=40)
    books.post(
        idempotency_key="sale:1",
        kind="sale",
        entries=(
            debit(AccountCode.PSP_CLEARING, taxes.dollars(3_000)),
            credit(AccountCode.TAX_PAYABLE, taxes.dollars(3_000), key="US-IL"),
        ),
        effective_at=long_ago,
        now=long_ago,
    )


def test_a_return_goes_through_the_desk_by_two_persons(callers: Callers) -> None:
    collected_long_ago()
    lark = OperatorProfile.objects.get().party
    ada, ben = callers.operator, client_of("ben@lark.example.org", party=lark, role=Role.OPERATOR)
    ada.post("/console/tax/registrations/new/", {**REGISTRATION, "confirmed": "yes"})
    begin = {"authority": "US-IL", "currency": "USD"}
    asked = ada.post("/console/tax/returns/prepare/", begin)
    assert not TaxReturn.objects.exists()
    assert "$30.00" in asked.content.decode()
    ada.post("/console/tax/returns/prepare/", {**begin, "confirmed": "yes"})

    (row,) = queries.returns()
    page = f"/console/tax/returns/{row.id}/"
    shown = ada.get(page).content.decode()
    assert "$30.00" in shown
    assert "Marketplace facilitator" in shown
    refused = ada.post(f"{page}file/", {"reference": "IL-9", "confirmed": "yes"})
    assert "somebody else has to file" in refused.content.decode()
    ben.post(f"{page}file/", {"reference": "IL-9", "confirmed": "yes"})
    ada.post(f"{page}pay/", {"reference": "ACH 1", "confirmed": "yes"})

    assert queries.return_row(row.id).state is ReturnState.PAID
    assert "Paid" in ada.get("/console/tax/returns/").content.decode()
    file = ada.get(f"{page}?format=csv").content.decode().splitlines()
    assert file[0].startswith("authority,registration,from,until")
    assert file[1].startswith("US-IL,IL-4711,")
    for stranger in callers.strangers.values():
        assert stranger.get("/console/tax/returns/").status_code in {302, 403}
        assert stranger.post(f"{page}drop/", {"reference": "x"}).status_code in {302, 403}
    assert queries.return_row(row.id).state is ReturnState.PAID


def test_preparing_nothing_in_particular_leads_to_the_list(callers: Callers) -> None:
    taxes.policy()

    answer = callers.operator.get("/console/tax/returns/prepare/")

    assert (answer.status_code, answer["location"]) == (302, "/console/tax/returns/")
    assert not TaxReturn.objects.exists()
