"""The addresses of payouts, statements and reconciliation at the console."""

from typing import Final

from django.urls import URLPattern, path

from bandstand.console import (
    views_payout,
    views_payouts,
    views_reconciliation,
    views_reports,
    views_statements,
)

ROUTES: Final[tuple[URLPattern, ...]] = (
    path("payouts/", views_payouts.payouts, name="payouts"),
    path("payouts/new/", views_payouts.new_run, name="new_payout_run"),
    path("payouts/year/", views_payouts.year_report, name="year_report"),
    path("payouts/route/", views_payout.route, name="payout_route"),
    path("payouts/statements/", views_statements.statements, name="seller_statements"),
    path(
        "payouts/statements/<uuid:statement>/",
        views_statements.statement,
        name="seller_statement",
    ),
    path(
        "payouts/statements/<uuid:statement>/pdf/",
        views_statements.statement_pdf,
        name="seller_statement_pdf",
    ),
    path("payouts/accounts/<uuid:account>/", views_payout.account, name="payout_account"),
    path("payouts/runs/<uuid:run>/", views_payouts.run, name="payout_run"),
    path("payouts/runs/<uuid:run>/confirm/", views_payouts.confirm_run, name="confirm_run"),
    path("payouts/runs/<uuid:run>/file/", views_payouts.run_file, name="payout_file"),
    path("payouts/<uuid:payout>/", views_payout.payout, name="payout"),
    path("payouts/<uuid:payout>/answer/", views_payout.answer, name="payout_answer"),
    path("reconciliation/", views_reconciliation.reconciliation, name="reconciliation"),
    path("reconciliation/upload/", views_reports.upload, name="report_upload"),
    path("reconciliation/uploads/<uuid:upload>/", views_reports.uploaded, name="report"),
    path("reconciliation/<uuid:movement>/", views_reconciliation.movement, name="movement"),
    path("reconciliation/<uuid:movement>/unmatch/", views_reconciliation.unmatch, name="unmatch"),
)
