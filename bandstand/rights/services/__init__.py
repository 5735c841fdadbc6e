"""What can be recorded, shown and taken back about the right to sell."""

from bandstand.rights.services.record import (
    GrantWordsError,
    confirm_status,
    issue_grant,
    publish_statement,
    record_approval,
    revoke_grant,
    set_policy,
)

__all__ = [
    "GrantWordsError",
    "confirm_status",
    "issue_grant",
    "publish_statement",
    "record_approval",
    "revoke_grant",
    "set_policy",
]
