from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, connection, transaction

from bandstand.plumbing import audit
from bandstand.plumbing.models import AuditEntry

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "update plumbing_auditentry set actor = 'nobody'",
        "delete from plumbing_auditentry",
        "truncate plumbing_auditentry",
    ],
)
def test_what_was_recorded_cannot_be_changed(statement: str) -> None:
    audit.record(actor="mira@example.org", action="hold.place", subject="hld_1", now=NOW)

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        connection.cursor().execute(statement)

    assert AuditEntry.objects.get().actor == "mira@example.org"
