"""A small book in the cast's names: Aster's phone, sold by Northgate in the United States."""

from typing import Any

import yaml

from bandstand.config.cases import CaseBook
from bandstand.config.cases.book import book_of

AT = "2026-11-22T10:00:00Z"
WORLD: dict[str, Any] = {
    "version": 1,
    "policy": {
        "clock_skew": "PT60S",
        "status_max_age": "PT24H",
        "min_level": {"phone": "list", "default": "document"},
        "require_grant": {"new": True, "refurbished": False, "used": False},
        "require_custody": {"new": "complete", "refurbished": "none", "used": "none"},
    },
    "markets": {"US": {"members": ["US", "PR"], "regimes": ["fcc"]}},
    "brands": {"aster": {"domains": ["aster.example"], "names": ["Aster"], "keys": ["k-as-1"]}},
    "sellers": {"northgate": {"role": "seller", "verified": True, "country": "US"}},
    "variants": {
        "one": {
            "brand": "aster",
            "model": "One",
            "category": "phone",
            "approvals": {"US": {"id": "2AASTER1", "state": "granted"}},
        }
    },
    "grants": {
        "g": {
            "issuer": "brand:aster",
            "grantee": "northgate",
            "brands": ["aster"],
            "categories": ["phone"],
            "markets": ["US"],
            "level": "credential",
            "key": "k-as-1",
            "from": "2026-01-01T00:00:00Z",
            "until": "2027-01-01T00:00:00Z",
            "delegate": 0,
        }
    },
}
HOLD = {
    "id": "h1",
    "scope": {"brand": "aster", "market": "US"},
    "activities": ["offer.publish", "order.commit"],
    "effective_at": AT,
}


def question(**words: object) -> dict[str, Any]:
    """Write the question whether Northgate may sell Aster's phone."""
    return {
        "action": "order.commit",
        "seller": "northgate",
        "variant": "one",
        "deliver_to": "US",
        "condition": "new",
        "at": AT,
        **words,
    }


def decision(case_id: str = "A1", **words: Any) -> dict[str, Any]:  # noqa: ANN401 -- a case's words
    """Write a case of one question that is allowed, unless told."""
    return {
        "id": case_id,
        "kind": "decision",
        "title": "may Northgate sell it",
        "grants": ["g"],
        "custody": "complete",
        "ask": question(),
        "expect": {"decision": "allow"},
        **words,
    }


def sequence(*steps: dict[str, Any], case_id: str = "S1") -> dict[str, Any]:
    """Write a case of several steps."""
    return {"id": case_id, "kind": "sequence", "title": "steps", "steps": list(steps)}


def book(*cases: dict[str, Any], **sections: Any) -> CaseBook:  # noqa: ANN401 -- sections of a book
    """Return a book of these cases, read from text as a file is."""
    return book_of(text(*cases, **sections))


def text(*cases: dict[str, Any], **sections: Any) -> str:  # noqa: ANN401 -- sections of a book
    """Return a book of these cases as its file has it."""
    return yaml.safe_dump({**WORLD, **sections, "scenarios": list(cases)}, sort_keys=False)
