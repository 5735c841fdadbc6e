"""What a stranger's address names is fetched without being led astray."""

import gzip
import hashlib
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytest_django import Settings

from bandstand.rights.fetching import Fetched, FetchFault, FetchLimits, Network, fetch
from bandstand.rights.pinning import is_public
from bandstand.rights.resolving import NameUnresolvedError, addresses, txt_records
from tests.rights.servers import Page, WebServer, authority, dns_server, web_server

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
URL = "https://aster.example/list.json"
PATH = "/list.json"


@pytest.fixture
def site() -> Iterator[WebServer]:
    """Run the web server of Aster's domain."""
    with web_server() as server:
        yield server


def rehearsed(site: WebServer) -> Network:
    hosts = ("aster.example", "www.aster.example", "evil.example", "xn--strange-6za.example")
    return Network(test_hosts=dict.fromkeys(hosts, ("127.0.0.1", site.port)))


def get(site: WebServer, url: str = URL, **limits: object) -> Fetched:
    return fetch(url, now=NOW, limits=FetchLimits(**limits), network=rehearsed(site))  # type: ignore[arg-type]  # limits of several types


def refused(site: WebServer, url: str = URL, **limits: object) -> str:
    with pytest.raises(FetchFault) as caught:
        get(site, url, **limits)
    return caught.value.code


def test_page_is_fetched_with_its_hash_and_without_cookies_or_credentials(site: WebServer) -> None:
    site.pages[PATH] = Page(b'{"a": 1}')

    found = get(site)

    assert found.body == b'{"a": 1}'
    assert found.sha256 == hashlib.sha256(found.body).hexdigest()
    assert (found.url, found.final_url, found.status) == (URL, URL, 200)
    assert found.fetched_at == NOW
    [(path, headers)] = site.asked
    assert path == PATH
    assert headers["host"] == "aster.example"
    assert not {"cookie", "authorization", "proxy-authorization", "referer"} & set(headers)


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://aster.example/list.json", "not_https"),
        ("ftp://aster.example/list.json", "not_https"),
        ("file:///etc/passwd", "not_https"),
        ("https://user:secret@aster.example/list.json", "bad_url"),
        ("https://user@aster.example/list.json", "bad_url"),
        ("https://aster.example:8443/list.json", "bad_url"),
        ("https://aster.example:bad/list.json", "bad_url"),
        ("https://aster.example\\@evil.example/", "bad_url"),
        ("https://aster.example/\r\nHost: evil.example", "bad_url"),
        ("https://aster.example/ list.json", "bad_url"),
        ("https://127.0.0.1/list.json", "bad_url"),
        ("https://[::1]/list.json", "bad_url"),
        ("https://2130706433/list.json", "bad_url"),
        ("https://0x7f.1/list.json", "unresolved"),
        ("https://localhost/list.json", "bad_url"),
        ("https://shop.internal/list.json", "bad_url"),
        ("https:///list.json", "bad_url"),
        ("https://" + "a" * 3000 + ".example/", "bad_url"),
    ],
)
def test_address_that_leads_astray_is_refused_before_anything_is_asked(
    site: WebServer, settings: Settings, url: str, code: str
) -> None:
    with dns_server(lambda _name, _kind: []) as server:
        settings.DNS_SERVERS = [server]
        assert refused(site, url) == code
    assert site.asked == []


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "0.0.0.1", "224.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "240.0.0.1",
        "192.88.99.1", "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254",
        "ff02::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1", "64:ff9b::7f00:1",
        "64:ff9b:1::1", "2002:7f00:1::", "2001::1", "2001:db8::1", "fec0::1", "not an address", "",
    ],
)  # fmt: skip
def test_address_that_is_not_public_is_refused(address: str) -> None:
    assert not is_public(address)

    with pytest.raises(FetchFault) as caught:
        fetch(URL, now=NOW, network=Network(addresses=lambda _host, *, seconds: (address,)))  # noqa: ARG005 -- the resolver's shape
    assert caught.value.code == "forbidden_address"


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.216.34", "2606:4700::1111"])
def test_public_address_is_let_through(address: str) -> None:
    assert is_public(address)


