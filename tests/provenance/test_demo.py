"""The demo's invented custody: whole chains, one gap, one conflict."""

from collections import Counter

from bandstand.config.demo import custody as demo
from bandstand.offers.models import Unit
from bandstand.provenance.models import Event
from bandstand.provenance.queries import custodies_of
from bandstand.provenance.rules import CustodyStatus, UnitIds
from tests.factories import catalogue, offers, parties, rights
from tests.factories.provenance import NOW


def test_demo_phones_have_whole_chains_one_gap_and_one_conflict(db: None) -> None:  # noqa: ARG001 -- opens the database
    slugs = ("aster-demo", "continental", "northgate", "harbor", "lark")
    made = {slug: parties.party(slug=slug) for slug in slugs}
    keys = {slug: party.id for slug, party in made.items()}
    brand = catalogue.brand(name="Aster", owner=made["aster-demo"])
    model = catalogue.device_model(brand=brand)
    for slug, units in (("northgate", 5), ("harbor", 1)):
        seller, variant = rights.sellable(seller=made[slug], model=model)
        offers.offer(seller=seller, variant=variant, units=units)

    job = demo.custody_is_recorded(parties=keys, now=NOW)
    again = demo.custody_is_recorded(parties=keys, now=NOW)

    assert job is not None
    assert job.is_success
    assert again is None
    assert Event.objects.count() == job.events_new
    imeis = [str(unit.imei) for unit in Unit.objects.exclude(imei=None)]
    found = custodies_of([(UnitIds(imeis=(imei,)), brand.id) for imei in imeis], at=NOW)
    assert Counter(one.status for one in found) == {
        CustodyStatus.COMPLETE: 2,
        CustodyStatus.GAP: 1,
        CustodyStatus.CONFLICT: 1,
        CustodyStatus.NONE: 2,
    }
