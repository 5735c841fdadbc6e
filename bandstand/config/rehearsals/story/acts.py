"""The acts of the story, each through the services that the running shop uses."""

import time
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final
from uuid import UUID

from bandstand.catalogue import queries as catalogue
from bandstand.config.rehearsals.story import buyers, judge, late_script
from bandstand.config.rehearsals.story.buyers import Crowd, Stage
from bandstand.config.rehearsals.story.cast import (
    MARKET,
    OPENS_AT,
    OPERATOR,
    PHONES,
    Cast,
    gather,
)
from bandstand.config.rehearsals.story.clock import StoryClock
from bandstand.config.rehearsals.story.report import Timeline
from bandstand.config.rehearsals.story.rush import Rush
from bandstand.config.rehearsals.story.staff import Staff
from bandstand.gate import services as gate
from bandstand.gate.rules import DecisionRow, Outcome
from bandstand.money import format_money
from bandstand.offers import services as offers
from bandstand.orders import services as orders
from bandstand.orders.queries.checkouts import purpose_of
from bandstand.payments.gateways import sandbox
from bandstand.payments.models import Payment
from bandstand.plumbing import clock
from bandstand.takedowns import queries as takedowns, services as takedown_services
from bandstand.takedowns.rules import CaseState, NoticeScope

EVE: Final = timedelta(hours=27)  # from opening to the brand's statement of the next day
RUSH_SECONDS: Final = 4.0
AFTER_SECONDS: Final = 2.0
RETURNED: Final = 2  # of those who were given the choice, so many send the phone back
REFUSALS: Final = ("held", "basket_refused", "cannot_commit")
OVERRIDE: Final = (
    "The operator's own assertion, against the reasons shown: the importer says that it deals "
    "with authorised distributors."
)
EXPLANATION: Final = (
    "Xiaomi has no authorised distributor of smartphones in the United States; it sells "
    "accessories there, through its own site only. Lark Mobile and its seller are not authorised "
    "to sell these phones."
)


@dataclass
class Story:
    """What the acts pass on to each other and to the judge."""

    clock: StoryClock
    staff: Staff
    timeline: Timeline = field(default_factory=Timeline)
    fits: list[dict[str, object]] = field(default_factory=list)
    refusals: list[dict[str, object]] = field(default_factory=list)
    listed_without_override: int = 0
    refused_after_hold: int = 0
    notice_ms: float = 0.0
    late_script: str = ""

    def tell(self, who: str, text: str) -> None:
        """Note what somebody did, at this instant of the story."""
        self.timeline.tell(self.clock.now(), who, text=text)


def open_shop(story: Story) -> Cast:
    """Set the scene, and say how each phone really works on the network of that day."""
    story.timeline.chapter("Monday, 1 February 2016: a shop opens")
    cast = gather(now=story.clock.now())
    day = clock.day_in("America/New_York", at=OPENS_AT)
    for phone in PHONES:
        fit = catalogue.stored_fit(
            variant_id=cast.variants[phone.key], network_id=cast.network_id, on=day
        )
        label = fit.label if fit else "unknown"
        story.fits.append(
            {
                "phone": f"{phone.brand.title()} {phone.name}",
                "code": phone.key,
                "price": format_money(phone.price),
                "network": "T-Mobile US (310-260)",
                "on": day.isoformat(),
                "tier": fit.tier if fit else "unknown",
                "label": label,
                "data": fit.body.get("data") if fit else None,
            }
        )
        story.tell(
            "fit", f"{phone.brand.title()} {phone.name}, {format_money(phone.price)}: {label}"
        )
    return cast


def ask_the_gate(story: Story, cast: Cast) -> dict[str, DecisionRow]:
    """Let the importer try to list each phone; return the gate's answers."""
    story.timeline.chapter("The importer lists its phones, and the gate answers")
    answers = {}
    for phone in PHONES:
        decision = offers.publish(
            offer_id=cast.offers[phone.key], actor="importer", now=story.clock.now()
        )
        answers[phone.key] = decision
        story.listed_without_override += decision.is_allowed
        story.refusals.append(
            {
                "phone": f"{phone.brand.title()} {phone.name}",
                "result": decision.result.value,
                "reasons": [
                    {"code": one.code, "ground": one.ground, "text": one.text, "cure": one.cure}
                    for one in decision.reasons
                ],
            }
        )
        story.tell("gate", f"{phone.brand.title()} {phone.name}: {decision.result.value}")
        for reason in decision.reasons:
            story.tell("", f"    {reason.code}: {reason.text}")
    return answers


def override(story: Story, cast: Cast, *, answers: dict[str, DecisionRow]) -> None:
    """Let the operator do what nobody should: answer for every reason itself, in writing."""
    story.timeline.chapter("What if the operator had overridden")
    for phone in PHONES:
        blocking = frozenset(
            one.code for one in answers[phone.key].reasons if one.outcome != Outcome.ALLOW.value
        )
        gate.waive(
            seller_id=cast.importer,
            variant_id=cast.variants[phone.key],
            market=MARKET,
            condition="new",
            codes=blocking,
            reason=OVERRIDE,
            until_at=OPENS_AT + timedelta(days=30),
            actor=OPERATOR,
            now=story.clock.now(),
        )
        decision = offers.publish(
            offer_id=cast.offers[phone.key], actor="importer", now=story.clock.now()
        )
        story.tell(
            "operator",
            f"waives {len(blocking)} reasons for the {phone.name}, by name and in writing; "
            f"the gate: {decision.result.value}",
        )


