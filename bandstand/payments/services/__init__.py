"""Writes of payments: begin, claim, send, hear."""

from bandstand.payments.services.begin import begin_payment
from bandstand.payments.services.claims import (
    CaptureLine,
    claim_capture,
    claim_refund,
    claim_void,
)
from bandstand.payments.services.disputes import note_evidence
from bandstand.payments.services.hear import apply_event, apply_waiting, receive_webhook
from bandstand.payments.services.send import send_command, send_open_commands
from bandstand.payments.services.settling import (
    SettlementPreview,
    import_settlement,
    match_by_hand,
    match_waiting,
    preview_settlement,
)

__all__ = [
    "CaptureLine",
    "SettlementPreview",
    "apply_event",
    "apply_waiting",
    "begin_payment",
    "claim_capture",
    "claim_refund",
    "claim_void",
    "import_settlement",
    "match_by_hand",
    "match_waiting",
    "note_evidence",
    "preview_settlement",
    "receive_webhook",
    "send_command",
    "send_open_commands",
]
