"""The portals' addresses: a brand's desk and a seller's."""

from django.urls import path

from bandstand.portals import views_brand, views_door, views_notices, views_seller

app_name = "portals"

urlpatterns = [
    path("", views_door.door, name="door"),
    path("brand/", views_brand.overview, name="brand"),
    path("brand/offers/", views_brand.offers, name="brand_offers"),
    path("brand/offers/<str:offer>/", views_brand.offer, name="brand_offer"),
    path("brand/rights/", views_brand.rights, name="brand_rights"),
    path("brand/notices/", views_notices.notices, name="brand_notices"),
    path("brand/notices/new/", views_notices.new_notice, name="new_notice"),
    path("brand/notices/<str:notice>/", views_notices.notice, name="brand_notice"),
    path("seller/", views_seller.overview, name="seller"),
    path("seller/offers/", views_seller.offers, name="seller_offers"),
    path("seller/offers/<str:offer>/", views_seller.offer, name="seller_offer"),
    path("seller/offers/<str:offer>/ask/", views_seller.ask, name="ask"),
    path("seller/offers/<str:offer>/withdraw/", views_seller.withdraw, name="withdraw"),
    path("seller/orders/", views_seller.orders, name="seller_orders"),
    path("seller/statements/", views_seller.statements, name="seller_statements"),
]
