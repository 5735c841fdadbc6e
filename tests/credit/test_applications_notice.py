"""A service in place of the rules, and the notice of a no: what is asked, answered and told."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import httpx
import pytest
from django.test import override_settings
from standardwebhooks import Webhook

from bandstand.credit.engines import OutsideEngine
from bandstand.credit.notice_law import notice_laws
from bandstand.credit.rules.adverse_action import NoticeFacts, law_on, notice_text
from bandstand.credit.rules.eligibility import ApplicationOutcome, BureauScore, RuleCode
from bandstand.credit.rules.rule_set import RuleSet
from bandstand.kernel.errors import NotFoundError
from tests.credit.application_facts import ASKED, DAY, POLICY

SECRET = "whsec_c2VjcmV0LXNlY3JldC1zZWNyZXQ="  # noqa: S105 -- signs nothing but these tests
ANOTHER = "whsec_b3RoZXItb3RoZXItb3RoZXI="


def service(body: object, *, secret: str = SECRET, status: int = 200) -> httpx.MockTransport:
    def answer(request: httpx.Request) -> httpx.Response:
        asked = json.loads(request.content)
        Webhook(SECRET).verify(request.content, dict(request.headers))
        said = body
        if isinstance(body, dict):
            said = {"facts_sha256": ASKED.sha256, "engine": "acme", "engine_version": "3", **body}
        raw = json.dumps(said)
        key, now = request.headers["webhook-id"], datetime.now(UTC)  # noqa: TID251 -- the library compares with the world's clock
        assert asked["facts"]["price_minor"] == 100_000
        return httpx.Response(
            status,
            content=raw,
            headers={
                "webhook-id": key,
                "webhook-timestamp": str(int(now.timestamp())),
                "webhook-signature": Webhook(secret).sign(key, now, raw),
            },
        )

    return httpx.MockTransport(answer)


def ask(transport: httpx.MockTransport) -> Any:  # noqa: ANN401 -- an assessment
    now = datetime.now(UTC)  # noqa: TID251 -- the library compares with the world's clock
    engine = OutsideEngine(
        url="https://score.example/", secret=SECRET, now=now, transport=transport
    )
    return engine.assess(ASKED)


SCORE: dict[str, Any] = {
    "bureau": "Acme Credit",
    "address": "1 Score Street, Springfield",
    "phone": "1-800-555-0100",
    "score": 540,
    "lowest": 300,
    "highest": 850,
    "made_on": "22 November 2026",
    "factors": ["Too many accounts with balances"],
}
NO: dict[str, Any] = {
    "outcome": "declined",
    "reasons": [{"code": "A1", "text": "Your report shows late payments."}],
}


@override_settings(ELIGIBILITY_SECONDS=5)
def test_a_services_answer_is_taken_with_its_score_and_reasons() -> None:
    answer = ask(service({**NO, "score": SCORE}))

    assert answer.outcome is ApplicationOutcome.DECLINED
    assert (answer.engine, answer.version) == ("acme", "3")
    assert answer.reasons[0].text == "Your report shows late payments."
    assert answer.score == BureauScore(**{**SCORE, "factors": tuple(SCORE["factors"])})
    assert ask(service({"outcome": "approved"})).outcome is ApplicationOutcome.APPROVED


@override_settings(ELIGIBILITY_SECONDS=5)
@pytest.mark.parametrize(
    "transport",
    [
        service({"outcome": "approved"}, secret=ANOTHER),
        service({"outcome": "approved"}, status=500),
        service({"outcome": "approved", "facts_sha256": "another"}),
        service({"outcome": "perhaps"}),
        service({"outcome": "declined"}),
        service({**NO, "score": {**SCORE, "factors": []}}),
        service({**NO, "score": {"score": 1}}),
        service({"outcome": "counter_offer", "reasons": NO["reasons"]}),
        service(["approved"]),
        httpx.MockTransport(lambda _request: (_ for _ in ()).throw(httpx.ReadTimeout("late"))),
    ],
)
def test_silence_or_nonsense_of_a_service_is_never_a_yes(transport: httpx.MockTransport) -> None:
    answer = ask(transport)

    assert answer.outcome is ApplicationOutcome.REFERRED
    assert [one.code for one in answer.reasons] == [RuleCode.NO_ANSWER]


FACTS = NoticeFacts(
    creditor="Lark Mobile Inc., 1 Quay Street",
    support="help@lark.example",
    buyer="Mira",
    buyer_email="mira@example.org",
    asked_for="Aster One, price $1,000.00, with $0.00 down",
    offered="Aster One with $181.00 down",
    until="22 December 2026",
    decided_on="22 November 2026",
    reference="abc-1",
    by_person=False,
)


def notice(market: str, *, score: BureauScore | None = None, **changes: Any) -> str:  # noqa: ANN401 -- texts
    law = law_on(notice_laws(), regime=market, on=DAY)
    answer = RuleSet(POLICY).assess(replace(ASKED, open_minor=168_050))
    return notice_text(
        law,
        facts=replace(FACTS, **changes),
        outcome=answer.outcome,
        reasons=answer.reasons,
        score=score,
    )


def test_the_us_notice_says_what_regulation_b_wants() -> None:
    text = notice("US_APPENDIX_J")

    for words in (
        "Lark Mobile Inc., 1 Quay Street",
        "on the basis of race, color, religion, national origin, sex, marital status, age",
        "Federal Trade Commission",
        "The principal reasons:\n- We lend at most $2,500.00 to one buyer.",
        "Our offer: Aster One with $181.00 down.",
        "until 22 December 2026",
    ):
        assert words in text
    assert "credit score" not in text


def test_a_score_is_told_with_everything_the_fair_credit_reporting_act_wants() -> None:
    score = BureauScore(**{**SCORE, "factors": tuple(SCORE["factors"])})
    text = notice("US_APPENDIX_J", score=score)

    for words in (
        "Your credit score: 540",
        "low of 300 to a high of 850",
        "Too many accounts with balances",
        "Acme Credit, 1 Score Street, Springfield, 1-800-555-0100",
        "free copy of your report within 60 days",
        "cannot tell you why",
        "dispute",
    ):
        assert words in text


def test_the_unions_notice_offers_a_person_unless_a_person_decided() -> None:
    assert "have a person look at it" in notice("EU_APRC")
    assert "have a person look at it" not in notice("EU_APRC", by_person=True)
    assert "person review it" in notice("UK_APRC")


def test_every_word_of_the_table_names_its_law_and_says_whether_it_was_read() -> None:
    laws = [law for rows in notice_laws().values() for law in rows]

    assert {law.regime for law in laws} == {"US_APPENDIX_J", "EU_APRC", "UK_APRC"}
    for law in laws:
        assert law.sources
        assert law.days == 30
        assert not any(source.is_checked for source in law.sources)


def test_before_its_law_began_nothing_is_told_on_a_guess() -> None:
    with pytest.raises(NotFoundError, match="not known here"):
        law_on(notice_laws(), regime="EU_APRC", on=date(2026, 11, 19))
