"""Connections to addresses that were looked at before, with one deadline for everything."""

import ssl
import time
from collections.abc import Iterable
from ipaddress import IPv4Address, ip_address, ip_network
from typing import Any, Final

import httpcore

TRANSLATED: Final = tuple(
    map(
        ip_network,
        (
            "::ffff:0:0/96",  # IPv4 mapped
            "::/96",  # IPv4 compatible
            "64:ff9b::/96",  # NAT64
            "64:ff9b:1::/48",  # NAT64, local use
            "2002::/16",  # 6to4
            "2001::/32",  # Teredo
            "fec0::/10",  # site local, deprecated
            "192.88.99.0/24",  # 6to4 relays
            "100.64.0.0/10",  # carrier-grade NAT
        ),
    )
)
"""Addresses that stand for another one, which may be anybody's; none is a web server's own."""


def is_public(address: str) -> bool:
    """Say whether an address is a public one of its own."""
    try:
        found = ip_address(address)
    except ValueError:
        return False
    if isinstance(found, IPv4Address) or found.scope_id is None:
        is_translated = any(found in net for net in TRANSLATED if net.version == found.version)
        return found.is_global and not found.is_multicast and not is_translated
    return False


class PinnedBackend(httpcore.NetworkBackend):
    """Connects to given addresses, whatever name it is asked for."""

    def __init__(self, *, addresses: Iterable[str], port: int, deadline: float) -> None:
        self._addresses = tuple(addresses)
        self._port = port
        self._deadline = deadline

    def connect_tcp(  # noqa: PLR0917 -- httpcore's signature
        self,
        host: str,  # noqa: ARG002 -- the name is for TLS and the Host header alone
        port: int,  # noqa: ARG002 -- likewise
        timeout: float | None = None,  # noqa: ARG002 -- the deadline rules
        local_address: str | None = None,
        socket_options: Any = None,  # noqa: ANN401 -- httpcore's own
    ) -> httpcore.NetworkStream:
        refused: Exception = httpcore.ConnectError("no address")
        for address in self._addresses:
            try:
                stream = httpcore.SyncBackend().connect_tcp(
                    address,
                    self._port,
                    timeout=left(self._deadline),
                    local_address=local_address,
                    socket_options=socket_options,
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as wrong:
                refused = wrong
            else:
                return TimedStream(stream, deadline=self._deadline)
        raise refused


class TimedStream(httpcore.NetworkStream):
    """A stream of which every step must end by the deadline, however slowly bytes drip in."""

    def __init__(self, stream: httpcore.NetworkStream, *, deadline: float) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002 -- the deadline rules
        return self._stream.read(max_bytes, timeout=left(self._deadline))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002 -- the deadline rules
        self._stream.write(buffer, timeout=left(self._deadline))

    def close(self) -> None:
        self._stream.close()

    def start_tls(  # noqa: PLR0917 -- httpcore's signature
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002 -- the deadline rules
    ) -> httpcore.NetworkStream:
        secured = self._stream.start_tls(
            ssl_context, server_hostname=server_hostname, timeout=left(self._deadline)
        )
        return TimedStream(secured, deadline=self._deadline)

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 -- httpcore's signature
        return self._stream.get_extra_info(info)


def left(deadline: float) -> float:
    """
    Return the seconds until a deadline.

    Raises: httpcore.ReadTimeout if it has passed.
    """
    seconds = deadline - time.monotonic()
    if seconds <= 0:
        raise httpcore.ReadTimeout("the deadline has passed")
    return seconds