def sell(story: Story, cast: Cast) -> Crowd:
    """Let forty people buy, up to the eve of the notice."""
    story.timeline.chapter("Forty buyers")
    crowd = buyers.come_before_the_notice(cast, story.staff)
    _tell_stages(story, *(stage for stage in Stage if stage is not Stage.AUTHORISED))
    story.clock.jump(OPENS_AT + EVE)
    story.timeline.chapter("Tuesday, 2 February 2016: the brand says stop")
    buyers.order_uncharged(cast, story.staff, crowd=crowd)
    _tell_stages(story, Stage.AUTHORISED)
    return crowd


def _tell_stages(story: Story, *stages: Stage) -> None:
    for stage in stages:
        story.tell("buyers", f"{buyers.CROWD[stage]:>2}  {stage.value}")


def stop(story: Story, cast: Cast) -> UUID:
    """File the brand's notice while buyers order from connections of their own; return the hold."""
    scope = NoticeScope(market=MARKET, category_id=catalogue.category_by_slug("phone").id)
    shown = takedown_services.preview(brand_id=cast.brand_id, scope=scope, now=story.clock.now())
    story.tell(
        "brand",
        f"is shown what its notice would stop: {shown.offers} offers of {shown.sellers} seller, "
        f"{shown.units} phones, {shown.open_baskets} baskets, {shown.open_checkouts} checkouts, "
        f"{shown.orders} orders, {', '.join(map(format_money, shown.money))}",
    )
    script = late_script.prepare_script(cast, now=story.clock.now())
    with Rush(cast, story.staff).running() as rush:
        time.sleep(RUSH_SECONDS)
        hold_id = _file(story, cast, scope=scope)
        before = rush.tried.copy()
        time.sleep(AFTER_SECONDS)
    story.late_script = late_script.run_script(script, now=story.clock.now())
    refused = rush.tried - before
    story.refused_after_hold = sum(refused[code] for code in REFUSALS)
    story.tell("buyers", f"go on trying: {story.refused_after_hold} refused in {AFTER_SECONDS} s")
    story.tell(
        "script", f"one with yesterday's yes writes straight to the tables: {story.late_script}"
    )
    return hold_id


def _file(story: Story, cast: Cast, *, scope: NoticeScope) -> UUID:
    began = time.perf_counter()
    notice_id = takedown_services.file_notice(
        person_id=cast.brand_person,
        party_id=cast.brand_party,
        brand_id=cast.brand_id,
        scope=scope,
        explanation=EXPLANATION,
        right_reference="The brand's own mark",
        good_faith=True,
        now=story.clock.now(),
    )
    story.notice_ms = round((time.perf_counter() - began) * 1000, 1)
    notice = takedowns.notice_page(notice_id).notice
    assert notice.hold_id is not None  # noqa: S101 -- a notice in force has its hold
    story.tell("brand", f"files notice {notice.number}; in force after {story.notice_ms:.0f} ms")
    story.tell("shop", notice.reason)
    return notice.hold_id


def agree(story: Story, cast: Cast, *, crowd: Crowd) -> list[dict[str, object]]:
    """Ask every surface what it says now."""
    story.timeline.chapter("Every surface says the same")
    said = judge.surfaces(cast, crowd, now=story.clock.now())
    for one in said:
        mark = "✓" if one["agrees"] else "✗"
        story.tell(mark, f"{one['surface']}: {one['says']}")
    return said


def make_whole(story: Story, crowd: Crowd, *, hold_id: UUID) -> None:
    """Walk the aftermath, let the provider's news come in, and let two buyers send phones back."""
    story.timeline.chapter("Everyone who had bought is made whole")
    report = takedown_services.run_aftermath(hold_id=hold_id, now=story.clock.now())
    story.tell(
        "shop",
        f"{report.sellers_told} seller told why, {report.checkouts_stopped} checkouts ended, "
        f"{report.cases_opened} cases opened",
    )
    _confirm_at_the_bank(story, crowd)
    story.staff.work_until_quiet()
    _tell_cases(story, hold_id)
    offered = takedowns.cases(hold_id, state=CaseState.CHOICE_OFFERED)
    for case in offered[:RETURNED]:
        orders.return_line(
            line_id=case.line_id,
            reason="The buyer chose to send it back.",
            actor=OPERATOR,
            now=story.clock.now(),
        )
    story.tell("buyers", f"{len(offered[:RETURNED])} of {len(offered)} send their phone back")
    story.staff.work_until_quiet()
    takedown_services.sweep(now=story.clock.now())
    story.staff.work_until_quiet()
    _tell_cases(story, hold_id)


def _confirm_at_the_bank(story: Story, crowd: Crowd) -> None:
    """Let buyers say yes to their bank after the stop: their money must come back by itself."""
    purposes = [purpose_of(one) for one in crowd.checkouts[Stage.AT_THE_BANK]]
    for ref in Payment.objects.filter(purpose__in=purposes).values_list("provider_ref", flat=True):
        challenge = sandbox.challenge(ref)
        if challenge is not None and challenge.is_open:
            sandbox.approve(ref, now=story.clock.now())
    story.tell("buyers", f"{len(purposes)} still say yes to their bank; nothing is kept of it")


def _tell_cases(story: Story, hold_id: UUID) -> None:
    whole = takedowns.is_everyone_whole(hold_id)
    story.tell(
        "shop",
        f"{whole.affected} affected: {whole.made_whole} settled, "
        f"{whole.choice_offered} given the choice, {len(whole.problems)} waiting",
    )
