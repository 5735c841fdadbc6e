"""The portals' addresses: a brand's desk and a seller's."""

from django.urls import path

from bandstand.portals import (
    views_brand,
    views_credentials,
    views_documents,
    views_domains,
    views_door,
    views_identity,
    views_issuing,
    views_keys,
    views_labels,
    views_lists,
    views_money,
    views_notices,
    views_promotions,
    views_seller,
    views_statements,
)

app_name = "portals"

urlpatterns = [
    path("", views_door.door, name="door"),
    path("brand/", views_brand.overview, name="brand"),
    path("brand/offers/", views_brand.offers, name="brand_offers"),
    path("brand/offers/<str:offer>/", views_brand.offer, name="brand_offer"),
    path("brand/sellers/", views_brand.sellers, name="brand_sellers"),
    path("brand/rights/statements/new/", views_statements.new_statement, name="new_statement"),
    path("brand/rights/", views_brand.rights, name="brand_rights"),
    path("brand/notices/", views_notices.notices, name="brand_notices"),
    path("brand/notices/new/", views_notices.new_notice, name="new_notice"),
    path("brand/notices/<str:notice>/", views_notices.notice, name="brand_notice"),
    path("brand/notices/<str:notice>/withdraw/", views_notices.withdraw, name="withdraw_notice"),
    path("brand/keys/", views_keys.keys, name="brand_keys"),
    path("brand/keys/new/", views_keys.new_key, name="new_key"),
    path("brand/keys/<uuid:key>/", views_keys.key, name="brand_key"),
    path("brand/grants/", views_issuing.grants, name="brand_grants"),
    path("brand/grants/new/", views_issuing.new_grant, name="new_grant"),
    path("brand/grants/sign/", views_issuing.sign, name="sign_grant"),
    path("brand/grants/draft/", views_issuing.draft, name="grant_draft"),
    path("brand/grants/<str:grant>/", views_issuing.grant, name="brand_grant"),
    path("brand/domains/", views_domains.brand_domains, name="brand_domains"),
    path("brand/domains/<uuid:domain>/", views_domains.brand_domain, name="brand_domain"),
    path(
        "brand/domains/<uuid:domain>/check/",
        views_domains.check_brand_domain,
        name="check_brand_domain",
    ),
    path("brand/lists/", views_lists.lists, name="brand_lists"),
    path("brand/lists/<uuid:source>/", views_lists.list_of, name="brand_list"),
    path("brand/lists/<uuid:source>/read/", views_lists.read_now, name="read_list"),
    path("brand/lists/<uuid:source>/next/", views_lists.next_list, name="next_list"),
    path(
        "brand/lists/<uuid:source>/readings/<uuid:snapshot>/", views_lists.reading, name="reading"
    ),
    path("brand/promotions/", views_promotions.brand_promotions, name="brand_promotions"),
    path(
        "brand/promotions/<str:promotion>/",
        views_promotions.brand_promotion,
        name="brand_promotion",
    ),
    path("seller/", views_seller.overview, name="seller"),
    path("seller/promotions/", views_promotions.seller_promotions, name="seller_promotions"),
    path(
        "seller/promotions/<str:promotion>/",
        views_promotions.seller_promotion,
        name="seller_promotion",
    ),
    path("seller/domains/", views_domains.seller_domains, name="seller_domains"),
    path("seller/domains/<uuid:domain>/", views_domains.seller_domain, name="seller_domain"),
    path(
        "seller/domains/<uuid:domain>/check/",
        views_domains.check_seller_domain,
        name="check_seller_domain",
    ),
    path("seller/credentials/", views_credentials.credentials, name="seller_credentials"),
    path("seller/credentials/new/", views_credentials.present, name="present_credential"),
    path("seller/offers/", views_seller.offers, name="seller_offers"),
    path("seller/offers/<str:offer>/", views_seller.offer, name="seller_offer"),
    path("seller/offers/<str:offer>/ask/", views_seller.ask, name="ask"),
    path("seller/offers/<str:offer>/label/", views_labels.label, name="label"),
    path("seller/offers/<str:offer>/withdraw/", views_seller.withdraw, name="withdraw"),
    path("seller/orders/", views_seller.orders, name="seller_orders"),
    path("seller/money/", views_money.money, name="seller_money"),
    path("seller/money/account/", views_money.account, name="payout_account"),
    path("seller/money/account/confirm/", views_money.confirm_account, name="confirm_account"),
    path("seller/money/statements/", views_money.statements, name="money_statements"),
    path(
        "seller/money/statements/<uuid:statement>/",
        views_money.statement,
        name="money_statement",
    ),
    path(
        "seller/money/statements/<uuid:statement>/pdf/",
        views_money.statement_pdf,
        name="money_statement_pdf",
    ),
    path("seller/identity/", views_identity.identity, name="identity"),
    path(
        "seller/identity/<uuid:statement>/file/", views_identity.identity_file, name="identity_file"
    ),
    path("seller/documents/", views_documents.documents, name="documents"),
    path("seller/documents/new/", views_documents.new_document, name="new_document"),
    path("seller/documents/<uuid:document>/", views_documents.document, name="document"),
    path(
        "seller/documents/<uuid:document>/withdraw/",
        views_documents.withdraw_document,
        name="withdraw_document",
    ),
    path("seller/statements/", views_seller.statements, name="seller_statements"),
]
