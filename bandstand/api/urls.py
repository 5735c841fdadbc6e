"""The addresses machines use."""

from django.urls import path

from bandstand.api import epcis, payouts, rights, views

app_name = "api"

urlpatterns = [
    path(".well-known/jwks.json", views.jwks, name="jwks"),
    path("rights/keys/<slug:brand>/jwks.json", rights.brand_keys, name="brand_keys"),
    path("rights/status/jwks.json", rights.shop_keys, name="shop_keys"),
    path("rights/status/<slug:brand>", rights.status_list, name="status_list"),
    path("epcis/v2/capture", epcis.captures, name="epcis_captures"),
    path("epcis/v2/capture/<uuid:job>", epcis.capture_job, name="epcis_capture"),
    path("epcis/v2/events", epcis.events, name="epcis_events"),
    path("epcis/v2/events/<path:event_id>", epcis.event, name="epcis_event"),
    *(
        route
        for kind in epcis.TOP_LEVEL
        for route in (
            path(f"epcis/v2/{kind}", epcis.top_level, {"kind": kind}),
            path(f"epcis/v2/{kind}/<path:name>/events", epcis.top_level_events, {"kind": kind}),
        )
    ),
    path("webhooks/payments/<str:gateway>", views.payment_webhook, name="payment_webhook"),
    path("webhooks/payouts/<str:gateway>", payouts.payout_webhook, name="payout_webhook"),
]
