import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction

from bandstand.gate import queries, services
from bandstand.gate.models import Decision
from bandstand.gate.rules import Activity, DecisionRow, Outcome, case_of, judge_case
from bandstand.gate.services.decide import NothingAskedError
from bandstand.kernel.canonical import sha256_hex
from bandstand.kernel.errors import NotFoundError
from bandstand.plumbing import clock
from bandstand.rights import queries as rights_queries, services as rights_services
from bandstand.rights.models import Grant
from bandstand.rights.rules import (
    CertificationState,
    CustodyNeed,
    ListingFact,
    NameKind,
)
from tests.factories import catalogue, gate, parties, rights, sale
from tests.gate.test_judge import COMMIT

pytestmark = pytest.mark.django_db


def ask_listing(**words: Any) -> DecisionRow:  # noqa: ANN401 -- arguments of many types
    action = words.pop("action", Activity.OFFER_PUBLISH)
    return services.may(
        action=action,
        seller_id=words.pop("seller_id", None) or parties.party().id,
        variant_id=words.pop("variant_id", None),
        market=catalogue.market().code,
        condition="new",
        listing=ListingFact(**words),
        actor="test",
        now=clock.now(),
    )


def codes(row: DecisionRow) -> set[str]:
    return {one.code for one in row.reasons}


def test_decision_is_made_again_from_the_facts_it_kept() -> None:
    offer = sale.offer()
    sale.unit(offer)
    rows = [gate.decision(offer), gate.decision(offer, now=clock.now() + timedelta(days=999))]
    Grant.objects.all().delete()
    offer.variant.approvals.all().delete()

    for row in rows:
        facts = queries.frozen_case(row.id)
        again = judge_case(case_of(json.loads(json.dumps(facts))))
        assert again.result is row.result
        assert again.reasons == row.reasons
        assert again.evidence == row.evidence
        assert again.valid_until == row.valid_until
        assert sha256_hex(facts) == row.inputs_hash
    assert [row.result for row in rows] == [Outcome.ALLOW, Outcome.DENY]


def test_kept_facts_leave_out_what_the_answer_did_not_use() -> None:
    offer = sale.offer()
    for _ in range(30):
        rights.grant(grantee=offer.seller, brand=offer.variant.model.brand, markets=("HK",))

    facts = queries.frozen_case(gate.decision(offer).id)

    assert len(facts["sale"]["grants"]) == 1


def test_explanation_says_whether_rules_and_facts_still_agree() -> None:
    offer = sale.offer()
    asked_at = clock.now()
    gate.decision(offer, now=asked_at)
    rights_services.revoke_grant(
        grant_id=Grant.objects.get().id, reason="ended", actor="aster", now=clock.now()
    )
    before = Decision.objects.count()

    found = services.explain_offer(offer_id=offer.id, now=clock.now())

    assert found.decision.is_allowed
    assert found.is_same_by_rules
    assert not found.is_same_today
    assert [one.code for one in found.today.reasons] == ["AUTH_REVOKED"]
    assert Decision.objects.count() == before
    with pytest.raises(NotFoundError, match="never asked"):
        services.explain_offer(
            offer_id=offer.id, now=clock.now(), at=asked_at - timedelta(seconds=1)
        )


def test_explanation_at_an_instant_is_of_the_decision_then() -> None:
    offer, now = sale.offer(), clock.now()
    first = gate.decision(offer, now=now)
    gate.decision(offer, now=now + timedelta(minutes=5))

    found = services.explain_offer(
        offer_id=offer.id, now=now + timedelta(hours=1), at=now + timedelta(minutes=1)
    )

    assert found.decision == first


def test_listing_with_a_look_alike_brand_goes_to_review() -> None:
    catalogue.brand(name="Xiaomi")
    row = ask_listing(brand_text="Χiaomi")

    assert row.result is Outcome.REVIEW
    assert codes(row) == {"BRAND_CONFUSABLE", "VARIANT_UNKNOWN"}
    assert row.variant_id is None
    assert row.listing == ListingFact(brand_text="Χiaomi")
    assert queries.decision_row(row.id) == row
    assert judge_case(case_of(queries.frozen_case(row.id))).result is Outcome.REVIEW


def test_brand_goes_by_its_names_in_any_script() -> None:
    brand = catalogue.brand(name="Xiaomi")
    rights_services.name_brand(
        brand_id=brand.id, text="小米科技", kind=NameKind.MARK, actor="mira", now=clock.now()
    )
    rights_services.name_brand(
        brand_id=brand.id, text="MI", kind=NameKind.SHORT, actor="mira", now=clock.now()
    )

    assert codes(ask_listing(brand_text="小米科技")) == {"VARIANT_UNKNOWN"}
    assert codes(ask_listing(brand_text="MI")) == {"BRAND_AMBIGUOUS", "VARIANT_UNKNOWN"}


def test_hold_on_the_brand_that_the_words_may_mean_stops_the_listing() -> None:
    brand = catalogue.brand(name="Xiaomi")
    gate.hold(brand_id=brand.id)

    assert ask_listing(brand_text="Xiaomi").is_held
    assert ask_listing(brand_text="Χiaomi").is_held
    assert not ask_listing(brand_text="Birch").is_held


