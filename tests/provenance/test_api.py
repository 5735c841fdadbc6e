"""The EPCIS doors, knocked at by four callers."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from bandstand.parties.models import OperatorProfile, Party
from bandstand.provenance import services
from bandstand.provenance.models import CaptureJob, Event
from tests.factories import parties
from tests.factories.provenance import NOW, captured, chain, document, epc, event
from tests.provenance.world import World

BASE = "/epcis/v2"
BOTH = ("epcis:capture", "epcis:query")


ALL_STEPS = {"commissioning", "shipping", "receiving"}


@dataclass(frozen=True)
class Machine:
    """A party's machine with its key."""

    token: str

    def get(self, path: str, **parameters: Any) -> Any:  # noqa: ANN401 -- a response
        return Client().get(f"{BASE}{path}", parameters, headers=self.headers)

    def post(self, path: str, body: bytes, **headers: str) -> Any:  # noqa: ANN401 -- a response
        return Client(enforce_csrf_checks=True).post(
            f"{BASE}{path}",
            body,
            content_type="application/ld+json",
            headers={**self.headers, **headers},
        )

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


def machine(party: Party, *scopes: str) -> Machine:
    made = services.make_key(
        party_id=party.id, scopes=scopes or BOTH, name="", actor="test", now=NOW
    )
    return Machine(made.token)


def listed(answer: Any) -> list[dict[str, Any]]:  # noqa: ANN401 -- a response
    body = json.loads(answer.content)
    return list(body["epcisBody"]["queryResults"]["resultsBody"]["eventList"])


def test_document_is_captured_and_its_job_can_be_asked_for(world: World) -> None:
    aster = machine(world.aster)

    answer = aster.post("/capture", document(*chain(world.maker, world.seller)))

    assert answer.status_code == 202
    job = Client().get(answer["Location"], headers=aster.headers).json()
    assert (job["running"], job["success"], job["events"]["captured"]) == (False, True, 3)
    assert answer["GS1-EPCIS-Version"] == "2.0.0"
    assert Event.objects.filter(sender=world.aster).count() == 3
    assert [one["captureID"] for one in aster.get("/capture").json()] == [job["captureID"]]


def test_wrong_event_is_a_problem_that_names_its_field(world: World) -> None:
    body = document(event(), event("flying"))

    answer = machine(world.aster).post("/capture", body)

    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    problem = answer.json()
    assert problem["type"] == "epcisException:ValidationException"
    assert problem["errors"][0]["path"] == "$.epcisBody.eventList[1].bizStep"
    assert not Event.objects.exists()


def test_proceed_keeps_the_right_events_and_tells_of_the_wrong(world: World) -> None:
    aster = machine(world.aster)
    body = document(event(), event("flying"))

    answer = aster.post("/capture", body, **{"GS1-Capture-Error-Behaviour": "proceed"})

    assert answer.status_code == 202
    assert (answer.json()["success"], len(answer.json()["errors"])) == (False, 1)
    assert Event.objects.count() == 1
    odd = aster.post("/capture", body, **{"GS1-Capture-Error-Behaviour": "maybe"})
    assert odd.status_code == 400


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"{", 400), (b"[]", 400), (b'{"a":' + b"[" * 50 + b"]" * 50 + b"}", 413)],
)
def test_hostile_body_is_refused_and_not_kept(world: World, body: bytes, status: int) -> None:
    answer = machine(world.aster).post("/capture", body)

    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert not CaptureJob.objects.exists()


def test_single_event_has_its_own_address(world: World) -> None:
    aster = machine(world.aster)
    alone = {"@context": "https://ref.gs1.org/standards/epcis/epcis-context.jsonld", **event()}

    made = aster.post("/events", json.dumps(alone).encode())

    assert made.status_code == 201
    (found,) = listed(aster.get("/events"))
    same = aster.get(f"/events/{quote(found['eventID'], safe='')}")
    assert same.json()["eventID"] == found["eventID"]
    assert "@context" in same.json()
    assert aster.post("/events", document(event())).status_code == 400


def test_own_extension_prefix_travels_with_its_event(world: World) -> None:
    captured({**event(), "example:note": "kept"}, sender=world.aster)

    (found,) = listed(machine(world.aster).get("/events"))

    assert found["example:note"] == "kept"
    assert found["@context"] == [{"example": "https://ns.example.org/epcis/"}]


@pytest.mark.parametrize(
    ("parameters", "steps"),
    [
        ({"EQ_bizStep": "shipping"}, {"shipping"}),
        ({"EQ_bizStep": "https://ref.gs1.org/cbv/BizStep-shipping"}, {"shipping"}),
        ({"EQ_bizStep": "shipping|receiving"}, {"shipping", "receiving"}),
        ({"EQ_bizStep": ["shipping", "receiving"]}, {"shipping", "receiving"}),
        ({"EQ_action": "ADD"}, {"commissioning"}),
        ({"eventType": "AggregationEvent"}, set()),
        ({"MATCH_epc": epc()}, ALL_STEPS),
        ({"MATCH_epc": "urn:epc:idpat:sgtin:4099999.012345.*"}, ALL_STEPS),
        ({"MATCH_anyEPC": "urn:epc:idpat:sgtin:4099999.*.*"}, ALL_STEPS),
        ({"MATCH_epc": "urn:epc:idpat:sgtin:4088888.*.*"}, set()),
        (
            {"GE_eventTime": "2026-09-01T08:00:01Z", "LT_eventTime": "2026-09-03T00:00:00Z"},
            {"shipping"},
        ),
        ({"GE_recordTime": "2030-01-01T00:00:00Z"}, set()),
        ({"EQ_source_owning_party": "urn:epc:id:pgln:4099999.00001"}, {"shipping", "receiving"}),
        ({"EQ_destination_owning_party": "urn:epc:id:pgln:4099999.00001"}, {"commissioning"}),
        ({"EXISTS_errorDeclaration": "true"}, set()),
        ({"EXISTS_errorDeclaration": "false", "EQ_bizStep": "shipping"}, {"shipping"}),
    ],
)  # fmt: skip
def test_each_parameter_narrows(world: World, parameters: dict[str, Any], steps: set[str]) -> None:
    captured(*chain(world.maker, world.seller), sender=world.aster)

    answer = machine(world.aster).get("/events", **parameters)

    assert answer.status_code == 200
    assert {one["bizStep"] for one in listed(answer)} == steps


