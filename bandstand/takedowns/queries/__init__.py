"""Reads of takedowns: previews, notices, statements, cases, and the proof of wholeness."""

from bandstand.takedowns.queries.case_rows import (
    CaseRow,
    Wholeness,
    case_counts,
    cases,
    is_everyone_whole,
    overdue_cases,
)
from bandstand.takedowns.queries.notice_rows import (
    NoticeList,
    NoticePage,
    NoticeRow,
    StatementRow,
    notice_of_hold,
    notice_page,
    notices,
    statements,
)
from bandstand.takedowns.queries.previews import NoticePreview, notice_preview
from bandstand.takedowns.queries.scope_previews import (
    HoldProgress,
    OpeningPreview,
    ScopePreview,
    hold_progress,
    opening_preview,
    scope_preview,
)
from bandstand.takedowns.queries.stopped_offers import StoppedPage, stopped_page

__all__ = [
    "CaseRow",
    "HoldProgress",
    "NoticeList",
    "NoticePage",
    "NoticePreview",
    "NoticeRow",
    "OpeningPreview",
    "ScopePreview",
    "StatementRow",
    "StoppedPage",
    "Wholeness",
    "case_counts",
    "cases",
    "hold_progress",
    "is_everyone_whole",
    "notice_of_hold",
    "notice_page",
    "notice_preview",
    "notices",
    "opening_preview",
    "overdue_cases",
    "scope_preview",
    "statements",
    "stopped_page",
]
