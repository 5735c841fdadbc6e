"""
Lists that the brands of a book publish: written as a brand writes one, taken as a fetch is taken.

Only the network is left out. The bytes, the address they came from in the end and the instant are
the case's; whether they are believed is for the shop to say.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

from bandstand.config.cases.answers import Observed
from bandstand.config.cases.fields import CaseWordsError, Part
from bandstand.config.cases.proofs import CHALLENGE, register_party_domain
from bandstand.config.cases.world import ACTOR, BrandNote, World
from bandstand.rights.fetching import Fetched, FetchFault
from bandstand.rights.models import BrandDomain, ListSource, PartyDomain
from bandstand.rights.rules import Condition
from bandstand.rights.rules.lists import ListFaultCode
from bandstand.rights.rules.lists.words import SPEC_VERSION, WELL_KNOWN_LIST
from bandstand.rights.services.domains import DomainRefusedError
from bandstand.rights.services.lists import ListOutcome, note_fault, take_list

SILENT: Final = ("unreachable", "timeout", "404", "500", "503", "error", "dns")
REDIRECTED: Final = ("final_url", "redirected_to", "redirects_to", "redirect", "location")


def fetch_list(world: World, words: Part, *, at: datetime) -> Observed:
    """Let the shop read a brand's list as the case has it, and say what it made of it."""
    brand = world.brand(words.text("brand"), where=words.where)
    asked = words.text("url", f"https://{_home(brand, words)}{WELL_KNOWN_LIST}")
    source = _source(brand, host=_host(asked))
    result = str(words.raw("result", words.raw("status", words.raw("error", "ok"))))
    document = _document(world, words.part("list"), brand=brand, host=_host(asked), at=at)
    try:
        outcome = _read(source, words, asked=asked, document=document, result=result, at=at)
    except DomainRefusedError as refused:
        return _observed(
            world, None, alert=ListFaultCode.LIST_DOMAIN_NOT_BRAND, text=refused.message
        )
    return _observed(world, outcome, alert=outcome.alert, text=outcome.text)


def publish_grants(
    world: World, brand_name: str, *, entries: Sequence[Mapping[str, Any]], at: datetime
) -> None:
    """Let a brand publish a list of these entries, and the shop read it."""
    host = world.brand(brand_name).domains[0]
    world.served[brand_name] = {
        "version": SPEC_VERSION,
        "sequence": len(entries),  # each entry of the book is another edition of the list
        "issued_at": _written(at),
        "domain": host,
        "authorised_sellers": list(entries),
    }
    outcome = read_again(world, brand_name, at=at)
    if outcome.alert:
        raise CaseWordsError(f"The list of {host} is not believed: {outcome.alert}: {outcome.text}")


def read_again(world: World, brand_name: str, *, at: datetime) -> ListOutcome:
    """Let the shop read once more what a brand serves, as its hourly job does."""
    brand, host = world.brand(brand_name), world.brand(brand_name).domains[0]
    fetched = _fetched(f"https://{host}{WELL_KNOWN_LIST}", world.served[brand_name], at=at)
    return take_list(source_id=_source(brand, host=host), fetched=fetched, now=at)


def name_party(world: World, name: str, *, where: str = "") -> str:
    """Return the domain by which lists name a party, proved when it is first named."""
    party = world.party(name, where=where)
    if not PartyDomain.objects.filter(party=party.id).exists():
        register_party_domain(party)
    return party.domain


def countries_of(world: World, markets: Iterable[str]) -> list[str]:
    """Return the countries that markets deliver to, as a list names them."""
    return sorted({one for market in markets for one in world.markets[market]})


def _read(
    source: UUID, words: Part, *, asked: str, document: Mapping[str, Any], result: str, at: datetime
) -> ListOutcome:
    if not asked.startswith("https://"):
        fault = FetchFault("The address does not begin with https.", code="not_https")
        return note_fault(source_id=source, fault=fault, now=at)
    if result.lower() in SILENT:
        fault = FetchFault(f"{asked} did not answer.", code="unreachable")
        return note_fault(source_id=source, fault=fault, now=at)
    named = words.first(*REDIRECTED)
    final = words.text(named) if named else asked
    return take_list(source_id=source, fetched=_fetched(final, document, at=at), now=at)


