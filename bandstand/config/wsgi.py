"""The WSGI entry point that granian serves."""

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bandstand.config.settings")
django = get_wsgi_application()

from bandstand.storefront.front_door import FrontDoor  # noqa: E402 -- needs the settings

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

shop = FrontDoor(django)  # home, shelf and product pages as kept bytes, right by the gate's epoch
EMPTY_PATH: Final = "/healthz/empty"  # the server's own ceiling, which bench/pages.py compares with


def application(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    """Answer a request; the empty path is answered before any of the shop's code."""
    if environ["PATH_INFO"] == EMPTY_PATH:
        start_response("200 OK", [("Content-Length", "0")])
        return (b"",)
    return shop(environ, start_response)