def test_one_private_address_spoils_a_name() -> None:
    ways = Network(addresses=lambda _host, *, seconds: ("8.8.8.8", "127.0.0.1"))  # noqa: ARG005 -- the resolver's shape

    with pytest.raises(FetchFault) as caught:
        fetch(URL, now=NOW, network=ways)

    assert caught.value.code == "forbidden_address"


def test_connection_goes_to_the_address_that_was_looked_at(tmp_path: Path) -> None:
    answers = [("127.0.0.1",), ("203.0.113.7",)]
    trust = authority()
    with web_server(tls=trust.serving("aster.example", folder=tmp_path)) as site:
        site.pages[PATH] = Page(b'{"a": 1}')
        ways = Network(
            addresses=lambda _host, *, seconds: answers.pop(0),  # noqa: ARG005 -- the resolver's shape
            is_allowed=lambda _address: True,
            tls=trust.trusted(),
            port=site.port,
        )

        found = fetch(f"https://aster.example:{site.port}{PATH}", now=NOW, network=ways)

    assert found.body == b'{"a": 1}'
    assert answers == [("203.0.113.7",)]  # the resolver was asked once
    assert site.asked[0][1]["host"].startswith("aster.example")


def test_certificate_of_another_name_or_authority_is_refused(tmp_path: Path) -> None:
    trust, stranger = authority(), authority()
    with web_server(tls=trust.serving("other.example", folder=tmp_path)) as site:
        site.pages[PATH] = Page()
        ways = Network(
            addresses=lambda _host, *, seconds: ("127.0.0.1",),  # noqa: ARG005 -- the resolver's shape
            is_allowed=lambda _address: True,
            tls=trust.trusted(),
            port=site.port,
        )
        url = f"https://aster.example:{site.port}{PATH}"
        other = f"https://other.example:{site.port}{PATH}"

        with pytest.raises(FetchFault, match="no secure connection"):
            fetch(url, now=NOW, network=ways)
        with pytest.raises(FetchFault, match="no secure connection"):
            fetch(other, now=NOW, network=replace(ways, tls=stranger.trusted()))
        assert fetch(other, now=NOW, network=ways).body == b"{}"
    assert len(site.asked) == 1


def redirect(to: str, status: int = 302) -> Page:
    return Page(b"", status, {"Location": to})


def test_redirect_within_the_domain_is_followed(site: WebServer) -> None:
    site.pages[PATH] = redirect("https://www.aster.example/here.json", 301)
    site.pages["/here.json"] = redirect("/there.json", 307)
    site.pages["/there.json"] = Page(b'{"a": 1}')

    found = get(site)

    assert found.final_url == "https://www.aster.example/there.json"
    assert found.url == URL


@pytest.mark.parametrize(
    ("to", "code"),
    [
        ("https://evil.example/list.json", "cross_domain_redirect"),
        ("//evil.example/list.json", "cross_domain_redirect"),
        ("https://aster.example.evil.example/", "cross_domain_redirect"),
        ("https://evilaster.example/", "cross_domain_redirect"),
        ("http://evil.example/", "cross_domain_redirect"),
        ("http://127.0.0.1/", "cross_domain_redirect"),
        ("http://aster.example/list.json", "not_https"),
        ("https://aster.example:22/", "bad_url"),
        ("https://me@aster.example/", "bad_url"),
        ("https://aster.example\\.evil.example/", "bad_url"),
        ("javascript:alert(1)", "not_https"),
    ],
)
def test_redirect_that_leads_away_is_refused(site: WebServer, to: str, code: str) -> None:
    site.pages[PATH] = redirect(to)

    assert refused(site) == code
    assert len(site.asked) == 1


def test_redirect_from_a_subdomain_may_not_leave_what_was_verified(site: WebServer) -> None:
    site.pages[PATH] = redirect("https://www.aster.example/here.json")
    site.pages["/here.json"] = Page()

    assert refused(site, within="aster.example", redirects_max=0) == "unreachable"
    assert get(site, within="aster.example").final_url.endswith("/here.json")
    assert refused(site, within="list.aster.example") == "cross_domain_redirect"


def test_loop_of_redirects_ends(site: WebServer) -> None:
    site.pages[PATH] = redirect(PATH)

    assert refused(site) == "unreachable"
    assert len(site.asked) == 4