def _document(
    world: World, words: Part, *, brand: BrandNote, host: str, at: datetime
) -> dict[str, Any]:
    return {
        "version": SPEC_VERSION,
        "sequence": words.number("sequence", 1),
        "issued_at": _written(words.instant("issued_at", at)),
        "domain": words.text("domain", host),
        "authorised_sellers": [
            _entry(world, one, brand=brand, where=words.where) for one in words.list_of("sellers")
        ],
        "revoked_sellers": [_revocation(world, one, at=at) for one in _revoked(words)],
    }


def _entry(world: World, one: object, *, brand: BrandNote, where: str) -> dict[str, Any]:
    part = Part({"seller": one} if isinstance(one, str) else one, where=f"{where}.sellers")
    named = part.first("seller", "id", "name") or "seller"
    markets = part.texts("markets") or tuple(world.markets)
    entry: dict[str, Any] = {
        "domain": name_party(world, part.text(named), where=part.where),
        "brands": [world.brand(name).slug for name in part.texts("brands")] or [brand.slug],
        "categories": list(part.texts("categories") or tuple(world.categories)),
        "countries": countries_of(world, (world.market_of(one) for one in markets)),
        "models": list(part.texts("models")),
        "conditions": list(part.texts("conditions") or tuple(Condition)),
    }
    for mine, theirs in (("from", "valid_from"), ("until", "valid_until")):
        if part.maybe_instant(mine) is not None:
            entry[theirs] = _written(part.instant(mine))
    return entry


def _revoked(words: Part) -> list[Part]:
    return [
        Part({"seller": one} if isinstance(one, str) else one, where=f"{words.where}.revoked")
        for one in words.list_of("revoked")
    ]


def _revocation(world: World, words: Part, *, at: datetime) -> dict[str, Any]:
    named = words.first("at", "revoked_at")
    return {
        "domain": name_party(world, words.text("seller"), where=words.where),
        "revoked_at": _written(words.instant(named) if named else at),
        "reason": words.text("reason", "relationship_ended"),
    }


def _source(brand: BrandNote, *, host: str) -> UUID:
    """Return where a brand's list is read; one on a host that nobody proved is not believed."""
    for domain in BrandDomain.objects.filter(brand=brand.id).order_by("id"):
        if host == domain.domain or host.endswith(f".{domain.domain}"):
            return ListSource.objects.values_list("id", flat=True).get(domain=domain)
    row = BrandDomain.objects.create(
        brand_id=brand.id,
        domain=host,
        challenge=CHALLENGE,
        asked_at=brand_asked(brand),
        asked_by=ACTOR,
    )
    source = ListSource.objects.create(
        brand_id=brand.id, domain=row, url=f"https://{host}{WELL_KNOWN_LIST}"
    )
    return source.id


def brand_asked(brand: BrandNote) -> datetime:
    """Return when the brand's domains were asked for."""
    return BrandDomain.objects.filter(brand=brand.id).values_list("asked_at", flat=True)[0]


def _home(brand: BrandNote, words: Part) -> str:
    if not brand.domains:
        raise CaseWordsError(f"{words.where}: the brand has no domain to publish a list on.")
    return brand.domains[0]


def _fetched(url: str, document: Mapping[str, Any], *, at: datetime) -> Fetched:
    body = json.dumps(document, ensure_ascii=False).encode()
    return Fetched(
        url=url,
        final_url=url,
        status=200,
        body=body,
        media_type="application/json",
        fetched_at=at,
        sha256=hashlib.sha256(body).hexdigest(),
    )


def _observed(world: World, outcome: ListOutcome | None, *, alert: str, text: str) -> Observed:
    names = {note.id: name for name, note in world.parties.items()}
    listed = [names[one] for one in outcome.parties if one in names] if outcome else []
    return Observed(
        {
            "listed": listed,
            "alert": str(alert) or None,
            "alerts": [str(alert)] if alert else [],
            "reasons": [str(alert)] if alert else [],
            "decision": "deny" if alert else "allow",
            "accepted": not alert,
            "sequence": outcome.sequence if outcome else None,
            "text": text,
        }
    )


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""


def _written(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
