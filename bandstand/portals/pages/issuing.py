"""What a brand permits by its own signature: drafted, signed by its own key, and taken back."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any, Final
from uuid import UUID

from bandstand.catalogue import queries as catalogue
from bandstand.gate.queries.desk_lists import decision_rows
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.offers.queries import OfferRow
from bandstand.offers.queries.desk_lists import OfferFilters, offers_list
from bandstand.offers.rules import OfferState
from bandstand.parties import queries as parties
from bandstand.parties.rules import Role
from bandstand.plumbing.desk.exports import every_page
from bandstand.plumbing.desk.tables import (
    ONE_PAGE,
    Cell,
    Column,
    Fact,
    Listing,
    Row,
    Table,
    pill,
    plain_headings,
)
from bandstand.plumbing.desk.words import instant_text, plural
from bandstand.plumbing.ids import new_id
from bandstand.portals.desk import Desk
from bandstand.portals.key_forms import GrantForm, RevokeForm, midnight
from bandstand.portals.pages.keys import own_brands, own_keys
from bandstand.rights.queries import credentials
from bandstand.rights.queries.credentials import IssuedGrant
from bandstand.rights.queries.keys import brand_urn, party_urn
from bandstand.rights.rules import Condition
from bandstand.rights.rules.credentials import (
    BITS_MIN,
    Claims,
    Fault,
    StatusEntry,
    StatusPurpose,
    SubjectClaims,
    open_envelope,
    read_claims,
    signing_input_of,
)

GRANTS_URL: Final = "/portals/brand/grants/"
NOT_CONFIRMED: Final = "The issuer's status list was not read yet."


@dataclass(frozen=True, slots=True, kw_only=True)
class SignPage:
    """A grant in plain words, the text to sign, and what was wrong with the last signature."""

    facts: tuple[Fact, ...]
    signing_input: str
    kid: str
    alg: str
    wrong: str = ""
    cure: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantPage:
    """One grant: what it permits, the credential, what rests on it, and the form that ends it."""

    title: str
    state: str
    kind: str
    facts: tuple[Fact, ...]
    wrong: str
    cure: str
    compact: str
    offers: Table
    form: RevokeForm | None
    action_url: str


def grant_form(desk: Desk, *words: Any) -> GrantForm:  # noqa: ANN401 -- what a form is bound to
    """Return the form of a new grant, over the keys that stand now."""
    standing = [one for one in own_keys(desk) if one.stands_at(desk.now) and one.brand_id]
    today = {"from_day": desk.now.date(), "conditions": [Condition.NEW.value], "depth": 0}
    return GrantForm(*words, actor=desk.actor, keys=standing, initial=today)


def drafted(form: GrantForm) -> SignPage:
    """Return what a valid form would permit, ready to be signed."""
    key = form.chosen_key
    slug = next(one.slug for one in catalogue.brands() if one.id == key.brand_id)
    claims = _claims(form, brand=slug)
    signing_input = signing_input_of(claims.as_json(), alg=key.algorithm.value, kid=key.kid)
    return sign_page(signing_input)


def sign_page(signing_input: str, *, fault: Fault | None = None) -> SignPage:
    """
    Return the page on which a drafted grant is signed.

    Raises: CredentialFaultError if the text is not a draft.
    """
    envelope = open_envelope(f"{signing_input}.")
    return SignPage(
        facts=_claim_facts(read_claims(envelope.payload)),
        signing_input=signing_input,
        kid=envelope.header.kid,
        alg=envelope.header.alg,
        wrong=fault.text if fault else "",
        cure=fault.cure if fault else "",
    )


def grants_page(desk: Desk) -> Listing:
    """Return the grants that the brand signed itself."""
    rows = credentials.issued_grants(own_brands(desk))
    return Listing(
        title="Grants you signed",
        lead="Who may sell under your marks by your own signature. Revoke one and its offers stop.",
        table=grants_table(rows, desk=desk, caption="Signed grants", base_url=GRANTS_URL),
        pages=ONE_PAGE,
        action_url=f"{GRANTS_URL}new/",
        action_label="Sign a grant",
        empty_title="Nothing signed yet",
        empty_text="A signed grant is the strongest proof a seller can show.",
    )


def grants_table(rows: list[IssuedGrant], *, desk: Desk, caption: str, base_url: str = "") -> Table:
    """Return grants by credential, each with its state and what would cure it."""
    return Table(
        caption=caption,
        note=plural(len(rows), "grant"),
        columns=plain_headings(
            Column("To" if base_url else "Issuer"),
            Column("State"),
            Column("Goods"),
            Column("Markets"),
            Column("From"),
            Column("Until"),
        ),
        rows=tuple(
            Row(
                url=f"{base_url}{print_id(IdKind.GRANT, one.id)}/" if base_url else "",
                cells=(
                    Cell(one.grantee_name if base_url else one.issuer_name),
                    _state_cell(one, desk=desk),
                    Cell(", ".join(one.brands), note=_goods(one)),
                    Cell(", ".join(one.markets)),
                    Cell(_day(one.from_at)),
                    Cell(_day(one.until_at)),
                ),
            )
            for one in rows
        ),
    )


def grant_page(grant_id: UUID, *, desk: Desk, form: RevokeForm | None = None) -> GrantPage:
    """
    Return one grant that the brand signed.

    Raises: NotFoundError, alike for another brand's grant and none.
    """
    row = credentials.issued_grant(grant_id, brand_ids=own_brands(desk))
    state = _state_cell(row, desk=desk)
    return GrantPage(
        title=f"{row.issuer_name} to {row.grantee_name}",
        state=state.text,
        kind=state.kind,
        facts=_grant_facts(row, zone=desk.zone),
        wrong=row.fault_text,
        cure=row.fault_cure,
        compact=row.compact,
        offers=_offers(resting_offers(row)),
        form=None if row.revoked_at else form or RevokeForm(),
        action_url=f"{GRANTS_URL}{print_id(IdKind.GRANT, grant_id)}/",
    )


def resting_offers(grant: IssuedGrant) -> list[OfferRow]:
    """Return the offers on the shelf whose last decision rests on a grant."""
    filters = OfferFilters(
        state=OfferState.LISTED.value,
        seller_id=grant.grantee_id,
        brand_ids=frozenset(grant.brand_ids),
    )
    listed = [
        one
        for page in every_page(lambda at: offers_list(filters, page=at))
        for one in page.offers
        if one.last_decision_id
    ]
    decisions = decision_rows({one.last_decision_id for one in listed if one.last_decision_id})
    resting = {
        key
        for key, decision in decisions.items()
        if any(one.kind == "grant" and str(one.id) == str(grant.id) for one in decision.evidence)
    }
    return [one for one in listed if one.last_decision_id in resting]


def _claims(form: GrantForm, *, brand: str) -> Claims:
    cleaned = form.cleaned_data
    sell_off = cleaned["sell_off_day"]
    return Claims(
        id=f"urn:uuid:{new_id()}",
        issuer=brand_urn(brand),
        valid_from=midnight(cleaned["from_day"]),
        valid_until=midnight(cleaned["until_day"]),
        subject=SubjectClaims(
            id=party_urn(cleaned["seller"]),
            brands=tuple(sorted(cleaned["brands"])),
            categories=tuple(sorted(cleaned["categories"])),
            markets=tuple(sorted(cleaned["markets"])),
            conditions=tuple(Condition(one) for one in sorted(cleaned["conditions"])),
            models=tuple(sorted(cleaned["models"])),
            delegation_depth=cleaned["depth"],
            sell_off_until=midnight(sell_off) if sell_off else None,
        ),
        statuses=(
            StatusEntry(
                credentials.hosted_url(brand), _free_index(brand), StatusPurpose.REVOCATION
            ),
        ),
    )


def _free_index(brand: str) -> int:
    """Draw a place at random, so that a place says nothing of when or how much a brand signs."""
    taken = credentials.taken_indexes(brand)
    while True:
        index = secrets.randbelow(BITS_MIN)
        if index not in taken:
            return index


def _claim_facts(claims: Claims) -> tuple[Fact, ...]:
    subject = claims.subject
    brands = {one.slug: one.name for one in catalogue.brands()}
    goods = {one.slug: one.name for one in catalogue.categories()}
    markets = {one.code: one.name for one in catalogue.markets()}
    sellers = {one.slug: one.trading_name for one in parties.parties_in_role(Role.SELLER)}
    facts = [
        Fact("Seller", _called([_tail(subject.id)], sellers)),
        Fact("May sell", _called(subject.brands, brands)),
        Fact("Goods", _called(subject.categories, goods)),
        Fact("Models", ", ".join(_tail(one, "/") for one in subject.models) or "every model"),
        Fact("Delivered in", _called(subject.markets, markets)),
        Fact("Condition", ", ".join(subject.conditions)),
        Fact("From", _day(claims.valid_from)),
        Fact("Until", f"{_day(claims.valid_until)}, not included"),
        Fact("May be passed on", _depth_text(subject.delegation_depth)),
        Fact("By", _called([_tail(claims.issuer)], brands)),
    ]
    if subject.sell_off_until:
        facts.insert(8, Fact("May sell off until", _day(subject.sell_off_until)))
    return tuple(facts)


def _grant_facts(row: IssuedGrant, *, zone: str) -> tuple[Fact, ...]:
    facts = [
        Fact("Seller", row.grantee_name),
        Fact("May sell", ", ".join(row.brands)),
        Fact("Goods", ", ".join(row.categories)),
        Fact("Models", ", ".join(row.models) or "every model"),
        Fact("Delivered in", ", ".join(row.markets)),
        Fact("Condition", ", ".join(row.conditions)),
        Fact("From", _day(row.from_at)),
        Fact("Until", f"{_day(row.until_at)}, not included"),
        Fact("May be passed on", _depth_text(row.delegate_depth)),
        Fact("Passed on", plural(row.sub_grants, "time")),
        Fact("Signed with", row.kid),
        Fact("SHA-256", row.sha256),
    ]
    if row.revoked_at:
        facts.append(Fact("Revoked", instant_text(row.revoked_at, zone=zone)))
        facts.append(Fact("Why", row.revoke_reason))
    return tuple(facts)


def _state_cell(one: IssuedGrant, *, desk: Desk) -> Cell:
    states = (
        (one.revoked_at is not None, "Revoked", "bad", one.revoke_reason),
        (one.key_revoked, "Key revoked", "bad", "Ask for one signed with a key that stands."),
        (bool(one.fault), "Does not count", "bad", f"{one.fault_text} {one.fault_cure}"),
        (one.until_at <= desk.now, "Ran out", "part", ""),
        (one.from_at > desk.now, "To begin", "info", ""),
        (one.status_checked_at is None, "Not confirmed", "part", NOT_CONFIRMED),
    )
    for applies, word, kind, note in states:
        if applies:
            return pill(word, kind, note=note)
    return pill("In force", "good")


def _offers(rows: list[OfferRow]) -> Table:
    return Table(
        caption="Offers that rest on it",
        note=plural(len(rows), "offer"),
        columns=plain_headings(Column("Offer"), Column("Market"), Column("Condition")),
        rows=tuple(
            Row((Cell(one.title, note=one.configuration), Cell(one.market), Cell(one.condition)))
            for one in rows
        ),
    )


def _goods(one: IssuedGrant) -> str:
    return ", ".join((*one.categories, *one.models))


def _depth_text(depth: int) -> str:
    return "no" if depth == 0 else f"{plural(depth, 'time')}"


def _called(words: Iterable[str], names: Mapping[str, str]) -> str:
    return ", ".join(names.get(word, word) for word in words)


def _day(instant: datetime) -> str:
    """Return an instant as credentials are dated: in UTC, and a midnight as its day alone."""
    clock = "" if instant.time() == time() else f" {instant:%H:%M}"
    return f"{instant.day} {instant:%b %Y}{clock} UTC"


def _tail(name: str, separator: str = ":") -> str:
    return name.rpartition(separator)[2]