@pytest.mark.parametrize("status", [204, 304, 404, 410, 500, 503])
def test_answer_that_is_not_ok_is_a_fault(site: WebServer, status: int) -> None:
    site.pages[PATH] = Page(b"", status)

    assert refused(site) == "bad_status"


def test_answer_of_another_type_is_refused(site: WebServer) -> None:
    site.pages[PATH] = Page(b"<html>", headers={"Content-Type": "text/html; charset=utf-8"})
    site.pages["/ld"] = Page(headers={"Content-Type": "application/ld+json; charset=utf-8"})

    assert refused(site) == "wrong_type"
    assert get(site, "https://aster.example/ld").media_type == "application/ld+json"


def test_answer_too_large_is_cut_off(site: WebServer) -> None:
    endless = (b"x" * 1000,) * 2000
    site.pages[PATH] = Page(chunks=endless)
    site.pages["/fits"] = Page(b"x" * 5000)

    assert refused(site, bytes_max=5000) == "too_large"
    assert len(get(site, "https://aster.example/fits", bytes_max=5000).body) == 5000


def test_gzip_is_read_and_a_bomb_is_not(site: WebServer) -> None:
    kind = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    site.pages["/small"] = Page(gzip.compress(b'{"a": 1}'), headers=kind)
    site.pages["/bomb"] = Page(gzip.compress(b"0" * 50_000_000), headers=kind)
    site.pages["/torn"] = Page(b"no gzip at all", headers=kind)
    site.pages["/cut"] = Page(gzip.compress(b'{"a": 1}' * 50)[:-12], headers=kind)
    site.pages["/brotli"] = Page(b"x", headers={**kind, "Content-Encoding": "br"})

    assert get(site, "https://aster.example/small").body == b'{"a": 1}'
    assert refused(site, "https://aster.example/bomb") == "too_large"
    assert refused(site, "https://aster.example/torn") == "wrong_type"
    assert refused(site, "https://aster.example/cut") == "wrong_type"
    assert refused(site, "https://aster.example/brotli") == "wrong_type"


def test_slow_drip_ends_at_the_deadline(site: WebServer) -> None:
    site.pages[PATH] = Page(chunks=(b" ",) * 100, pause=0.1)
    began = time.monotonic()

    assert refused(site, seconds=0.5) == "unreachable"
    assert time.monotonic() - began < 2


def test_server_that_is_not_there_is_unreachable() -> None:
    ways = Network(test_hosts={"aster.example": ("127.0.0.1", 9)})

    with pytest.raises(FetchFault) as caught:
        fetch(URL, now=NOW, network=ways)

    assert caught.value.code == "unreachable"


def test_unicode_host_is_asked_by_its_ascii_name(site: WebServer) -> None:
    site.pages["/"] = Page()

    assert get(site, "https://xn--strange-6za.example/").final_url.startswith("https://xn--")
    assert refused(site, "https://strängë.example/") == "bad_url"


def test_names_are_asked_of_the_resolver_in_the_settings(settings: Settings) -> None:
    book = {
        ("aster.example", "A"): ["203.0.113.5"],
        ("aster.example", "AAAA"): ["2001:db8::5"],
        ("_bandstand.aster.example", "TXT"): ['"bandstand-" "brand=abc"', '"v=spf1 -all"'],
    }
    with dns_server(lambda name, kind: book.get((name, kind), [])) as server:
        settings.DNS_SERVERS = [server]

        assert addresses("aster.example", seconds=2) == ("203.0.113.5", "2001:db8::5")
        assert set(txt_records("_bandstand.aster.example", seconds=2)) == {
            "bandstand-brand=abc",
            "v=spf1 -all",
        }
        assert txt_records("nothing.example", seconds=2) == ()
        with pytest.raises(NameUnresolvedError, match="has no address"):
            addresses("nothing.example", seconds=2)


def test_resolver_that_fails_is_not_an_empty_answer(settings: Settings) -> None:
    with dns_server(lambda _name, _kind: None) as server:
        settings.DNS_SERVERS = [server]

        with pytest.raises(NameUnresolvedError, match="could not be looked up"):
            txt_records("aster.example", seconds=1)
