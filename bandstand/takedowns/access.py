"""Who may see and file which notices. The only fetch by id for delivery code."""

from uuid import UUID

from bandstand.catalogue.models import Brand
from bandstand.kernel.errors import NotFoundError
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.parties.rules import Actor, Role, require_role
from bandstand.takedowns.models import Notice, StatementOfReasons
from bandstand.takedowns.queries import notice_rows
from bandstand.takedowns.queries.notice_rows import NoticeList, NoticePage, StatementRow
from bandstand.takedowns.rules import NoticeState


def brands_for(actor: Actor) -> list[tuple[UUID, str]]:
    """
    Return the brands that a brand account may file notices for, by name, as pairs of key and name.

    Raises: RoleMissingError if the caller acts for no brand.
    """
    party_id = require_role(actor, Role.BRAND)
    own = Brand.objects.filter(owner_id=party_id)
    lent = Brand.objects.filter(owner=None, parent__owner_id=party_id)
    return list((own | lent).order_by("name").values_list("id", "name").distinct())


def visible_notices(actor: Actor, *, state: NoticeState | None = None, page: int = 1) -> NoticeList:
    """
    Return the notices that the caller may see: the operator all, a brand account its own party's.

    Raises: RoleMissingError for everyone else.
    """
    party_id = None if actor.is_operator else require_role(actor, Role.BRAND)
    return notice_rows.notices(party_id=party_id, state=state, page=page)


def notice_for(actor: Actor, notice_id: UUID) -> NoticePage:
    """
    Return a notice that the caller may see.

    Raises: NotFoundError, alike for a notice that is not theirs and one that is not there.
    """
    own = Notice.objects.filter(pk=notice_id)
    if not actor.is_operator:
        party_id = actor.party_for(Role.BRAND)
        own = own.filter(party_id=party_id) if party_id else own.none()
    if not own.exists():
        raise NotFoundError(
            "There is no notice by that id.", notice_id=print_id(IdKind.NOTICE, notice_id)
        )
    return notice_rows.notice_page(notice_id)


def statements_for(actor: Actor) -> list[StatementRow]:
    """
    Return the statements of reasons sent to the caller's own seller, newest first.

    Raises: RoleMissingError if the caller is no seller.
    """
    seller_id = require_role(actor, Role.SELLER)
    found = StatementOfReasons.objects.filter(seller_id=seller_id).select_related("seller")
    return [
        StatementRow(
            seller_id=one.seller_id,
            seller_name=one.seller.trading_name,
            stated_at=one.stated_at,
            body=one.body,
        )
        for one in found.order_by("-stated_at")
    ]
