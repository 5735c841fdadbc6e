"""
Stripe's post: signed events, of which only what says where to look is kept.

An event carries the buyer's name and card; the shop keeps its id, its kind and the payment it is
about, and asks Stripe for the rest.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import stripe

from bandstand.payments.gateways.port import ProviderNotice, WebhookRefusedError

TOLERANCE: Final = timedelta(seconds=300)
"""Source: Stripe, "Verify webhook signatures", default tolerance; from general knowledge."""
OWN_KINDS: Final = frozenset({"payment_intent", "checkout.session", "setup_intent"})


def verify(raw: bytes, headers: Mapping[str, str], *, secret: str, now: datetime) -> ProviderNotice:
    """
    Return what a signed body says, after checking the signature over its very bytes.

    Raises: WebhookRefusedError.
    Source: Stripe, "Verify webhook signatures manually"; from general knowledge.
    """
    names = {name.lower(): value for name, value in headers.items()}
    header = names.get("stripe-signature", "")
    try:
        stripe.WebhookSignature.verify_header(raw.decode(), header, secret)
    except (stripe.SignatureVerificationError, UnicodeDecodeError) as refused:
        raise WebhookRefusedError("The webhook is not signed with this shop's secret.") from refused
    _require_recent(header, now=now)
    return _notice(raw)


def _require_recent(header: str, *, now: datetime) -> None:
    stamps = [part.partition("=")[2] for part in header.split(",") if part.startswith("t=")]
    try:
        signed_at = datetime.fromtimestamp(int(stamps[0]), tz=UTC)
    except (IndexError, OverflowError, ValueError, OSError) as refused:
        raise WebhookRefusedError("The webhook's timestamp is no instant.") from refused
    if abs(now - signed_at) > TOLERANCE:
        raise WebhookRefusedError("The webhook was signed more than five minutes away from now.")


def _notice(raw: bytes) -> ProviderNotice:
    try:
        event: dict[str, Any] = json.loads(raw)
        about: dict[str, Any] = event["data"]["object"]
        event_id, kind, of = str(event["id"]), str(event["type"]), str(about["object"])
        ref = str(about["id"] if of in OWN_KINDS else about.get("payment_intent") or "")
    except (ValueError, KeyError, TypeError, AttributeError) as refused:
        raise WebhookRefusedError("The webhook's body is not an event of Stripe's.") from refused
    kept = {
        "id": event_id,
        "type": kind,
        "created": event.get("created"),
        "livemode": event.get("livemode"),
        "object": of,
    }
    return ProviderNotice(event_id=event_id, kind=kind, ref=ref, payload=kept)
