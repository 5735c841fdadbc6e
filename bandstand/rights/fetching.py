"""
Fetching what a stranger's address names, without being led astray.

Only HTTPS on its own port; the name is resolved here, every address it has must be public, and the
connection goes to the very address that was looked at, so that a second answer of the resolver
changes nothing. Redirects stay within the domain. Size, time and decompression are bounded; no
proxy, cookie or credential is sent. ``settings.FETCH_TEST_HOSTS`` maps made-up hosts to a local
plain-HTTP server for rehearsals; production refuses it.

Source: OWASP Server-Side Request Forgery Prevention Cheat Sheet; RFC 6890 and the IANA special
purpose address registries (read 2026-11-22).
"""

import hashlib
import re
import ssl
import time
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from urllib.parse import urljoin, urlsplit

import httpcore
import structlog
from django.conf import settings

from bandstand.kernel.errors import DomainError
from bandstand.rights.pinning import PinnedBackend, is_public
from bandstand.rights.resolving import NameUnresolvedError, addresses
from bandstand.rights.rules.lists.domains import DomainNameError, is_within, normal_domain
from bandstand.rights.rules.lists.words import BYTES_MAX

logger = structlog.get_logger(__name__)

HTTPS_PORT: Final = 443
URL_MAX: Final = 2_000
PLAIN_URL: Final = re.compile(r"[!-\[\]-~]+", re.ASCII)
"""Printable ASCII without the backslash, which some readers take for a slash."""
REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
OK: Final = 200
GZIP_WINDOW: Final = 31
JSON: Final = ("application/json",)
AGENT: Final = b"Bandstand"


