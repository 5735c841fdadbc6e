"""Asking issuers whether their credentials stand: a good answer counts, a bad changes nothing."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from bandstand.kernel.errors import UnavailableError
from bandstand.plumbing.models import AuditEntry
from bandstand.rights.models import Credential, Grant, StatusListSnapshot
from bandstand.rights.queries.credentials import hosted_url, last_snapshots
from bandstand.rights.rules.credentials import StatusPurpose, status_list_claims
from bandstand.rights.services import revoke_grant, statuses
from bandstand.rights.services.statuses import StatusReport, refresh_statuses
from tests.rights.credential_world import World, grant_of, world
from tests.rights.signing import ASTER, AT, claims, days, signed, status

pytestmark = pytest.mark.django_db

URL = "https://aster.example/status/1"
PAUSES = "https://aster.example/status/2"
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Answer:
    """What a host gave."""

    body: bytes
    fetched_at: datetime
    status: int = 200


@dataclass
class Hosts:
    """The issuers' hosts: what each address gives now, and what it was asked."""

    pages: dict[str, bytes | int] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def at(self, now: datetime) -> Callable[[str], Answer]:
        def fetch(url: str) -> Answer:
            self.asked.append(url)
            page = self.pages.get(url)
            if page is None:
                raise UnavailableError(f"{url} does not answer.")
            if isinstance(page, int):
                return Answer(b"", now, status=page)
            return Answer(page, now)

        return fetch

    def publish(
        self,
        *indexes: int,
        url: str = URL,
        purpose: StatusPurpose = StatusPurpose.REVOCATION,
        by: str = "aster",
        now: datetime = AT,
    ) -> None:
        document = status_list_claims(
            url=url, issuer=ASTER, purpose=purpose, set_indexes=indexes, from_at=now, life=2 * HOUR
        )
        self.pages[url] = signed(document, by=by).encode()


@pytest.fixture
def here() -> World:
    return world()


@pytest.fixture
def hosts() -> Hosts:
    return Hosts()


def refresh(hosts: Hosts, now: datetime = AT) -> StatusReport:
    return refresh_statuses(fetch=hosts.at(now), now=now)


def present(here: World, index: int = 7, *, number: int = 1, url: str = URL) -> Grant:
    """Let Northgate present a credential with a place on Aster's own list."""
    document = claims(id=f"urn:test:{number}", credentialStatus=[status(url, index)])
    return grant_of(here.present(signed(document)))


def test_clear_bit_dates_the_grant_by_the_fetch(here: World, hosts: Hosts) -> None:
    grant = present(here)
    hosts.publish(6, 8)

    report = refresh(hosts, AT + HOUR)

    grant.refresh_from_db()
    assert (report.confirmed, report.revoked, grant.status_checked_at) == (1, [], AT + HOUR)
    kept = StatusListSnapshot.objects.get()
    assert (bytes(kept.body), kept.fault) == (hosts.pages[URL], "")


def test_set_bit_revokes_the_grant_for_good(here: World, hosts: Hosts) -> None:
    grant, other = present(here), present(here, 9, number=2)
    hosts.publish(7)

    report = refresh(hosts, AT + HOUR)
    hosts.publish(now=AT + HOUR)
    refresh(hosts, AT + 2 * HOUR)

    grant.refresh_from_db()
    other.refresh_from_db()
    assert report.revoked == [grant.id]
    assert grant.revoked_at == AT + HOUR
    assert (other.revoked_at, other.status_checked_at) == (None, AT + 2 * HOUR)
    assert "status list" in AuditEntry.objects.get(action="rights.revoke").actor


@pytest.mark.parametrize("page", [None, 404, 500, b"\xff", b"not a list", b"a.b.c"])
def test_list_that_cannot_be_had_changes_nothing(
    here: World, hosts: Hosts, page: bytes | int | None
) -> None:
    grant = present(here)
    hosts.publish()
    refresh(hosts)
    if page is None:
        del hosts.pages[URL]
    else:
        hosts.pages[URL] = page

    report = refresh(hosts, AT + HOUR)

    grant.refresh_from_db()
    assert len(report.faults) == 1
    assert (grant.status_checked_at, grant.revoked_at) == (AT, None)
    assert last_snapshots([URL])[URL].fault


def test_list_by_another_hand_changes_nothing(here: World, hosts: Hosts) -> None:
    grant = present(here)
    hosts.publish(7, by="stranger")

    report = refresh(hosts)

    grant.refresh_from_db()
    assert "No key" in report.faults[0]
    assert (grant.status_checked_at, grant.revoked_at) == (None, None)


def test_list_that_has_run_out_changes_nothing(here: World, hosts: Hosts) -> None:
    grant = present(here)
    hosts.publish(7, now=AT - days(1))

    refresh(hosts)

    grant.refresh_from_db()
    assert (grant.status_checked_at, grant.revoked_at) == (None, None)


def test_suspension_stands_while_the_bit_does(here: World, hosts: Hosts) -> None:
    entries = [status(URL, 7), status(PAUSES, 7, "suspension")]
    found = here.present(signed(claims(credentialStatus=entries)))
    hosts.publish()
    hosts.publish(7, url=PAUSES, purpose=StatusPurpose.SUSPENSION)

    refresh(hosts)
    row = Credential.objects.get(grant=grant_of(found))
    assert (row.fault, row.suspended_at) == ("AUTH_REVOKED", AT)
    hosts.publish(url=PAUSES, purpose=StatusPurpose.SUSPENSION)
    refresh(hosts, AT + HOUR)

    row.refresh_from_db()
    assert (row.fault, row.suspended_at) == ("", None)
    assert Grant.objects.get().revoked_at is None


