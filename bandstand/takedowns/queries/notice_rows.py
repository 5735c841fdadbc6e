"""Reads of notices and of the statements sent to sellers, as frozen rows."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bandstand.catalogue.models import Category, DeviceModel
from bandstand.kernel.errors import NotFoundError
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.parties.models import Party
from bandstand.takedowns.models import Notice, StatementOfReasons
from bandstand.takedowns.queries.case_rows import case_counts
from bandstand.takedowns.rules import CaseState, NoticeScope, NoticeState

PAGE_SIZE = 25


@dataclass(frozen=True, kw_only=True, slots=True)
class NoticeRow:
    """A notice in one row."""

    id: UUID
    public_id: str
    number: str
    brand_id: UUID
    brand_name: str
    party_id: UUID
    party_name: str
    filed_by: str
    state: NoticeState
    hold_id: UUID | None
    reason: str
    """The hold's public sentence; empty when nothing is held."""
    received_at: datetime
    effective_at: datetime | None
    lifted_at: datetime | None
    aftermath_done_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class StatementRow:
    """A statement of reasons as it was sent to one seller."""

    seller_id: UUID
    seller_name: str
    stated_at: datetime
    body: dict[str, object]


@dataclass(frozen=True, kw_only=True, slots=True)
class NoticePage:
    """Everything a page about one notice says."""

    notice: NoticeRow
    scope: NoticeScope
    scope_words: tuple[str, ...]
    explanation: str
    right_reference: str
    lift_reason: str
    preview: dict[str, object]
    """What its sender was shown before sending."""
    cases: dict[CaseState, int]
    statements: tuple[StatementRow, ...]

    @property
    def affected(self) -> int:
        return sum(self.cases.values())

    @property
    def whole(self) -> int:
        return self.cases[CaseState.MADE_WHOLE] + self.cases[CaseState.CHOICE_OFFERED]


@dataclass(frozen=True, kw_only=True, slots=True)
class NoticeList:
    """A page of notices, newest first."""

    rows: tuple[NoticeRow, ...]
    total: int
    page: int
    pages: int


def notices(
    *, party_id: UUID | None = None, state: NoticeState | None = None, page: int = 1
) -> NoticeList:
    """Return a page of notices, of one party or of all."""
    found = Notice.objects.select_related("brand", "party", "filed_by", "hold")
    if party_id is not None:
        found = found.filter(party_id=party_id)
    if state is not None:
        found = found.filter(state=state.value)
    total = found.count()
    pages = max(1, -(-total // PAGE_SIZE))
    at = min(max(page, 1), pages)
    shown = found.order_by("-received_at", "-id")[(at - 1) * PAGE_SIZE : at * PAGE_SIZE]
    return NoticeList(
        rows=tuple(_notice_row(one) for one in shown), total=total, page=at, pages=pages
    )


def notice_page(notice_id: UUID) -> NoticePage:
    """
    Return everything about a notice.

    Raises: NotFoundError.
    """
    notice = (
        Notice.objects.select_related("brand", "party", "filed_by", "hold")
        .filter(pk=notice_id)
        .first()
    )
    if notice is None:
        raise NotFoundError(
            "There is no notice by that id.", notice_id=print_id(IdKind.NOTICE, notice_id)
        )
    scope = NoticeScope.from_json(notice.scope)
    return NoticePage(
        notice=_notice_row(notice),
        scope=scope,
        scope_words=_scope_words(notice.brand.name, scope),
        explanation=notice.explanation,
        right_reference=notice.right_reference,
        lift_reason=notice.hold.lift_reason if notice.hold else "",
        preview=notice.preview,
        cases=case_counts(notice.hold_id) if notice.hold_id else dict.fromkeys(CaseState, 0),
        statements=statements(notice.hold_id) if notice.hold_id else (),
    )


def notice_of_hold(hold_id: UUID) -> NoticeRow | None:
    """Return the notice that a hold rests on, if it rests on one."""
    notice = (
        Notice.objects.select_related("brand", "party", "filed_by", "hold")
        .filter(hold_id=hold_id)
        .first()
    )
    return None if notice is None else _notice_row(notice)


def statements(hold_id: UUID, *, seller_id: UUID | None = None) -> tuple[StatementRow, ...]:
    """Return the statements of reasons under a hold, of one seller or of all, by seller."""
    found = StatementOfReasons.objects.filter(hold_id=hold_id).select_related("seller")
    if seller_id is not None:
        found = found.filter(seller_id=seller_id)
    return tuple(
        StatementRow(
            seller_id=one.seller_id,
            seller_name=one.seller.trading_name,
            stated_at=one.stated_at,
            body=one.body,
        )
        for one in found.order_by("seller__trading_name", "id")
    )


def _scope_words(brand_name: str, scope: NoticeScope) -> tuple[str, ...]:
    """Return the scope part by part, as a page lists it."""
    words = [f"brand {brand_name}" + (" and its sub-brands" if scope.include_sub_brands else "")]
    if scope.model_id:
        words.append(f"model {DeviceModel.objects.get(pk=scope.model_id).name}")
    if scope.category_id:
        words.append(f"category {Category.objects.get(pk=scope.category_id).name}")
    if scope.market:
        words.append(f"market {scope.market}")
    if scope.seller_id:
        words.append(f"seller {Party.objects.get(pk=scope.seller_id).trading_name}")
    return tuple(words)


def _notice_row(notice: Notice) -> NoticeRow:
    hold = notice.hold
    return NoticeRow(
        id=notice.id,
        public_id=print_id(IdKind.NOTICE, notice.id),
        number=notice.number,
        brand_id=notice.brand_id,
        brand_name=notice.brand.name,
        party_id=notice.party_id,
        party_name=notice.party.trading_name,
        filed_by=notice.filed_by.email,
        state=NoticeState(notice.state),
        hold_id=notice.hold_id,
        reason=hold.reason if hold else "",
        received_at=notice.received_at,
        effective_at=hold.effective_at if hold else None,
        lifted_at=hold.lifted_at if hold else None,
        aftermath_done_at=notice.aftermath_done_at,
    )
