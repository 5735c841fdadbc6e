"""The shop's addresses."""

from django.urls import path

from bandstand.storefront import (
    views_basket,
    views_checkout,
    views_evidence,
    views_fits,
    views_lists,
    views_orders,
    views_plans,
    views_sellers,
    views_shop,
)

app_name = "storefront"

urlpatterns = [
    path("", views_shop.home, name="home"),
    path("phones/", views_shop.shelf, name="shelf"),
    path("phones/<str:slug>/<str:offer>/", views_shop.product, name="product"),
    path("phones/<str:slug>/<str:offer>/evidence/", views_evidence.evidence, name="evidence"),
    path("sellers/<slug:slug>/", views_sellers.seller, name="seller"),
    path("stopped/", views_shop.stopped, name="stopped"),
    path("how-we-decide/", views_shop.how_we_decide, name="how_we_decide"),
    path("basket/", views_basket.basket, name="basket"),
    path("basket/add/", views_basket.add, name="basket_add"),
    path("basket/prices/", views_basket.accept_prices, name="basket_prices"),
    path("basket/<uuid:line>/plan/", views_basket.change, name="basket_change"),
    path("basket/<uuid:line>/remove/", views_basket.remove, name="basket_remove"),
    path("checkout/", views_checkout.checkout, name="checkout"),
    path("checkout/<str:checkout>/waiting/", views_checkout.waiting, name="waiting"),
    path("payments/sandbox/<str:ref>/", views_checkout.bank, name="bank"),
    path("order/<str:token>/", views_orders.order, name="order"),
    path("order/<str:token>/passport/<str:line>.json", views_orders.line_passport, name="passport"),
    path(
        "order/<str:token>/agreement/<str:line>.<str:form>",
        views_orders.line_agreement,
        name="agreement",
    ),
    path("order/<str:token>/plan/<str:line>/", views_plans.plan, name="plan"),
    path("order/<str:token>/plan/<str:line>/pay/", views_plans.pay, name="plan_pay"),
    path("order/<str:token>/plan/<str:line>/autopay/", views_plans.autopay, name="plan_autopay"),
    path(
        "order/<str:token>/plan/<str:line>/statement.csv",
        views_plans.statement,
        name="plan_statement",
    ),
    path("check/", views_fits.check, name="check"),
    path("compare/", views_fits.compare, name="compare"),
    path("network/", views_fits.network, name="network"),
    path("authorised-sellers/check/", views_lists.validator, name="list_check"),
    path("schemas/authorised-sellers.schema.json", views_lists.schema, name="list_schema"),
    path("account/", views_orders.account, name="account"),
    path("robots.txt", views_shop.robots, name="robots"),
]
