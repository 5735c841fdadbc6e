"""Small servers of a brand's own domain: pages over HTTP or HTTPS, and names over DNS."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import dns.flags
import dns.message
import dns.rrset
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass
class Page:
    """What the server gives at one path."""

    body: bytes = b"{}"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})
    chunks: tuple[bytes, ...] = ()
    pause: float = 0.0


@dataclass
class WebServer:
    """A running server, its pages and what it was asked."""

    port: int
    pages: dict[str, Page]
    asked: list[tuple[str, dict[str, str]]]


class Server(ThreadingHTTPServer):
    """A web server that takes a reader who hangs up in its stride: that is what is tested."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.pages: dict[str, Page] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []

    def handle_error(self, *args: object) -> None:
        """Keep the test's output clean."""


class Answer(BaseHTTPRequestHandler):
    """Gives the page of a path."""

    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        headers = {key.lower(): value for key, value in self.headers.items()}
        self.server.asked.append((self.path, headers))
        page = self.server.pages.get(self.path, Page(b"", 404))
        self.send_response(page.status)
        for name, value in page.headers.items():
            self.send_header(name, value)
        if page.chunks:
            self._drip(page)
            return
        self.send_header("Content-Length", str(len(page.body)))
        self.end_headers()
        self.wfile.write(page.body)

    def _drip(self, page: Page) -> None:
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        try:
            for chunk in page.chunks:
                self.wfile.write(chunk)
                self.wfile.flush()
                time.sleep(page.pause)
        except OSError:
            return  # the reader had enough, which is what is tested

    def log_message(self, *args: object) -> None:
        """Keep the test's output clean."""


@contextmanager
def web_server(*, tls: ssl.SSLContext | None = None) -> Iterator[WebServer]:
    """Run a server on a free local port."""
    server = Server()
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield WebServer(server.server_port, server.pages, server.asked)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def dns_server(answer: Callable[[str, str], list[str] | None]) -> Iterator[str]:
    """Run a resolver whose answers are given; None answers that the server failed."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    listener.bind(("127.0.0.1", 0))
    listener.settimeout(0.1)
    stopping = threading.Event()

    def serve() -> None:
        while not stopping.is_set():
            try:
                asked, caller = listener.recvfrom(4096)
            except TimeoutError:
                continue
            listener.sendto(_dns_answer(asked, answer), caller)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"127.0.0.1:{listener.getsockname()[1]}"
    finally:
        stopping.set()
        thread.join()
        listener.close()


def _dns_answer(asked: bytes, answer: Callable[[str, str], list[str] | None]) -> bytes:
    question = dns.message.from_wire(asked)
    one = question.question[0]
    found = answer(one.name.to_text(omit_final_dot=True), dns.rdatatype.to_text(one.rdtype))
    reply = dns.message.make_response(question)
    reply.flags |= dns.flags.RA
    if found is None:
        reply.set_rcode(dns.rcode.SERVFAIL)
    elif found:
        reply.answer.append(
            dns.rrset.from_text_list(one.name, 60, "IN", dns.rdatatype.to_text(one.rdtype), found)
        )
    return reply.to_wire()


@dataclass(frozen=True)
class Authority:
    """A certificate authority of the test's own."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    def trusted(self) -> ssl.SSLContext:
        """Return a client's context that trusts this authority alone."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(
            cadata=self.certificate.public_bytes(serialization.Encoding.PEM).decode()
        )
        return context

    def serving(self, *hosts: str, folder: Path) -> ssl.SSLContext:
        """Return a server's context with a certificate for hosts."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = _certificate(
            hosts[0], key=key, issuer=self.certificate.subject, signer=self.key, hosts=hosts
        )
        file = folder / f"{hosts[0]}.pem"
        file.write_bytes(
            certificate.public_bytes(serialization.Encoding.PEM)
            + key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context


def authority() -> Authority:
    """Make a certificate authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test authority")])
    return Authority(key, _certificate("Test authority", key=key, issuer=name, signer=key))


def _certificate(
    name: str,
    *,
    key: ec.EllipticCurvePrivateKey,
    issuer: x509.Name,
    signer: ec.EllipticCurvePrivateKey,
    hosts: tuple[str, ...] = (),
) -> x509.Certificate:
    now = datetime.now(tz=UTC)  # noqa: TID251 -- TLS looks at the real clock
    made = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=not hosts, path_length=None), critical=True)
    )
    if hosts:
        made = made.add_extension(
            x509.SubjectAlternativeName([x509.DNSName(host) for host in hosts]), critical=False
        )
    return made.sign(signer, hashes.SHA256())
