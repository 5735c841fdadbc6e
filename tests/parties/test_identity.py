"""A seller's identity: stated, checked by somebody else, kept as versions, erased in time."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction
from pytest_django import Settings

from bandstand.parties import services, vault
from bandstand.parties.models import IdentityCheck, IdentityField, Party, Person
from bandstand.parties.queries.identity import history, identity_of, statements_waiting
from bandstand.parties.rules import Role
from bandstand.parties.rules.files import FileRefusedError
from bandstand.parties.rules.identity import (
    CheckRefusedError,
    CheckVerdict,
    FieldStanding,
    IdentityWordsError,
)
from bandstand.parties.rules.identity_specs import CheckMethod, IdentityName
from bandstand.parties.sealing import SealBrokenError, unseal
from bandstand.plumbing import clock
from bandstand.plumbing.models import AuditEntry
from tests.factories import files, parties

NOW = datetime(2026, 11, 22, 15, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _private(settings: Settings, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path


@pytest.fixture
def northgate() -> Party:
    return parties.party(slug="northgate")


@pytest.fixture
def nora(northgate: Party) -> Person:
    return parties.membership(
        person=parties.person(email="nora@northgate.example.org"), party=northgate
    ).person


@pytest.fixture
def ada() -> Person:
    return parties.membership(
        person=parties.person(email="ada@lark.example.org"),
        party=parties.party(slug="lark"),
        role=Role.OPERATOR,
    ).person


def state(party: Party, by: Person, text: str = "Northgate Devices Inc", **changes: object) -> UUID:
    fields = {"name": IdentityName.LEGAL_NAME, "source": "Delaware register, file 1", "now": NOW}
    return services.state_identity(
        party_id=party.id,
        text=text,
        person_id=by.id,
        **{**fields, **changes},  # type: ignore[arg-type]  # fields of many types
    )


def check(statement_id: UUID, by: Person, **changes: object) -> None:
    fields = {
        "verdict": CheckVerdict.ACCEPTED,
        "method": CheckMethod.OFFICIAL_DATABASE,
        "source": "https://icis.corp.delaware.gov",
        "reason": "The register says the same.",
        "now": NOW,
    }
    services.check_identity(
        statement_id=statement_id,
        person_id=by.id,
        **{**fields, **changes},  # type: ignore[arg-type]  # fields of many types
    )


def test_field_carries_its_source_its_check_and_its_dates(
    northgate: Party, nora: Person, ada: Person
) -> None:
    check(state(northgate, nora), ada)

    fact = identity_of(northgate.id)[IdentityName.LEGAL_NAME]

    assert fact.shown == "Northgate Devices Inc"
    assert fact.source == "Delaware register, file 1"
    assert (fact.stated_by, fact.checked_by) == (nora.email, ada.email)
    assert fact.method is CheckMethod.OFFICIAL_DATABASE
    assert fact.standing_at(NOW) is FieldStanding.VERIFIED
    assert fact.standing_at(NOW + timedelta(days=365)) is FieldStanding.EXPIRED


def test_changed_field_is_a_new_version_that_waits_again(
    northgate: Party, nora: Person, ada: Person
) -> None:
    check(state(northgate, nora), ada)
    state(northgate, nora, "Northgate Devices LLC", now=NOW + timedelta(hours=1))

    versions = history(northgate.id, IdentityName.LEGAL_NAME)

    assert [one.fact.shown for one in versions] == [
        "Northgate Devices LLC",
        "Northgate Devices Inc",
    ]
    assert [one.fact.name for one in statements_waiting()] == [IdentityName.LEGAL_NAME]


def test_same_words_again_are_the_same_statement_until_refused(
    northgate: Party, nora: Person, ada: Person
) -> None:
    first = state(northgate, nora)
    assert state(northgate, nora) == first

    check(first, ada, verdict=CheckVerdict.REFUSED)

    assert state(northgate, nora, now=NOW + timedelta(days=1)) != first


def test_secret_is_sealed_at_rest_and_shown_masked(northgate: Party, nora: Person) -> None:
    state(northgate, nora, "US 04-2103594", name=IdentityName.TAX_ID)

    with connection.cursor() as cursor:
        cursor.execute("select to_jsonb(f)::text from parties_identityfield f")
        stored = cursor.fetchone()[0]
    row = IdentityField.objects.get()

    assert "2103594" not in stored
    assert row.masked == "•••• 3594"
    assert unseal(row.sealed.encode()) == b"US 04-2103594"
    assert "2103594" not in str(list(AuditEntry.objects.values_list("detail", flat=True)))


def test_database_takes_no_secret_in_the_clear(northgate: Party, nora: Person) -> None:
    with pytest.raises(DatabaseError, match="identity_secret_is_sealed"), transaction.atomic():
        IdentityField.objects.create(
            party=northgate, field="tax_id", value="1", source="x", stated_at=NOW, stated_by=nora
        )


def test_wrong_words_record_nothing(northgate: Party, nora: Person) -> None:
    for text, source in (("1", "a register"), ("Northgate", " ")):
        with pytest.raises(IdentityWordsError):
            state(northgate, nora, text, source=source)

    assert not IdentityField.objects.exists()


def test_copy_of_a_document_lies_sealed_in_the_vault(
    northgate: Party, nora: Person, tmp_path: Path
) -> None:
    content = files.png()
    services.show_identity_file(
        party_id=northgate.id,
        name=IdentityName.ID_DOCUMENT,
        content=content,
        file_name="../../passport.png",
        source="Passport office",
        person_id=nora.id,
        now=NOW,
    )

    row = IdentityField.objects.get()
    kept = [one for one in (tmp_path / "vault").rglob("*") if one.is_file()]

    assert (row.file_name, row.media_type) == ("passport.png", "image/png")
    assert vault.fetch(row.file_sha256) == content
    assert [one.name for one in kept] == [row.file_sha256]
    assert content not in kept[0].read_bytes()
    assert kept[0].stat().st_mode & 0o077 == 0


def test_hostile_file_is_refused_and_nothing_is_kept(
    northgate: Party, nora: Person, tmp_path: Path
) -> None:
    with pytest.raises(FileRefusedError):
        services.show_identity_file(
            party_id=northgate.id,
            name=IdentityName.ID_DOCUMENT,
            content=b"<svg onload=alert(1)>",
            file_name="passport.png",
            source="Passport office",
            person_id=nora.id,
            now=NOW,
        )

    assert not IdentityField.objects.exists()
    assert not (tmp_path / "vault").exists()


def test_altered_file_in_the_vault_is_noticed(tmp_path: Path) -> None:
    sha256 = vault.keep(b"what was shown")
    path = tmp_path / "vault" / sha256[:2] / sha256
    path.write_bytes(path.read_bytes()[:-2] + b"xx")

    with pytest.raises(SealBrokenError):
        vault.fetch(sha256)


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "0" * 63, "g" * 64, "0" * 64 + "/.."])
def test_vault_takes_no_path(name: str) -> None:
    with pytest.raises(vault.MalformedHashError):
        vault.fetch(name)


def test_seller_does_not_check_itself_in_service_or_database(
    northgate: Party, nora: Person, ada: Person
) -> None:
    statement_id = state(northgate, nora)
    parties.membership(person=ada, party=northgate)

    for person in (nora, ada, parties.person()):
        with pytest.raises(CheckRefusedError):
            check(statement_id, person)
    for person in (nora, ada):
        with pytest.raises(DatabaseError, match="does not check it"), transaction.atomic():
            IdentityCheck.objects.create(
                statement_id=statement_id,
                verdict="accepted",
                method="document_seen",
                source="x",
                reason="x",
                checked_by=person,
                checked_at=NOW,
            )

    assert not IdentityCheck.objects.exists()


@pytest.mark.parametrize(
    "changes", [{"method": CheckMethod.TEST_PAYMENT}, {"reason": " "}, {"source": ""}]
)
def test_check_needs_a_fitting_method_a_source_and_a_reason(
    northgate: Party, nora: Person, ada: Person, changes: dict[str, object]
) -> None:
    statement_id = state(northgate, nora)

    with pytest.raises(IdentityWordsError):
        check(statement_id, ada, **changes)

    assert not IdentityCheck.objects.exists()


def test_statements_and_checks_are_append_only(northgate: Party, nora: Person, ada: Person) -> None:
    check(state(northgate, nora), ada)

    for deed in (
        lambda: IdentityField.objects.update(value="Other"),
        lambda: IdentityCheck.objects.update(verdict="refused"),
        lambda: IdentityField.objects.all().delete(),
        lambda: IdentityCheck.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            deed()

    assert identity_of(northgate.id)[IdentityName.LEGAL_NAME].shown == "Northgate Devices Inc"


def test_seller_is_admitted_once_everything_asked_is_verified(nora: Person, ada: Person) -> None:
    newcomer = parties.party(slug="harbor", verified_at=None)
    asked = (IdentityName.LEGAL_NAME, IdentityName.PHONE)
    check(state(newcomer, nora), ada)

    with pytest.raises(CheckRefusedError, match="working phone number"):
        services.admit_seller(party_id=newcomer.id, asked=asked, actor=ada.email, now=NOW)
    newcomer.refresh_from_db()
    assert newcomer.verified_at is None

    phone = state(newcomer, nora, "+1 212 736 5000", name=IdentityName.PHONE)
    check(phone, ada, method=CheckMethod.CALLED_BACK)
    services.admit_seller(party_id=newcomer.id, asked=asked, actor=ada.email, now=NOW)

    newcomer.refresh_from_db()
    assert newcomer.verified_at == NOW


def test_identity_goes_six_months_after_the_contract_and_not_before(
    northgate: Party, nora: Person, ada: Person
) -> None:
    other = parties.party(slug="harbor")
    state(other, nora, "Harbor Phones LLC")
    check(state(northgate, nora), ada)
    ended = clock.now() - timedelta(days=200)  # the trigger reads the true clock
    services.end_contract(party_id=northgate.id, actor=ada.email, now=ended)

    assert services.erase_past_identities(now=ended + timedelta(days=150)) == 0
    assert services.erase_past_identities(now=ended + timedelta(days=199)) == 1

    assert not identity_of(northgate.id)
    assert identity_of(other.id)
    assert AuditEntry.objects.filter(action="identity.erase").count() == 1
