"""Words of takedowns and their pure decisions: scope, deadlines, remedies, statements, letters."""

from bandstand.takedowns.rules.deadlines import Deadline, refund_deadline
from bandstand.takedowns.rules.extent import AftermathExtent, aftermath_extent
from bandstand.takedowns.rules.remedies import LineFacts, Step, next_step, remedy_for
from bandstand.takedowns.rules.scope import (
    STOPPED_ACTIVITIES,
    MalformedNoticeError,
    NoticeRefusedError,
    NoticeScope,
    hold_scope,
    require_notice_words,
)
from bandstand.takedowns.rules.statements import StatementFacts, statement_body
from bandstand.takedowns.rules.words import (
    CASE_MOVES,
    NOTICE_MOVES,
    CaseMove,
    CaseMoveRefusedError,
    CaseState,
    NoticeMove,
    NoticeMoveRefusedError,
    NoticeState,
    RemedyKind,
    next_case_state,
    next_notice_state,
)

__all__ = [
    "CASE_MOVES",
    "NOTICE_MOVES",
    "STOPPED_ACTIVITIES",
    "AftermathExtent",
    "CaseMove",
    "CaseMoveRefusedError",
    "CaseState",
    "Deadline",
    "LineFacts",
    "MalformedNoticeError",
    "NoticeMove",
    "NoticeMoveRefusedError",
    "NoticeRefusedError",
    "NoticeScope",
    "NoticeState",
    "RemedyKind",
    "StatementFacts",
    "Step",
    "aftermath_extent",
    "hold_scope",
    "next_case_state",
    "next_notice_state",
    "next_step",
    "refund_deadline",
    "remedy_for",
    "require_notice_words",
    "statement_body",
]