def test_status_is_as_old_as_the_oldest_of_its_lists(here: World, hosts: Hosts) -> None:
    entries = [status(URL, 7), status(PAUSES, 7, "suspension")]
    here.present(signed(claims(credentialStatus=entries)))
    hosts.publish()

    refresh(hosts)
    assert Grant.objects.get().status_checked_at is None
    hosts.publish(url=PAUSES, purpose=StatusPurpose.SUSPENSION)
    refresh(hosts, AT + HOUR)
    del hosts.pages[PAUSES]
    refresh(hosts, AT + 2 * HOUR)

    assert Grant.objects.get().status_checked_at == AT + HOUR


def test_place_beyond_the_list_is_no_good_word(here: World, hosts: Hosts) -> None:
    present(here, 131_072)
    hosts.publish()

    report = refresh(hosts)

    assert "no bit" in report.faults[0]
    assert Grant.objects.get().status_checked_at is None


def test_list_is_asked_once_an_hour_for_all_its_credentials(here: World, hosts: Hosts) -> None:
    present(here, 1, number=1)
    present(here, 2, number=2)
    hosts.publish()

    refresh(hosts)
    refresh(hosts, AT + timedelta(minutes=49))
    refresh(hosts, AT + timedelta(minutes=50))

    assert hosts.asked == [URL, URL]
    assert Grant.objects.filter(status_checked_at=AT + timedelta(minutes=50)).count() == 2


def test_same_bytes_are_kept_once(here: World, hosts: Hosts) -> None:
    present(here)
    hosts.publish()

    refresh(hosts)
    refresh(hosts, AT + HOUR)

    one, two = StatusListSnapshot.objects.order_by("fetched_at")
    assert one.sha256 == two.sha256
    assert (bytes(one.body), bytes(two.body)) == (hosts.pages[URL], b"")


def test_one_host_is_not_asked_for_everything_at_once(
    here: World, hosts: Hosts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(statuses, "PER_HOST", 2)
    for number in range(5):
        present(here, number, number=number, url=f"https://aster.example/status/{number}")
    present(here, 9, number=9, url="https://other.example/status")

    refresh(hosts)
    refresh(hosts, AT + timedelta(minutes=1))

    assert len(hosts.asked) == len(set(hosts.asked)) == 5
    assert hosts.asked.count("https://other.example/status") == 1


def test_nothing_is_asked_for_what_no_longer_counts(here: World, hosts: Hosts) -> None:
    grant = present(here)
    revoke_grant(grant_id=grant.id, reason="ended", actor="a", now=AT)
    here.present(signed(claims(id="urn:test:2", credentialStatus=[status(PAUSES, 1)]), by="x"))

    refresh(hosts)
    refresh(hosts, AT + days(2000))

    assert hosts.asked == []


def test_list_kept_here_is_never_fetched(here: World, hosts: Hosts) -> None:
    grant = present(here, url=hosted_url("aster"))

    refresh(hosts, AT + timedelta(hours=5))
    grant.refresh_from_db()
    assert grant.status_checked_at == AT
    refresh(hosts, AT + timedelta(hours=6))

    grant.refresh_from_db()
    assert grant.status_checked_at == AT + timedelta(hours=6)
    assert hosts.asked == []


def test_one_credential_can_be_asked_for_at_once(here: World, hosts: Hosts) -> None:
    present(here)
    hosts.publish()
    refresh(hosts)
    other = present(here, 2, number=2)

    refresh_statuses(
        fetch=hosts.at(AT + timedelta(minutes=5)),
        now=AT + timedelta(minutes=5),
        credential_id=Credential.objects.get(grant=other).id,
    )

    other.refresh_from_db()
    assert other.status_checked_at == AT + timedelta(minutes=5)


def test_snapshots_can_only_be_added(here: World, hosts: Hosts) -> None:
    present(here)
    hosts.publish()
    refresh(hosts)

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("update rights_statuslistsnapshot set fault = 'x'")

    assert StatusListSnapshot.objects.get().fault == ""


def test_grant_in_its_sell_off_is_still_confirmed_so_its_stock_can_be_sold(
    here: World, hosts: Hosts
) -> None:
    grant = present(here)
    ended = AT + 2 * HOUR
    Grant.objects.filter(pk=grant.pk).update(until_at=ended, sell_off_until=AT + days(60))
    later = ended + HOUR
    hosts.publish(6, 8, now=later)

    report = refresh(hosts, later)

    grant.refresh_from_db()
    assert (report.asked, grant.status_checked_at) == (1, later)


def test_grant_past_its_sell_off_is_asked_about_no_more(here: World, hosts: Hosts) -> None:
    grant = present(here)
    Grant.objects.filter(pk=grant.pk).update(until_at=AT + HOUR, sell_off_until=AT + 2 * HOUR)
    hosts.publish(6, 8)

    report = refresh(hosts, AT + 2 * HOUR)

    grant.refresh_from_db()
    assert (report.asked, hosts.asked, grant.status_checked_at) == (0, [], None)
