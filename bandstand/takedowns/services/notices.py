"""A brand's notice: the stop at once, and its end."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar
from uuid import UUID

from django.db import transaction
from django.db.models import Model

from bandstand.catalogue.models import Brand, Category, DeviceModel, Market
from bandstand.gate import queries as gate_queries, services as gate
from bandstand.gate.rules import Basis
from bandstand.kernel.errors import NotFoundError
from bandstand.kernel.public_ids import ALPHABET, IdKind, print_id
from bandstand.kernel.words import Ground
from bandstand.parties import queries as parties
from bandstand.parties.models import Membership, Party, Person
from bandstand.parties.rules import Role
from bandstand.plumbing import audit, jobs, letters, outbox
from bandstand.plumbing.ids import new_id
from bandstand.plumbing.locks import lock
from bandstand.takedowns import rules
from bandstand.takedowns.events import NoticeEnded, NoticeInForce
from bandstand.takedowns.models import Notice
from bandstand.takedowns.queries import reach
from bandstand.takedowns.queries.previews import NoticePreview, notice_preview
from bandstand.takedowns.rules import NoticeMove, NoticeScope, NoticeState
from bandstand.takedowns.rules.letters import notice_in_force
from bandstand.takedowns.rules.scope import BrandRights, require_standing
from bandstand.takedowns.rules.sentences import goods_named, public_sentence

AFTERMATH_JOB: Final = "bandstand.takedowns.tasks.run_aftermath"
NUMBER_GROUPS: Final = (4, 4)
Named = TypeVar("Named", bound=Model)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Filing:
    person: Person
    party: Party
    brand: Brand
    scope: NoticeScope
    explanation: str
    right_reference: str
    sentence: str
    preview: NoticePreview


def preview(*, brand_id: UUID, scope: NoticeScope, now: datetime) -> NoticePreview:  # noqa: ARG001 -- a use case is told the instant
    """
    Return what a notice would stop if it were filed now, to be shown before it is.

    Raises: MalformedNoticeError, NotFoundError.
    """
    _sentence(_brand(brand_id), scope)
    return notice_preview(brand_id, scope)


def file_notice(  # noqa: PLR0913 -- a notice has these parts
    *,
    person_id: UUID,
    party_id: UUID,
    brand_id: UUID,
    scope: NoticeScope,
    explanation: str,
    right_reference: str,
    good_faith: bool,
    now: datetime,
) -> UUID:
    """
    Stop at once what a verified brand account names under its own mark, and return the notice.

    Everything is read and checked first; the transaction that follows only places the hold and
    writes down the notice, because every order in scope waits for it. The same account filing the
    same scope again while its hold is in force gets the notice that stands.

    Raises: MalformedNoticeError, NoticeRefusedError, NotFoundError.
    """
    rules.require_notice_words(
        explanation=explanation, right_reference=right_reference, good_faith=good_faith
    )
    brand = _brand(brand_id)
    party = _party(party_id)
    require_standing(_rights(brand, party=party, person_id=person_id, scope=scope))
    filing = _Filing(
        person=Person.objects.get(pk=person_id),
        party=party,
        brand=brand,
        scope=scope,
        explanation=explanation.strip(),
        right_reference=right_reference.strip(),
        sentence=_sentence(brand, scope),
        preview=notice_preview(brand_id, scope),
    )
    return _enforce(filing, now=now)


@transaction.atomic
def propose_notice_end(*, notice_id: UUID, reason: str, actor: str, now: datetime) -> UUID:
    """
    Propose that the stop of a notice ends; it stands until staff confirm. Returns the proposal.

    Staff propose it, or whoever acts for the party that filed the notice: to withdraw it.

    Raises: NotFoundError, NoticeMoveRefusedError, HoldScopeError without a reason,
        SecondPersonError, RequestAnsweredError.
    Lock: takes the notice's row, then the hold's.
    """
    notice = Notice.objects.select_for_update().filter(pk=notice_id).first()
    if notice is None or notice.hold_id is None:
        raise NotFoundError("There is no notice in force by that id.", notice_id=str(notice_id))
    rules.next_notice_state(NoticeState(notice.state), NoticeMove.END)
    return gate.propose_lift(
        hold_id=notice.hold_id,
        reason=reason,
        actor=actor,
        on_behalf_of=notice.party_id,
        now=now,
    )


@transaction.atomic
def end_notice(*, hold_id: UUID, now: datetime) -> None:
    """
    End the notice whose hold was lifted; its cases go on, because a cancelled order stays so.

    A hold that rests on no notice ends none, and an ended notice stays as it ended.
    Lock: takes the notice's row.
    """
    notice = Notice.objects.select_for_update(of=("self",)).filter(hold_id=hold_id).first()
    if notice is None or notice.state == NoticeState.ENDED.value:
        return
    hold = gate_queries.hold_row(hold_id)
    if hold.lifted_at is None:
        return
    notice.state = rules.next_notice_state(NoticeState(notice.state), NoticeMove.END).value
    notice.save(update_fields=["state"])
    audit.record(
        actor=hold.lift_confirmed_by,
        action="notice.end",
        subject=print_id(IdKind.NOTICE, notice.id),
        now=now,
        reason=hold.lift_reason,
        proposed_by=hold.lifted_by,
    )
    outbox.emit(
        NoticeEnded(notice_id=str(notice.id), hold_id=str(hold_id), reason=hold.lift_reason),
        now=now,
    )


@transaction.atomic
def _enforce(filing: _Filing, *, now: datetime) -> UUID:
    lock(f"notice:{filing.party.id}:{filing.brand.id}")
    standing = _standing_notice(filing)
    if standing is not None:
        return standing
    notice_id = new_id()
    hold_id = gate.place_hold(
        scope=rules.hold_scope(filing.brand.id, filing.scope),
        activities=rules.STOPPED_ACTIVITIES,
        basis=Basis.BRAND_NOTICE,
        # Selling without the brand's leave is against the shop's published terms; whether it breaks
        # a law is for a court to say.
        ground=Ground.TERMS,
        reason=filing.sentence,
        legal_reference=filing.right_reference,
        notice_id=notice_id,
        actor=filing.person.email,
        now=now,
    )
    notice = _write_down(filing, notice_id=notice_id, hold_id=hold_id, now=now)
    _announce(filing, notice=notice, now=now)
    return notice_id


def _standing_notice(filing: _Filing) -> UUID | None:
    return (
        Notice.objects.filter(
            party=filing.party,
            brand=filing.brand,
            scope=filing.scope.as_json(),
            state=NoticeState.IN_FORCE.value,
            hold__lifted_at=None,
        )
        .values_list("id", flat=True)
        .first()
    )


def _write_down(filing: _Filing, *, notice_id: UUID, hold_id: UUID, now: datetime) -> Notice:
    return Notice.objects.create(
        id=notice_id,
        number=_number(),
        brand=filing.brand,
        filed_by=filing.person,
        party=filing.party,
        scope=filing.scope.as_json(),
        explanation=filing.explanation,
        right_reference=filing.right_reference,
        good_faith=True,
        preview=filing.preview.as_json(),
        state=NoticeState.IN_FORCE.value,
        hold_id=hold_id,
        received_at=now,
        decided_at=now,
    )


def _announce(filing: _Filing, *, notice: Notice, now: datetime) -> None:
    printed = print_id(IdKind.NOTICE, notice.id)
    audit.record(
        actor=filing.person.email,
        action="notice.file",
        subject=printed,
        now=now,
        number=notice.number,
        preview=filing.preview.as_json(),
    )
    outbox.emit(NoticeInForce(notice_id=str(notice.id), hold_id=str(notice.hold_id)), now=now)
    jobs.defer(AFTERMATH_JOB, once=f"aftermath:{notice.hold_id}", hold_id=str(notice.hold_id))
    letter = notice_in_force(
        shop_name=parties.operator().shop_name,
        party_name=filing.party.trading_name,
        number=notice.number,
        stopped=filing.sentence,
        effective_at=now,
    )
    letters.write_letter(
        key=f"notice:{notice.id}:in_force",
        kind="notice_in_force",
        to_address=filing.person.email,
        subject=letter.subject,
        body=letter.body,
        about=printed,
        now=now,
    )


def _rights(brand: Brand, *, party: Party, person_id: UUID, scope: NoticeScope) -> BrandRights:
    member = Membership.objects.filter(
        person_id=person_id, person__is_active=True, party=party, role=Role.BRAND.value
    )
    foreign = (
        Brand.objects.filter(pk__in=reach.below_brand(brand.id))
        .exclude(owner=None)
        .exclude(owner=party)
    )
    return BrandRights(
        brand_name=brand.name,
        party_id=party.id,
        party_name=party.trading_name,
        is_member=member.exists(),
        is_verified=party.verified_at is not None,
        is_suspended=party.suspended_at is not None,
        owner_ids=reach.brand_owners(brand.id),
        foreign_sub_brands=sorted(
            one.name for one in foreign if scope.include_sub_brands and one.id != brand.id
        ),
    )


def _sentence(brand: Brand, scope: NoticeScope) -> str:
    """Return the public sentence; refuse a scope that names the unknown or another brand's."""
    category = _named(Category, scope.category_id, word="category")
    model = _named(DeviceModel, scope.model_id, word="model")
    seller = _named(Party, scope.seller_id, word="seller")
    market = _named(Market, scope.market, word="market")
    if model is not None and model.brand_id not in reach.below_brand(brand.id):
        raise rules.MalformedNoticeError(
            f"The {model} is not a {brand.name} model. Choose one of the brand's own.",
            field="model",
        )
    return public_sentence(
        brand=brand.name,
        goods=goods_named(
            category_slug=category.slug if category else "",
            category_name=category.name if category else "",
            model_name=model.name if model else "",
        ),
        market_name=market.name if market else "",
        seller=seller.trading_name if seller else "",
    )


def _named(kind: type[Named], key: object, *, word: str) -> Named | None:
    if key is None:
        return None
    found = kind._default_manager.filter(pk=key).first()  # noqa: SLF001 -- Django's public name
    if found is None:
        raise rules.MalformedNoticeError(
            f"There is no {word} “{key}”. Choose one from the list, or leave it out.", field=word
        )
    return found


def _brand(brand_id: UUID) -> Brand:
    brand = Brand.objects.filter(pk=brand_id).first()
    if brand is None:
        raise NotFoundError("There is no brand by that id.", brand_id=str(brand_id))
    return brand


def _party(party_id: UUID) -> Party:
    party = Party.objects.filter(pk=party_id).first()
    if party is None:
        raise NotFoundError("There is no party by that id.", party_id=str(party_id))
    return party


def _number() -> str:
    # Drawn, not counted: a notice's number tells nobody how many there are.
    groups = ("".join(secrets.choice(ALPHABET) for _ in range(size)) for size in NUMBER_GROUPS)
    return "-".join(("NTC", *groups))
