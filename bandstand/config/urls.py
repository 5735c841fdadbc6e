"""Which room answers which address."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

from bandstand.config import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz/live", health.live, name="live"),
    path("healthz/ready", health.ready, name="ready"),
    path("account/", include("allauth.account.urls")),
]
for _prefix, _module in (
    ("console/", "bandstand.console.urls"),
    ("portals/", "bandstand.portals.urls"),
    ("", "bandstand.api.urls"),
    ("", "bandstand.storefront.urls"),
):
    if find_spec(_module):
        urlpatterns.append(path(_prefix, include(_module)))
