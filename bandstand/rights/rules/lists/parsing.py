"""
A document's bytes to a list, or to everything that is wrong with it, each with its place.

The names ``domain``, ``brands``, ``countries``, ``valid_from`` and ``valid_until`` and their
meaning are those of AdCP brand.json, authorized_operators; ``revoked_at`` and its reasons those of
AdCP adagents.json, revoked_* (Apache-2.0, read 2026-11-22). The rest is this project's own.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from bandstand.rights.rules.lists.domains import unicode_domain
from bandstand.rights.rules.lists.fields import LONG_AGO, Fields
from bandstand.rights.rules.lists.reading import UnreadableError, read_json
from bandstand.rights.rules.lists.words import (
    BYTES_MAX,
    DELEGATE_DEPTH_MAX,
    ISSUED_SKEW,
    PROBLEMS_MAX,
    SELLERS_MAX,
    SEQUENCE_MAX,
    SPEC_VERSION,
    STATEMENTS_MAX,
    AuthorisedList,
    ListedRevocation,
    ListedSeller,
    ListedStatement,
    ListProblem,
    ReadList,
    RevokeReason,
)
from bandstand.rights.rules.naming import skeleton
from bandstand.rights.rules.words import ChannelStatus, Condition

WHOLE: Final = frozenset(
    {
        "$schema", "version", "sequence", "issued_at", "domain", "brands", "contact",
        "authorised_sellers", "revoked_sellers", "channel_statements", "ext",
    }
)  # fmt: skip
SELLER: Final = frozenset(
    {
        "domain", "id", "name", "brands", "countries", "categories", "models", "conditions",
        "valid_from", "valid_until", "sell_off_until", "delegate_depth", "ext",
    }
)  # fmt: skip
REVOCATION: Final = frozenset({"domain", "id", "name", "revoked_at", "reason", "note", "ext"})
STATEMENT: Final = frozenset(
    {
        "brands", "include_sub_brands", "countries", "categories", "status", "valid_from",
        "valid_until", "ext",
    }
)  # fmt: skip
ACCOUNT: Final = re.compile(
    r"pty_[0-9A-HJKMNP-TV-Z]{26}|[a-z0-9.-]{1,253}:[A-Za-z0-9._-]{1,100}", re.ASCII
)
CONTACT: Final = frozenset({"email", "url", "name", "ext"})


def parse_list(body: bytes, *, bytes_max: int = BYTES_MAX) -> ReadList:
    """
    Return the list that a document holds, and every problem with it.

    A document with any error is no list at all: half a list may leave out the half that revokes.
    """
    try:
        value, faults = read_json(body, bytes_max=bytes_max)
    except UnreadableError as wrong:
        return ReadList(None, (ListProblem("$", str(wrong)),))
    if not isinstance(value, dict):
        return ReadList(None, (ListProblem("$", "is not an object; a list begins with {."),))
    problems = list(faults)
    document = _document(Fields(value, path="$", problems=problems, known=WHOLE))
    problems.extend(_disagreements(document))
    # Errors come first, so that a hundred warnings cannot hide the one that spoils the list.
    ordered = sorted(problems, key=lambda one: one.is_warning)
    is_spoiled = bool(ordered) and not ordered[0].is_warning
    return ReadList(None if is_spoiled else document, tuple(ordered[:PROBLEMS_MAX]))


def _document(whole: Fields) -> AuthorisedList:
    version = whole.text("version", needed=True)
    if version and version.partition(".")[0] != SPEC_VERSION.partition(".")[0]:
        whole.wrong("version", f"is “{version}”; this reader knows version {SPEC_VERSION}.")
    contact = whole.fields("contact", known=CONTACT)
    return AuthorisedList(
        version=version,
        sequence=whole.number("sequence", least=1, most=SEQUENCE_MAX, needed=True),
        issued_at=whole.instant("issued_at", needed=True) or LONG_AGO,
        domain=whole.domain("domain", needed=True),
        brands=whole.texts("brands"),
        sellers=tuple(
            _seller(one)
            for one in whole.entries("authorised_sellers", most=SELLERS_MAX, known=SELLER)
        ),
        revoked=tuple(
            _revocation(one)
            for one in whole.entries("revoked_sellers", most=SELLERS_MAX, known=REVOCATION)
        ),
        statements=tuple(
            _statement(one)
            for one in whole.entries("channel_statements", most=STATEMENTS_MAX, known=STATEMENT)
        ),
        contact={name: contact.text(name) for name in ("email", "url", "name")} if contact else {},
    )


def _seller(entry: Fields) -> ListedSeller:
    valid_from, valid_until = entry.instant("valid_from"), entry.instant("valid_until")
    sell_off_until = entry.instant("sell_off_until")
    if valid_from and valid_until and valid_until <= valid_from:
        entry.wrong("valid_until", "is not after valid_from, so the entry permits nothing.")
    if sell_off_until and (not valid_until or sell_off_until < valid_until):
        entry.wrong("sell_off_until", "must not be before valid_until.")
    return ListedSeller(
        key=_key(entry),
        name=entry.text("name"),
        brands=entry.texts("brands"),
        categories=entry.texts("categories", needed=True),
        countries=entry.countries(),
        models=entry.texts("models"),
        conditions=entry.words("conditions", Condition, unless=(Condition.NEW,)),
        valid_from=valid_from,
        valid_until=valid_until,
        sell_off_until=sell_off_until,
        delegate_depth=entry.number("delegate_depth", least=0, most=DELEGATE_DEPTH_MAX),
        path=entry.path,
    )


def _revocation(entry: Fields) -> ListedRevocation:
    return ListedRevocation(
        key=_key(entry),
        revoked_at=entry.instant("revoked_at", needed=True) or LONG_AGO,
        reason=entry.word("reason", RevokeReason, unless=RevokeReason.OTHER),
        note=entry.text("note"),
    )


def _statement(entry: Fields) -> ListedStatement:
    if not entry.text("status"):
        entry.wrong("status", "is missing.")
    return ListedStatement(
        status=entry.word("status", ChannelStatus, unless=ChannelStatus.CLOSED_NETWORK),
        countries=entry.countries(),
        brands=entry.texts("brands"),
        categories=entry.texts("categories"),
        include_sub_brands=entry.flag("include_sub_brands"),
        valid_from=entry.instant("valid_from"),
        valid_until=entry.instant("valid_until"),
    )


def _key(entry: Fields) -> str:
    domain, account = entry.domain("domain"), entry.text("id")
    if bool(entry.value.get("domain")) == bool(entry.value.get("id")):
        entry.wrong("domain", "or id must name the seller, and only one of the two.")
    if domain:
        return f"domain:{domain}"
    if account and not ACCOUNT.fullmatch(account):
        entry.wrong(
            "id",
            "must be a marketplace's host and the seller's account there, such as "
            "shop.example:northgate, or an id such as pty_….",
        )
    return f"id:{account}"


def _disagreements(document: AuthorisedList) -> Iterator[ListProblem]:
    for at, gone in enumerate(document.revoked):
        if gone.revoked_at > document.issued_at + ISSUED_SKEW:
            yield ListProblem(
                f"$.revoked_sellers[{at}].revoked_at",
                "is after issued_at. A future end is a valid_until of the seller's entry.",
            )
    yield from _still_revoked(document)
    yield from _repeated(document)
    yield from _alike(one.key for one in document.sellers)


def _still_revoked(document: AuthorisedList) -> Iterator[ListProblem]:
    revoked = {gone.key: gone.revoked_at for gone in document.revoked}
    for one in document.sellers:
        at = revoked.get(one.key)
        if at is not None and (one.valid_from is None or one.valid_from <= at):
            yield ListProblem(
                one.path,
                "is also under revoked_sellers, and a revocation wins. To authorise the seller "
                "anew, give the entry a valid_from after revoked_at.",
                is_warning=True,
            )


def _repeated(document: AuthorisedList) -> Iterator[ListProblem]:
    seen: dict[str, str] = {}
    for one in document.sellers:
        first = seen.setdefault(repr(one.as_json()), one.path)
        if first != one.path:
            yield ListProblem(one.path, f"says the same as {first}.", is_warning=True)


def _alike(keys: Iterable[str]) -> Iterator[ListProblem]:
    shapes: dict[str, str] = {}
    for key in dict.fromkeys(keys):
        kind, _, name = key.partition(":")
        if kind == "domain":
            first = shapes.setdefault(skeleton(unicode_domain(name)), name)
            if first != name:
                yield ListProblem(
                    "$.authorised_sellers",
                    f"names {name} and {first}, which look alike. Make sure that both are meant.",
                    is_warning=True,
                )
