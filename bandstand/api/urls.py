"""The addresses machines use."""

from django.urls import path

from bandstand.api import views

app_name = "api"

urlpatterns = [
    path(".well-known/jwks.json", views.jwks, name="jwks"),
    path("webhooks/payments/<str:gateway>", views.payment_webhook, name="payment_webhook"),
]
