from datetime import timedelta

import pytest

from bandstand.gate import queries
from bandstand.plumbing import clock
from bandstand.rights import services as rights_services
from bandstand.rights.rules import CustodyNeed
from tests.factories import gate, parties, provenance, rights, sale

pytestmark = pytest.mark.django_db


def test_unit_whose_way_is_complete_is_sold_until_it_is_recorded_as_stolen() -> None:
    offer, now = sale.offer(), clock.now()
    rights_services.number_variant(
        variant_id=offer.variant_id, gtin=provenance.GTIN, actor="mira", now=now
    )
    rights.policy(needs_custody=CustodyNeed.COMPLETE.value)
    known, strange = sale.unit(offer, serial="A1", imei=None), sale.unit(offer, imei=None)
    maker = provenance.party_gln(party=parties.party(trading_name="Aster Works"))
    provenance.brand_identity(brand=offer.variant.model.brand, identifier=maker)
    seller = provenance.party_gln(party=offer.seller)
    provenance.captured(*provenance.chain(maker, seller, epcs=(provenance.epc("A1"),)))

    row = gate.decision(offer, unit_id=known.id)
    assert row.is_allowed, row.reasons
    assert [one.kind for one in row.evidence if one.kind == "custody"] == ["custody"]
    assert queries.frozen_case(row.id)["sale"]["custody"]["status"] == "complete"
    gap = gate.decision(offer, unit_id=strange.id)
    assert [one.code for one in gap.reasons] == ["PROVENANCE_GAP"]
    whole = gate.decision(offer)
    assert [one.code for one in whole.reasons] == ["PROVENANCE_GAP"]
    assert "1 of 2 units" in whole.reasons[0].text

    stolen = provenance.event(
        at=now - timedelta(minutes=5), epcs=(provenance.epc("A1"),), disposition="stolen"
    )
    provenance.captured(stolen)
    assert "UNIT_STOLEN" in {one.code for one in gate.decision(offer, unit_id=known.id).reasons}
