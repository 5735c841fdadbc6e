"""What can be recorded, shown and taken back about the right to sell."""

from bandstand.rights.services.evidence import (
    EvidenceWordsError,
    name_brand,
    number_variant,
    record_certification,
    record_difference,
    record_label,
    record_protection,
)
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
    "EvidenceWordsError",
    "GrantWordsError",
    "confirm_status",
    "issue_grant",
    "name_brand",
    "number_variant",
    "publish_statement",
    "record_approval",
    "record_certification",
    "record_difference",
    "record_label",
    "record_protection",
    "revoke_grant",
    "set_policy",
]
