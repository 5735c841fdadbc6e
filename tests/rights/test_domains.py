"""A domain is a brand's own once it is shown to be, and a look-alike not even then."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction
from pytest_django import Settings

from bandstand.catalogue.models import Brand
from bandstand.kernel.errors import NotFoundError
from bandstand.plumbing.models import AuditEntry, Letter
from bandstand.rights.models import BrandDomain, ListSource, PartyDomain
from bandstand.rights.queries.lists import domains_in_review, domains_of
from bandstand.rights.rules.lists import (
    DomainNameError,
    DomainState,
    KnownName,
    is_within,
    look_alike,
    normal_domain,
)
from bandstand.rights.services.domains import (
    DomainRefusedError,
    ask_domain,
    ask_party_domain,
    check_domain,
    check_party_domain,
    confirm_domain,
    record_domain,
    refuse_domain,
)
from bandstand.rights.services.list_rounds import check_domains, read_lists
from tests.factories import catalogue, lists, parties
from tests.rights.servers import Page, WebServer, dns_server, web_server

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
WHO = "rights@aster.example"
TEXT = {"Content-Type": "text/plain"}
FILE = "/.well-known/bandstand-brand.txt"
LIST = "/.well-known/authorised-sellers.json"
HOSTS = ("aster.example", "astеr.example", "northgate.example")


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("Aster.Example", "aster.example"),
        (" aster.example. ", "aster.example"),
        ("ästér.example", "xn--str-pla1a.example"),
        ("aster。example", "aster.example"),
        ("ASTER.example", "aster.example"),
    ],
)
def test_domain_has_one_written_form(written: str, normal: str) -> None:
    assert normal_domain(written) == normal


@pytest.mark.parametrize(
    "written",
    [
        "", ".", "aster", "aster..example", "-aster.example", "https://aster.example",
        "aster.example/", "aster.example:443", "me@aster.example", "a ster.example", "127.0.0.1",
        "[::1]", "localhost", "printer.local", "aster_.example", "a" * 64 + ".example",
        "xn--a.example", "aster.example\u202e", "\u202easter.example", ".".join(["a" * 60] * 5),
    ],
)  # fmt: skip
def test_text_that_is_no_public_domain_is_refused(written: str) -> None:
    with pytest.raises(DomainNameError):
        normal_domain(written)


@pytest.mark.parametrize(
    ("host", "is_inside"),
    [
        ("aster.example", True),
        ("shop.aster.example", True),
        ("notaster.example", False),
        ("aster.example.evil.example", False),
        ("example", False),
    ],
)
def test_what_lies_within_a_domain(host: str, is_inside: bool) -> None:  # noqa: FBT001 -- a parameter
    assert is_within(host, "aster.example") is is_inside


@pytest.mark.parametrize(
    ("domain", "is_alike"),
    [
        ("aster.example", False),
        ("www.aster.example", False),
        ("astеr.example", True),  # with a Cyrillic е
        ("аѕтег.example", True),  # all Cyrillic
        ("as-ter.example", False),
        ("a5ter.example", False),
        ("basaIt.example", True),  # with a capital I for an l
        ("basalt.example", True),
        ("basalt-phones.example", True),
        ("shop.basalt.example", True),
        ("granite.example", False),
    ],
)
def test_look_alike_is_told(domain: str, is_alike: bool) -> None:  # noqa: FBT001 -- a parameter
    known = [
        KnownName("Aster", "the brand Aster", is_own=True),
        KnownName("Basalt", "the brand Basalt", is_own=False),
    ]

    assert bool(look_alike(normal_domain(domain), known=known)) is is_alike


@pytest.fixture
def site() -> Iterator[WebServer]:
    """Run the web server of every domain in these tests."""
    with web_server() as server:
        yield server


@pytest.fixture
def records(settings: Settings, site: WebServer) -> Iterator[dict[str, list[str]]]:
    """Run the resolver of these tests; the texts of its records may be changed."""
    book: dict[str, list[str]] = {}
    settings.FETCH_TEST_HOSTS = {normal_domain(host): ("127.0.0.1", site.port) for host in HOSTS}
    with dns_server(lambda name, _kind: [f'"{text}"' for text in book.get(name, [])]) as server:
        settings.DNS_SERVERS = [server]
        yield book


@pytest.fixture
def aster(db: None) -> Brand:  # noqa: ARG001 -- opens the database
    owner = parties.party(slug="aster", email=WHO)
    return catalogue.brand(name="Aster", owner=owner)


def asked(brand: Brand, domain: str = "aster.example") -> BrandDomain:
    found = ask_domain(brand_id=brand.id, domain=domain, actor=WHO, now=NOW)
    return BrandDomain.objects.get(pk=found.id)


def state(row: BrandDomain) -> DomainState:
    return next(one.state for one in domains_of([row.brand_id]) if one.id == row.id)


def test_asking_again_keeps_the_challenge(aster: Brand) -> None:
    first = ask_domain(brand_id=aster.id, domain="Aster.example", actor=WHO, now=NOW)
    again = ask_domain(brand_id=aster.id, domain="aster.example.", actor=WHO, now=NOW)

    assert first == again
    assert first.txt_name == "_bandstand.aster.example"
    assert first.txt_value == f"bandstand-brand={first.challenge}"
    assert first.file_url == f"https://aster.example{FILE}"
    assert len(first.challenge) >= 32
    assert AuditEntry.objects.filter(action="rights.domain_asked").count() == 1


def test_challenges_of_two_brands_differ(aster: Brand) -> None:
    sub = catalogue.brand(name="Aster Air", parent=aster, owner=aster.owner)

    assert asked(aster).challenge != asked(sub).challenge


def test_txt_record_shows_the_domain(aster: Brand, records: dict[str, list[str]]) -> None:
    row = asked(aster)
    records["_bandstand.aster.example"] = ["v=spf1 -all", f"bandstand-brand={row.challenge}"]

    found = check_domain(domain_id=row.id, now=NOW)

    assert (found.state, found.method, found.fault) == (DomainState.VERIFIED, "dns_txt", "")
    source = ListSource.objects.get(domain=row)
    assert source.url == f"https://aster.example{LIST}"
    assert source.brand == aster


@pytest.mark.usefixtures("records")
def test_file_shows_the_domain(aster: Brand, site: WebServer) -> None:
    row = asked(aster)
    site.pages[FILE] = Page(
        f"# Aster\r\nbandstand-brand={row.challenge}\r\n".encode(), headers=TEXT
    )

    found = check_domain(domain_id=row.id, now=NOW)

    assert (found.state, found.method) == (DomainState.VERIFIED, "file")


@pytest.mark.parametrize(
    "page",
    [
        Page(b"", 404),
        Page(b"bandstand-brand=something-else", headers=TEXT),
        Page(b"<p>bandstand-brand=CHALLENGE</p>", headers={"Content-Type": "text/html"}),
        Page(b"x bandstand-brand=CHALLENGE", headers=TEXT),
        Page(b"", 302, {"Location": "https://northgate.example/"}),
    ],
)
def test_domain_without_the_challenge_is_not_verified(
    aster: Brand, site: WebServer, records: dict[str, list[str]], page: Page
) -> None:
    row = asked(aster)
    records["_bandstand.aster.example"] = ["bandstand-brand=", row.challenge]
    page.body = page.body.replace(b"CHALLENGE", row.challenge.encode())
    site.pages[FILE] = page

    found = check_domain(domain_id=row.id, now=NOW)

    assert found.state is DomainState.ASKED
    assert "no TXT record with the challenge" in found.fault
    row.refresh_from_db()
    assert (row.verified_at, row.method) == (None, "")
    assert not ListSource.objects.exists()


def prove(row: BrandDomain, records: dict[str, list[str]]) -> None:
    records[f"_bandstand.{row.domain}"] = [f"bandstand-brand={row.challenge}"]


def test_look_alike_waits_for_a_person_whatever_it_proves(
    aster: Brand, records: dict[str, list[str]]
) -> None:
    row = asked(aster, "astеr.example")  # with a Cyrillic е
    prove(row, records)

    found = check_domain(domain_id=row.id, now=NOW)

    assert found.state is DomainState.IN_REVIEW
    assert not ListSource.objects.exists()
    [waiting] = domains_in_review()
    assert waiting.looks_like == "a name written in more than one script"
    assert waiting.proved_at == NOW

    after = confirm_domain(domain_id=row.id, reason="Their own.", actor="ada", now=NOW)

    assert after is DomainState.VERIFIED
    assert ListSource.objects.get().domain == row
    assert domains_in_review() == []


def test_look_alike_that_is_refused_stays_refused(
    aster: Brand, records: dict[str, list[str]]
) -> None:
    catalogue.brand(name="Basalt")
    row = asked(aster, "basalt.example")
    assert row.looks_like == "the brand Basalt"

    with pytest.raises(DomainRefusedError, match="Say why"):
        refuse_domain(domain_id=row.id, reason="", actor="ada", now=NOW)
    refuse_domain(domain_id=row.id, reason="Another's name.", actor="ada", now=NOW)
    prove(row, records)

    with pytest.raises(DomainRefusedError, match="refused"):
        check_domain(domain_id=row.id, now=NOW)
    with pytest.raises(DomainRefusedError, match="Another's name"):
        asked(aster, "basalt.example")
    with pytest.raises(DomainRefusedError, match="nobody's decision"):
        confirm_domain(domain_id=row.id, reason="Well.", actor="ada", now=NOW)
    assert state(row) is DomainState.REFUSED
    assert not ListSource.objects.exists()


def test_domain_that_another_owner_has_waits_for_a_person(
    aster: Brand, records: dict[str, list[str]]
) -> None:
    lists.source(brand=aster, domain="glass.example")
    basalt = catalogue.brand(name="Basalt", owner=parties.party(slug="basalt"))
    row = asked(basalt, "glass.example")
    prove(row, records)

    found = check_domain(domain_id=row.id, now=NOW)

    assert row.looks_like == "the domain of Aster"
    assert found.state is DomainState.IN_REVIEW


def test_database_keeps_an_unreviewed_look_alike_from_counting(aster: Brand) -> None:
    catalogue.brand(name="Basalt")
    row = asked(aster, "basalt.example")

    with pytest.raises(DatabaseError, match="look_alike_reviewed"), transaction.atomic():
        BrandDomain.objects.filter(pk=row.pk).update(verified_at=NOW, method="file")


def test_domain_that_fails_is_lost_after_a_week_and_can_be_proved_again(
    aster: Brand, records: dict[str, list[str]]
) -> None:
    row = asked(aster)
    prove(row, records)
    check_domain(domain_id=row.id, now=NOW)
    records.clear()

    seen = [
        check_domain(domain_id=row.id, now=NOW + timedelta(days=days)).state
        for days in (1, 2, 7, 8, 9)
    ]

    assert seen == [DomainState.FAILING] * 3 + [DomainState.LOST] * 2
    row.refresh_from_db()
    assert row.lost_at == NOW + timedelta(days=8)
    subjects = Letter.objects.filter(kind="domain_alert").values_list("to_address", flat=True)
    assert list(subjects) == [WHO, WHO]  # once when it fails, once when it is lost

    prove(row, records)
    assert check_domain(domain_id=row.id, now=NOW + timedelta(days=10)).state is (
        DomainState.VERIFIED
    )


def test_staff_may_vouch_with_a_reason(aster: Brand) -> None:
    with pytest.raises(DomainRefusedError, match="Say why"):
        record_domain(brand_id=aster.id, domain="aster.example", reason="", actor="ada", now=NOW)
    assert not BrandDomain.objects.exists()

    record_domain(brand_id=aster.id, domain="aster.example", reason="Known.", actor="ada", now=NOW)

    assert ListSource.objects.get().url.startswith("https://aster.example/")


def test_unknown_brand_or_domain_is_not_found(aster: Brand) -> None:
    with pytest.raises(NotFoundError):
        ask_domain(brand_id=parties.party().id, domain="a.example", actor=WHO, now=NOW)
    with pytest.raises(NotFoundError):
        check_domain(domain_id=aster.id, now=NOW)
    assert not BrandDomain.objects.exists()


def test_seller_shows_its_domain_and_whoever_had_it_loses_it(
    aster: Brand,  # noqa: ARG001 -- opens the database
    records: dict[str, list[str]],
) -> None:
    harbor, northgate = parties.party(slug="harbor"), parties.party(slug="northgate")
    former = lists.party_domain(party=harbor, domain="northgate.example")
    found = ask_party_domain(
        party_id=northgate.id, domain="northgate.example", actor="nora", now=NOW
    )
    before = check_party_domain(domain_id=found.id, now=NOW)
    records["_bandstand.northgate.example"] = [found.txt_value]
    after = check_party_domain(domain_id=found.id, now=NOW)

    assert (before.state, after.state) == (DomainState.ASKED, DomainState.VERIFIED)
    former.refresh_from_db()
    assert former.lost_at == NOW
    standing = PartyDomain.objects.get(verified_at__isnull=False, lost_at=None)
    assert standing.party == northgate


def test_rounds_look_at_what_is_due_and_one_fault_stops_no_other(
    aster: Brand, records: dict[str, list[str]], site: WebServer
) -> None:
    row = asked(aster)
    prove(row, records)
    check_domain(domain_id=row.id, now=NOW)
    lists.source(brand=aster, domain="nowhere.example")  # vouched for: has no record to look for
    site.pages[LIST] = Page(lists.document(sequence=1))

    assert check_domains(now=NOW + timedelta(hours=23)) == 0
    assert check_domains(now=NOW + timedelta(days=1)) == 1
    assert read_lists(now=NOW) == 2
    assert read_lists(now=NOW + timedelta(minutes=30)) == 0
    assert read_lists(now=NOW + timedelta(hours=1)) == 2

    faults = dict(ListSource.objects.values_list("domain__domain", "last_fault"))
    assert faults == {"aster.example": "", "nowhere.example": "LIST_UNREACHABLE"}
