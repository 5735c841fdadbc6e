"""Writes of payments: begin, claim, send, hear."""

from bandstand.payments.services.begin import begin_payment
from bandstand.payments.services.card_setups import begin_setup, resolve_setups
from bandstand.payments.services.claims import (
    CaptureLine,
    claim_capture,
    claim_refund,
    claim_void,
    refund_again,
)
from bandstand.payments.services.disputes import note_evidence
from bandstand.payments.services.hear import apply_event, receive_webhook, receive_webhooks
from bandstand.payments.services.hear_many import apply_waiting
from bandstand.payments.services.saved_cards import (
    forget_card,
    forget_removed,
    remove_card,
    tell_expiring,
)
from bandstand.payments.services.send import send_command
from bandstand.payments.services.send_many import send_open_commands, send_written
from bandstand.payments.services.settling import (
    SettlementPreview,
    import_settlement,
    match_by_hand,
    match_waiting,
    preview_settlement,
    unmatch,
)
from bandstand.payments.services.settling_uploads import (
    UploadLook,
    UploadMovedOnError,
    drop_report,
    look_at_report,
    preview_upload,
    resume_reports,
    run_report,
    take_report,
)

__all__ = [
    "CaptureLine",
    "SettlementPreview",
    "UploadLook",
    "UploadMovedOnError",
    "apply_event",
    "apply_waiting",
    "begin_payment",
    "begin_setup",
    "claim_capture",
    "claim_refund",
    "claim_void",
    "drop_report",
    "forget_card",
    "forget_removed",
    "import_settlement",
    "look_at_report",
    "match_by_hand",
    "match_waiting",
    "note_evidence",
    "preview_settlement",
    "preview_upload",
    "receive_webhook",
    "receive_webhooks",
    "refund_again",
    "remove_card",
    "resolve_setups",
    "resume_reports",
    "run_report",
    "send_command",
    "send_open_commands",
    "send_written",
    "take_report",
    "tell_expiring",
    "unmatch",
]