def test_product_number_names_the_variant() -> None:
    seller, variant = rights.sellable()
    rights_services.number_variant(
        variant_id=variant.id, gtin="4006381333931", actor="mira", now=clock.now()
    )

    row = ask_listing(seller_id=seller.id, brand_text="MI", gtin="4006381333931")

    assert row.variant_id == variant.id
    assert codes(row) == {"BRAND_AMBIGUOUS"}
    assert rights_queries.variant_by_gtin("04006381333931") == variant.id
    assert rights_queries.variant_by_gtin("x") is None


def test_product_number_of_another_variant_is_told() -> None:
    seller, variant = rights.sellable()
    other = catalogue.variant()
    rights_services.number_variant(
        variant_id=other.id, gtin="4006381333931", actor="mira", now=clock.now()
    )

    row = ask_listing(seller_id=seller.id, variant_id=variant.id, gtin="4006381333931")

    assert codes(row) == {"SERIAL_NOT_OF_VARIANT"}


def test_category_in_the_listing_is_held_against_the_record() -> None:
    seller, variant = rights.sellable()
    catalogue.category(slug="accessory")

    row = ask_listing(seller_id=seller.id, variant_id=variant.id, category_text="accessory")

    assert (row.result, codes(row)) == (Outcome.DENY, {"CATEGORY_MISMATCH"})


@pytest.mark.parametrize("action", [one for one in Activity if one is not Activity.OFFER_PUBLISH])
def test_nothing_is_sold_of_an_unknown_variant(action: Activity) -> None:
    assert ask_listing(brand_text="Aster", action=action).result is Outcome.DENY


def test_database_keeps_no_allowed_decision_without_a_variant() -> None:
    row = Decision.objects.get(pk=ask_listing(brand_text="Aster").id)
    row.pk, row.result = UUID(int=7), "allow"

    is_refused = pytest.raises(IntegrityError, match="decision_allows_a_known_variant")
    with is_refused, transaction.atomic():
        row.save(force_insert=True)

    assert not Decision.objects.filter(result="allow").exists()


def test_question_about_nothing_is_an_error() -> None:
    with pytest.raises(NothingAskedError):
        services.may(
            action=COMMIT,
            seller_id=parties.party().id,
            variant_id=None,
            market="US",
            condition="new",
            actor="test",
            now=clock.now(),
        )

    assert not Decision.objects.exists()


def test_credential_without_a_credential_is_no_proof() -> None:
    offer = sale.offer()
    Grant.objects.update(level="credential", status_checked_at=clock.now())

    assert codes(gate.decision(offer)) == {"AUTH_SIGNATURE_INVALID"}


def test_unit_with_the_number_of_another_variant_is_refused() -> None:
    offer, other = sale.offer(), catalogue.variant()
    good, bad = sale.unit(offer), sale.unit(offer, imei="350000001234567")
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into catalogue_tac (id, tac, variant_id, source, certainty) "
            "values (gen_random_uuid(), '35000000', %s, 'maker', 'high')",
            [other.id],
        )

    assert gate.decision(offer, unit_id=good.id).is_allowed
    assert codes(gate.decision(offer, unit_id=bad.id)) == {"SERIAL_NOT_OF_VARIANT"}


def test_custody_is_asked_for_where_a_policy_row_says_so() -> None:
    offer = sale.offer()
    unit = sale.unit(offer)
    assert gate.decision(offer).is_allowed
    rights.policy(needs_custody=CustodyNeed.COMPLETE.value)

    assert codes(gate.decision(offer)) == {"PROVENANCE_GAP"}
    assert codes(gate.decision(offer, unit_id=unit.id)) == {"PROVENANCE_GAP"}


def test_label_and_network_are_asked_for_from_what_is_on_record() -> None:
    offer, now = sale.offer(), clock.now()
    words: dict[str, Any] = {"variant_id": offer.variant_id, "actor": "mira", "now": now}
    rights_services.record_difference(market="US", what=("bands", "charger"), **words)
    rights_services.record_protection(
        brand_id=offer.variant.model.brand_id,
        from_at=now - timedelta(days=9),
        source="Customs Bulletin",
        actor="mira",
        now=now,
    )
    unlabelled = gate.decision(offer)
    rights_services.record_label(
        seller_id=offer.seller_id,
        market="US",
        photo_sha256="ab" * 32,
        listing_text="Differs: bands, charger.",
        **words,
    )
    labelled = gate.decision(offer, now=now + timedelta(seconds=1))
    rights.policy(needs_network_cert=True)
    network = catalogue.network()
    catalogue.operator_network(network=network)
    uncertified = gate.decision(offer, now=now + timedelta(seconds=1))
    rights_services.record_certification(
        network_id=network.id,
        state=CertificationState.CERTIFIED,
        from_at=now - timedelta(days=1),
        source="letter",
        **words,
    )

    assert codes(unlabelled) == {"LABEL_MISSING", "WARNING_MISSING"}
    assert labelled.is_allowed
    assert codes(uncertified) == {"NETWORK_CERT_MISSING"}
    assert gate.decision(offer, now=now + timedelta(seconds=1)).is_allowed
    with pytest.raises(Exception, match="no longer stands"):
        sale.line(offer, decision=labelled)
