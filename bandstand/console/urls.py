"""The console's addresses."""

from django.urls import path

from bandstand.console import (
    views_books,
    views_claims,
    views_holds,
    views_inbox,
    views_letters,
    views_notices,
    views_offers,
    views_orders,
)

app_name = "console"

urlpatterns = [
    path("", views_inbox.inbox, name="inbox"),
    path("offers/", views_offers.offers, name="offers"),
    path("offers/<str:offer>/", views_offers.offer, name="offer"),
    path("offers/<str:offer>/decide/", views_offers.decide, name="decide"),
    path("orders/", views_orders.orders, name="orders"),
    path("orders/<str:order>/", views_orders.order, name="order"),
    path("orders/<str:order>/<str:line>/release/", views_orders.release, name="release"),
    path("orders/<str:order>/<str:line>/cancel/", views_orders.cancel, name="cancel"),
    path("orders/<str:order>/<str:line>/passport/", views_orders.passport, name="passport"),
    path("holds/", views_holds.holds, name="holds"),
    path("holds/new/", views_holds.new_hold, name="new_hold"),
    path("holds/<str:hold>/", views_holds.hold, name="hold"),
    path("holds/<str:hold>/lift/", views_holds.lift, name="lift"),
    path("holds/<str:hold>/aftermath/", views_holds.aftermath, name="aftermath"),
    path("notices/", views_notices.notices, name="notices"),
    path("notices/<str:notice>/", views_notices.notice, name="notice"),
    path("letters/", views_letters.letters, name="letters"),
    path("letters/<uuid:letter>/", views_letters.letter, name="letter"),
    path("quality/", views_books.quality, name="quality"),
    path("quality/<str:slug>/", views_claims.claims, name="claims"),
    path("ledger/", views_books.ledger, name="ledger"),
    path("ledger/journal/", views_books.journal, name="journal"),
    path("ledger/account/", views_books.account, name="account"),
    path("audit/", views_books.audit, name="audit"),
]
