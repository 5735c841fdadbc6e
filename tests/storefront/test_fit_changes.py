"""What the fit panel says of the next change: the nearest first, later ones after it."""

import pytest
from django.test import Client

from bandstand.catalogue import services
from bandstand.kernel.words import Certainty
from bandstand.plumbing import clock
from bandstand.storefront.pages.fits import A_FACT_CHANGES, changes_text, notice_text
from tests.factories import catalogue
from tests.storefront.conftest import World

LTE_END = {
    "code": "RAT_SUNSET_PLANNED",
    "text": "The network has announced the end of 4G for 31 December 2034.",
    "ends_on": "2035-01-01",
}
GSM_END = {
    "code": "RAT_SUNSET_PLANNED",
    "text": "The network ends 2G on 3 August 2026.",
    "ends_on": "2026-08-04",
}
OTHER = {"code": "OK", "text": "The phone has every primary band."}


@pytest.mark.parametrize(
    ("reasons", "on", "said"),
    [
        ([], "2027-01-01", A_FACT_CHANGES),
        ([OTHER], "2027-01-01", A_FACT_CHANGES),
        ([LTE_END], "2027-01-01", f"{A_FACT_CHANGES} Later: {LTE_END['text']}"),
        ([LTE_END], "2035-01-01", LTE_END["text"]),
        ([LTE_END, GSM_END], "2026-08-04", f"{GSM_END['text']} Later: {LTE_END['text']}"),
    ],
)
def test_nearest_change_is_said_first(reasons: list[dict[str, str]], on: str, said: str) -> None:
    assert changes_text(reasons, on=on) == said


def test_notice_stands_where_a_shopper_reads_it_and_not_only_among_the_reasons(
    world: World, shopper: Client
) -> None:
    phone = catalogue.variant(code="AST-100")
    catalogue.band_claim(variant=phone, bands=("12",))
    before = shopper.get(f"/check/?v={phone.slug}").content.decode()
    services.enter_policy(
        entry=services.PolicyEntry(
            kind="carrier_notice",
            body={"text": "Lark has a list that we do not have.", "about": "unlisted"},
            network_id=world.network.id,
            source="carrier's page",
            certainty=Certainty.MEDIUM,
            read_on=clock.now().date(),
        ),
        actor="ada@lark.example.org",
        now=clock.now(),
    )

    shown = shopper.get(f"/check/?v={phone.slug}").content.decode()

    assert "Ask the carrier first" not in before
    assert "Ask the carrier first" in shown
    assert "Lark has a list that we do not have." in shown
    assert notice_text([OTHER]) == ""
