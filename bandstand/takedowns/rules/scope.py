"""What a notice may ask to stop, and who may ask."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from bandstand.gate.rules import Activity, HoldScope
from bandstand.kernel.errors import BadInputError, RefusedError

STOPPED_ACTIVITIES: Final = frozenset(
    {
        Activity.OFFER_PUBLISH,
        Activity.ORDER_COMMIT,
        Activity.PAYMENT_CAPTURE,
        Activity.FULFILMENT_RELEASE,
        Activity.EXCHANGE_SHIP,
        Activity.RESTOCK,
    }
)
"""What a brand's notice stops: every way a phone goes out to a buyer. Returns go on."""
EXPLANATION_MIN: Final = 20
EXPLANATION_MAX: Final = 5000
"""
A statement of reasons carries the facts in at most 5,000 characters, and the explanation is most of
them.

Source: the European Commission's statement-of-reasons database, field ``decision_facts`` (June
2026).
"""
REFERENCE_MAX: Final = 200


class MalformedNoticeError(BadInputError):
    """A notice that lacks something; nothing was stopped."""

    code = "malformed_notice"


class NoticeRefusedError(RefusedError):
    """This account may not ask for this stop; nothing was stopped."""

    code = "notice_refused"


@dataclass(frozen=True, kw_only=True, slots=True)
class NoticeScope:
    """How much of a brand a notice asks to stop; what is left out is not narrowed."""

    include_sub_brands: bool = True
    market: str | None = None
    category_id: UUID | None = None
    model_id: UUID | None = None
    seller_id: UUID | None = None

    def as_json(self) -> dict[str, str | bool | None]:
        return {
            "include_sub_brands": self.include_sub_brands,
            "market": self.market,
            "category": str(self.category_id) if self.category_id else None,
            "model": str(self.model_id) if self.model_id else None,
            "seller": str(self.seller_id) if self.seller_id else None,
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "NoticeScope":
        """Return the scope that was stored with a notice."""
        return cls(
            include_sub_brands=bool(stored["include_sub_brands"]),
            market=stored["market"],
            category_id=_uuid(stored["category"]),
            model_id=_uuid(stored["model"]),
            seller_id=_uuid(stored["seller"]),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class BrandRights:
    """What decides whether an account may speak for a brand."""

    brand_name: str
    party_id: UUID
    party_name: str
    is_member: bool
    is_verified: bool
    is_suspended: bool
    owner_ids: Sequence[UUID | None]
    """The owners of the brand and then of its ancestors, nearest first."""
    foreign_sub_brands: Sequence[str] = ()
    """Sub-brands within the scope that another party owns."""


def hold_scope(brand_id: UUID, scope: NoticeScope) -> HoldScope:
    """Return the gate's scope for a notice on a brand."""
    return HoldScope(
        brand_id=brand_id,
        include_sub_brands=scope.include_sub_brands,
        market=scope.market,
        category_id=scope.category_id,
        model_id=scope.model_id,
        seller_id=scope.seller_id,
    )


def require_notice_words(*, explanation: str, right_reference: str, good_faith: bool) -> None:
    """
    Refuse a notice that does not explain itself or is not declared in good faith.

    Raises: MalformedNoticeError.
    Source: Regulation (EU) 2022/2065, article 16(2)(a) and (d) (read 2026-11-22).
    """
    if not good_faith:
        raise MalformedNoticeError(
            "Confirm that you give this notice in good faith and believe it to be accurate.",
            field="good_faith",
        )
    said = len(explanation.strip())
    if said < EXPLANATION_MIN:
        raise MalformedNoticeError(
            f"Say why these phones may not be sold, in at least {EXPLANATION_MIN} characters; "
            f"this explanation has {said}.",
            field="explanation",
        )
    if said > EXPLANATION_MAX:
        raise MalformedNoticeError(
            f"Keep the explanation under {EXPLANATION_MAX} characters; this one has {said}.",
            field="explanation",
        )
    if len(right_reference) > REFERENCE_MAX:
        raise MalformedNoticeError(
            f"Keep the reference of the right under {REFERENCE_MAX} characters.",
            field="right_reference",
        )


def require_standing(rights: BrandRights) -> None:
    """
    Refuse an account that is not a verified brand account of the brand in question.

    Raises: NoticeRefusedError naming the first thing that is missing.
    """
    missing = _missing_standing(rights)
    if missing:
        raise NoticeRefusedError(missing)


def _missing_standing(rights: BrandRights) -> str:
    owner = next((one for one in rights.owner_ids if one is not None), None)
    checks = (
        (
            rights.is_member,
            f"You do not act for {rights.party_name} as a brand. Sign in with its brand account.",
        ),
        (
            rights.is_verified,
            f"{rights.party_name} is not verified yet. Ask the operator to verify it first.",
        ),
        (not rights.is_suspended, f"{rights.party_name} is suspended and may not file notices."),
        (
            owner == rights.party_id,
            (
                f"{rights.party_name} does not own {rights.brand_name}. "
                "A brand stops only what bears its own mark."
            ),
        ),
        (
            not rights.foreign_sub_brands,
            (
                f"{', '.join(rights.foreign_sub_brands)} belongs to another party. "
                "Leave sub-brands out of the scope, or name one model."
            ),
        ),
    )
    return next((words for is_met, words in checks if not is_met), "")


def _uuid(text: str | None) -> UUID | None:
    return UUID(text) if text else None
