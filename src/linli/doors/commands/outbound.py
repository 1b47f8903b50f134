"""The one way out over HTTP: to addresses an operator named, and to nobody they lead on to.

The name is looked up once and that very address is spoken to. Addresses that only the machine itself has, or that hand out a machine's
secrets (link-local), are refused; loopback is for demos and tests.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
from urllib.parse import urlsplit

from linli.doors.site.config import config
from linli.journeys.witness import Said

ANSWER_BYTES_MAX = 8_192
SECONDS = 10.0


class Forbidden(OSError):
    """An address that nothing of ours may speak to."""


def _address(host: str, port: int) -> str:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    text = str(found[0][4][0])
    address = ipaddress.ip_address(text)
    if address.is_link_local or address.is_multicast or address.is_unspecified or (address.is_loopback and config().production):
        raise Forbidden(f"{host} leads to {address}")
    return text


class _Plain(http.client.HTTPConnection):
    """Speaks to the address that was looked at, whatever its name would lead to now."""

    def connect(self) -> None:
        """Open the connection."""
        self.sock = socket.create_connection((_address(self.host, self.port), self.port), self.timeout)


class _Safe(http.client.HTTPSConnection):
    """The same, with the certificate checked against the name."""

    def connect(self) -> None:
        """Open the connection."""
        plain = socket.create_connection((_address(self.host, self.port), self.port), self.timeout)
        self.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=self.host)


def post(url: str, body: bytes) -> Said:
    """Post `body` and return what was answered; redirects are not followed. Raises OSError where nobody answers or may be asked."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username is not None:
        raise Forbidden("not an http(s) address")
    kind = _Safe if parts.scheme == "https" else _Plain
    there = kind(parts.hostname, parts.port or (443 if parts.scheme == "https" else 80), timeout=SECONDS)
    try:
        there.request("POST", parts.path or "/", body, {"Content-Type": "text/plain; charset=utf-8", "User-Agent": "linli"})
        answer = there.getresponse()
        return Said(answer.status, answer.read(ANSWER_BYTES_MAX).decode("utf-8", errors="replace"))
    except http.client.HTTPException as error:
        raise OSError(type(error).__name__) from error
    finally:
        there.close()
