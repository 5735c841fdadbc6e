"""Which room answers which address."""

from django.urls import URLPattern, URLResolver, include, path

from bandstand.config import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz/live", health.live, name="live"),
    path("healthz/ready", health.ready, name="ready"),
    path("account/", include("allauth.account.urls")),
    path("console/", include("bandstand.console.urls")),
    path("portals/", include("bandstand.portals.urls")),
    path("", include("bandstand.api.urls")),
    path("", include("bandstand.storefront.urls")),
]
