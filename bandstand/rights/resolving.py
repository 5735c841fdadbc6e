"""Questions to the domain name system, with a resolver that the settings may name."""

from collections.abc import Iterable
from typing import Final

import dns.exception
import dns.nameserver
import dns.resolver
from django.conf import settings

from bandstand.kernel.errors import UnavailableError

DNS_PORT: Final = 53
ANSWERS_MAX: Final = 20
"""A name with more addresses or texts than this is looked at no further."""


class NameUnresolvedError(UnavailableError):
    """A name that did not resolve, or a resolver that did not answer."""

    code = "name_unresolved"


def addresses(host: str, *, seconds: float) -> tuple[str, ...]:
    """
    Return the addresses of a host, IPv4 first.

    Raises: NameUnresolvedError.
    """
    found = [*_answers(host, "A", seconds=seconds), *_answers(host, "AAAA", seconds=seconds)]
    if not found:
        raise NameUnresolvedError(f"{host} has no address.", host=host)
    return tuple(found)


def txt_records(name: str, *, seconds: float) -> tuple[str, ...]:
    """
    Return the TXT records of a name, each put together from its parts; none if there are none.

    Raises: NameUnresolvedError if the resolver did not answer.
    """
    return tuple(_answers(name, "TXT", seconds=seconds))


def _answers(name: str, kind: str, *, seconds: float) -> list[str]:
    try:
        answer = _resolver().resolve(name, kind, lifetime=seconds, search=False)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    except dns.exception.DNSException as wrong:
        raise NameUnresolvedError(f"{name} could not be looked up.", host=name) from wrong
    texts = [_text(record) for record in answer]
    return texts[:ANSWERS_MAX]


def _text(record: object) -> str:
    strings = getattr(record, "strings", None)
    if strings is None:
        return str(record)
    return b"".join(strings).decode("utf-8", "replace")


def _resolver() -> dns.resolver.Resolver:
    servers: Iterable[str] = settings.DNS_SERVERS
    if not servers:
        return dns.resolver.Resolver()
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers = [_nameserver(one) for one in servers]
    return resolver


def _nameserver(written: str) -> dns.nameserver.Nameserver:
    address, _, port = written.rpartition(":") if written.count(":") == 1 else (written, "", "")
    return dns.nameserver.Do53Nameserver(address, int(port or DNS_PORT))
