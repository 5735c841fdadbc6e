"""Writes of payments: begin, claim, send, hear."""

from bandstand.payments.services.begin import begin_payment
from bandstand.payments.services.claims import (
    CaptureLine,
    claim_capture,
    claim_refund,
    claim_void,
)
from bandstand.payments.services.hear import apply_event, apply_waiting, receive_webhook
from bandstand.payments.services.send import send_command, send_open_commands

__all__ = [
    "CaptureLine",
    "apply_event",
    "apply_waiting",
    "begin_payment",
    "claim_capture",
    "claim_refund",
    "claim_void",
    "receive_webhook",
    "send_command",
    "send_open_commands",
]