@pytest.mark.parametrize(
    ("parameters", "why"),
    [
        ({"EQ_bizStpe": "shipping"}, "Did you mean EQ_bizStep"),
        ({"EQ_bizStep": "shiping"}, "shipping"),
        ({"MATCH_epc": "2017"}, "not a URI"),
        ({"GE_eventTime": "yesterday"}, "not an instant"),
        ({"perPage": "0"}, "from 1 to"),
        ({"perPage": "9" * 40}, "from 1 to"),
        ({"orderBy": "colour"}, "eventTime or recordTime"),
        ({"orderDirection": "UP"}, "ASC or DESC"),
        ({"nextPageToken": "%%%"}, "given out"),
        ({"EXISTS_errorDeclaration": "perhaps"}, "true or false"),
        ({"EQ_source_owner": "urn:x:1"}, "owning_party"),
        ({"eventType": "Event"}, "is not one of"),
        ({"EQ_bizStep": ""}, "1 to 100 values"),
    ],
)
def test_parameter_that_cannot_be_understood_is_a_clear_400(
    world: World, parameters: dict[str, str], why: str
) -> None:
    answer = machine(world.aster).get("/events", **parameters)

    assert answer.status_code == 400
    assert answer.json()["type"] == "epcisException:QueryParameterException"
    assert why in answer.json()["detail"]


def test_pages_follow_each_other_without_gap_or_double(world: World) -> None:
    captured(*chain(world.maker, world.other, world.seller), sender=world.aster)
    aster = machine(world.aster)
    address, found = f"{BASE}/events?perPage=2&orderDirection=ASC", []

    for _ in range(5):
        answer = Client().get(address, headers=aster.headers)
        found += listed(answer)
        if "Link" not in answer.headers:
            break
        address = answer["Link"].split(">")[0][1:].removeprefix("http://testserver")

    assert [one["bizStep"] for one in found] == [
        "commissioning", "shipping", "receiving", "shipping", "receiving",
    ]  # fmt: skip
    assert len({one["eventID"] for one in found}) == 5


def test_lists_hold_what_was_captured_and_lead_to_its_events(world: World) -> None:
    captured(*chain(world.maker, world.seller), sender=world.aster)
    aster = machine(world.aster)

    steps = aster.get("/bizSteps").json()["member"]
    (thing,) = aster.get("/epcs").json()["member"]

    assert steps == ["commissioning", "receiving", "shipping"]
    assert len(listed(aster.get("/bizSteps/shipping/events"))) == 1
    assert len(listed(aster.get(f"/epcs/{quote(thing, safe='')}/events"))) == 3
    assert aster.get("/bizSteps/shipping/events", EQ_bizStep="receiving").status_code == 400
    assert "ObjectEvent" in aster.get("/eventTypes").json()["member"]


def test_each_party_sees_its_own_and_the_operator_all(world: World) -> None:
    lark = parties.party(slug="lark")
    OperatorProfile.objects.create(
        party=lark, shop_name="Lark", home_market="US", support_email="help@lark.example.org"
    )
    events = chain(world.maker, world.seller)
    job = captured(*events[:2], sender=world.aster)
    captured(events[2], events[1], sender=world.northgate)
    name = quote(Event.objects.get(step="commissioning").event_id, safe="")

    aster, northgate, harbor, operator = (
        machine(one) for one in (world.aster, world.northgate, world.harbor, lark)
    )

    assert [len(listed(one.get("/events"))) for one in (aster, northgate, harbor, operator)] == [
        2, 2, 0, 3,
    ]  # fmt: skip
    found = [one.get(f"/events/{name}") for one in (aster, northgate, harbor, operator)]
    assert [one.status_code for one in found] == [200, 404, 404, 200]
    seen = [one.get(f"/capture/{job.id}").status_code for one in (aster, harbor, operator)]
    assert seen == [200, 404, 200]
    assert harbor.get("/epcs").json()["member"] == []


def test_without_a_key_or_its_scope_nothing_is_told_or_kept(world: World) -> None:
    captured(*chain(world.maker, world.seller), sender=world.aster)
    reader, writer = machine(world.aster, "epcis:query"), machine(world.aster, "epcis:capture")
    revoked = machine(world.aster)
    key = services.make_key(party_id=world.aster.id, scopes=BOTH, name="", actor="test", now=NOW)
    services.revoke_key(key_id=key.id, actor="test", now=NOW)

    assert Client().get(f"{BASE}/events").status_code == 401
    assert Machine("bsk_guess").get("/events").status_code == 401
    assert Machine(key.token).get("/events").status_code == 401
    assert revoked.get("/events").status_code == 200
    assert writer.get("/events").status_code == 403
    refused = reader.post("/capture", document(event("storing")))
    assert (refused.status_code, refused["Content-Type"]) == (403, "application/problem+json")
    assert Event.objects.count() == 3