class FetchFault(DomainError):  # noqa: N818 -- it is a fault of what was fetched, told as a reason
    """Why an address gave nothing that may be used. The code says which rule."""

    code = "unreachable"


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchLimits:
    """How much a fetch may take, and where it may lead."""

    bytes_max: int = BYTES_MAX
    seconds: float = 10.0
    redirects_max: int = 3
    media_types: tuple[str, ...] = JSON
    """Empty for any; a structured suffix such as ``+json`` counts as its base."""
    within: str = ""
    """The domain that redirects must stay in; empty for the host of the address itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What an address gave."""

    url: str
    final_url: str
    status: int
    body: bytes
    media_type: str
    fetched_at: datetime
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """The ways out: how names resolve, which addresses are let through, and whom to trust."""

    addresses: Callable[..., tuple[str, ...]] = addresses
    is_allowed: Callable[[str], bool] = is_public
    tls: ssl.SSLContext = field(default_factory=ssl.create_default_context)
    port: int = HTTPS_PORT
    test_hosts: Mapping[str, tuple[str, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Place:
    """One address of a walk of redirects, taken apart and found acceptable."""

    url: str
    host: str
    target: str


DEFAULT_LIMITS: Final = FetchLimits()


def fetch(
    url: str,
    *,
    now: datetime,
    limits: FetchLimits = DEFAULT_LIMITS,
    network: Network | None = None,
) -> Fetched:
    """
    Return what an HTTPS address gives, within limits. Call it outside any transaction.

    ``fetched_at`` is ``now``, the instant before the question, so that nothing counts as fresher
    than it is.

    Raises: FetchFault with a code: bad_url, not_https, cross_domain_redirect, unresolved,
    forbidden_address, unreachable, bad_status, too_large, wrong_type.
    """
    ways = network or Network(test_hosts=settings.FETCH_TEST_HOSTS)
    deadline = time.monotonic() + limits.seconds
    place = _place(url, ways=ways)
    within = limits.within or place.host
    for _ in range(limits.redirects_max + 1):
        answer = _ask(place, limits=limits, ways=ways, deadline=deadline)
        if isinstance(answer, _Answer):
            return Fetched(
                url=url,
                final_url=place.url,
                status=OK,
                body=answer.body,
                media_type=answer.media_type,
                fetched_at=now,
                sha256=hashlib.sha256(answer.body).hexdigest(),
            )
        place = _next_place(place, answer, within=within, ways=ways)
    raise FetchFault(
        f"{url} redirects more than {limits.redirects_max} times.", code="unreachable", url=url
    )


@dataclass(frozen=True, slots=True)
class _Answer:
    body: bytes
    media_type: str


def _place(url: str, *, ways: Network) -> _Place:
    if len(url) > URL_MAX or not PLAIN_URL.fullmatch(url):
        raise FetchFault("The address is malformed.", code="bad_url")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as wrong:
        raise FetchFault(f"The address {url} is malformed.", code="bad_url") from wrong
    if parts.scheme != "https":
        raise FetchFault(f"{url} is not an HTTPS address.", code="not_https", url=url)
    if parts.username is not None or parts.password is not None:
        raise FetchFault("The address carries a name or password.", code="bad_url")
    if port not in {None, ways.port}:
        raise FetchFault(f"{url} names port {port}; only {ways.port} is asked.", code="bad_url")
    try:
        host = normal_domain(parts.hostname or "")
    except DomainNameError as wrong:
        raise FetchFault(wrong.message, code="bad_url", url=url) from wrong
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return _Place(f"https://{host}{target}", host, target)


def _next_place(place: _Place, location: str, *, within: str, ways: Network) -> _Place:
    found = urljoin(place.url, location)
    # Where it leads is looked at before how: leaving the domain over HTTP is first of all leaving.
    host = (urlsplit(found).hostname or "") if PLAIN_URL.fullmatch(found) else ""
    if host and not is_within(host.rstrip("."), within):
        raise FetchFault(
            f"{place.url} redirects to {host}, outside {within}.",
            code="cross_domain_redirect",
            url=place.url,
        )
    next_place = _place(found, ways=ways)
    if not is_within(next_place.host, within):
        raise FetchFault(
            f"{place.url} redirects outside {within}.", code="cross_domain_redirect", url=place.url
        )
    return next_place


def _ask(place: _Place, *, limits: FetchLimits, ways: Network, deadline: float) -> _Answer | str:
    """Ask one address; return what it gave, or where it redirects."""
    rehearsed = ways.test_hosts.get(place.host)
    if rehearsed is None:
        found, port = _public_addresses(place.host, ways=ways, deadline=deadline), ways.port
    else:
        found, port = (rehearsed[0],), rehearsed[1]
    backend = PinnedBackend(addresses=found, port=port, deadline=deadline)
    pool = httpcore.ConnectionPool(ssl_context=ways.tls, network_backend=backend)
    url = httpcore.URL(
        scheme=b"https" if rehearsed is None else b"http",
        host=place.host.encode("ascii"),
        port=None if port == HTTPS_PORT or rehearsed else port,
        target=place.target.encode("ascii"),
    )
    headers = {"Accept": ", ".join(limits.media_types) or "*/*", "Accept-Encoding": "gzip"}
    try:
        with (
            pool,
            pool.stream("GET", url, headers=[*headers.items(), ("User-Agent", AGENT)]) as response,
        ):
            return _answer(place, response, limits=limits)
    except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError) as wrong:
        logger.info("rights.fetch_failed", url=place.url, error=repr(wrong))
        raise FetchFault(
            f"{place.url} did not answer ({_why(wrong)}).", code="unreachable", url=place.url
        ) from wrong


def _public_addresses(host: str, *, ways: Network, deadline: float) -> tuple[str, ...]:
    try:
        found = ways.addresses(host, seconds=max(0.1, deadline - time.monotonic()))
    except NameUnresolvedError as wrong:
        raise FetchFault(wrong.message, code="unresolved", host=host) from wrong
    # One address that is not public spoils the name: a public one beside it proves no good will.
    if not found or not all(ways.is_allowed(one) for one in found):
        raise FetchFault(
            f"{host} leads to an address that is not public.", code="forbidden_address", host=host
        )
    return found


def _answer(place: _Place, response: httpcore.Response, *, limits: FetchLimits) -> _Answer | str:
    headers = {name.lower(): value.decode("latin-1") for name, value in response.headers}
    if response.status in REDIRECTS:
        if b"location" not in headers:
            raise FetchFault(f"{place.url} redirects nowhere.", code="unreachable")
        return headers[b"location"]
    if response.status != OK:
        raise FetchFault(
            f"{place.url} answered {response.status}.", code="bad_status", status=response.status
        )
    media_type = headers.get(b"content-type", "").partition(";")[0].strip().lower()
    if limits.media_types and not _is_wanted(media_type, limits.media_types):
        raise FetchFault(
            f"{place.url} is {media_type or 'of no type'}, not {limits.media_types[0]}.",
            code="wrong_type",
            media_type=media_type,
        )
    encoding = headers.get(b"content-encoding", "identity").strip().lower()
    chunks = _decoded(response.iter_stream(), encoding=encoding, bytes_max=limits.bytes_max)
    return _Answer(_bounded(chunks, bytes_max=limits.bytes_max), media_type)


def _is_wanted(media_type: str, wanted: tuple[str, ...]) -> bool:
    major, _, minor = media_type.partition("/")
    return media_type in wanted or f"{major}/{minor.rpartition('+')[2]}" in wanted


def _bounded(chunks: Iterable[bytes], *, bytes_max: int) -> bytes:
    body = bytearray()
    for chunk in chunks:
        body += chunk
        if len(body) > bytes_max:
            raise FetchFault(f"There are more than {bytes_max} bytes.", code="too_large")
    return bytes(body)


def _decoded(chunks: Iterable[bytes], *, encoding: str, bytes_max: int) -> Iterable[bytes]:
    if encoding == "identity":
        yield from chunks
        return
    if encoding != "gzip":
        raise FetchFault(f"The answer is encoded as {encoding[:40]}.", code="wrong_type")
    decoder = zlib.decompressobj(GZIP_WINDOW)
    for chunk in chunks:
        # One byte more than allowed is enough to know that it is too much.
        try:
            yield decoder.decompress(chunk, bytes_max + 1)
        except zlib.error as wrong:
            raise FetchFault("The answer is not whole gzip.", code="wrong_type") from wrong
    if not decoder.eof:
        raise FetchFault("The answer is not whole gzip.", code="wrong_type")


def _why(wrong: Exception) -> str:
    if isinstance(wrong, httpcore.TimeoutException):
        return "it took too long"
    if isinstance(wrong, httpcore.ConnectError):
        return "no secure connection" if "SSL" in str(wrong).upper() else "no connection"
    return "it broke off"
