"""A plan's page: pay on it, let a card be charged or not, and take its statement along."""

import csv
from dataclasses import dataclass

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from bandstand.credit import queries as credit, services as credit_services
from bandstand.credit.queries import PlanMoney
from bandstand.credit.queries.changes import changes_of, takes_part_payments
from bandstand.credit.queries.policies import late_fee_of
from bandstand.credit.rules import AskKind, PlanState
from bandstand.kernel.errors import BadInputError, NotFoundError, RefusedError
from bandstand.kernel.public_ids import IdKind, parse_id, print_id
from bandstand.ledger import queries as ledger
from bandstand.ledger.rules import AccountCode
from bandstand.orders import access, queries as orders
from bandstand.orders.queries import OrderLineRow, OrderPage
from bandstand.orders.services import card_mandates
from bandstand.payments import gateways, queries as payments
from bandstand.payments.queries import SavedCardRow
from bandstand.payments.services import collecting
from bandstand.plumbing import clock
from bandstand.promotions import queries as promotions, services as promotion_services
from bandstand.storefront.answers import page_shown, tells_refusals
from bandstand.storefront.pages.plan_cards import cards_panel
from bandstand.storefront.pages.plan_changes import changes_panel
from bandstand.storefront.pages.plans import (
    PlanForms,
    asked_for_payoff,
    pay_form,
    plan_url,
    plan_view,
)
from bandstand.storefront.plan_forms import AutopayForm, PlanPayForm
from bandstand.storefront.shop import shop

BAD_INPUT = 422


@dataclass(frozen=True, slots=True)
class FoundPlan:
    """The plan that a link leads to."""

    page: OrderPage
    line: OrderLineRow
    money: PlanMoney

    @property
    def url(self) -> str:
        return plan_url(self.page, self.line)

    @property
    def saved_cards(self) -> tuple[SavedCardRow, ...]:
        owners = card_mandates.card_owners(self.page.order.id)
        return payments.saved_cards(owners, gateway=gateways.default_name())


@require_safe
@never_cache
@tells_refusals
def plan(request: HttpRequest, *, token: str, line: str) -> HttpResponse:
    found = find_plan(token, line)
    if getattr(request, "htmx", False):
        if found.money.under_way is None:
            return HttpResponse(headers={"HX-Refresh": "true"})
        return _shown(request, found, template="parts/plan_waiting.html")
    return _shown(request, found)


@require_POST
@never_cache
@tells_refusals
def pay(request: HttpRequest, *, token: str, line: str) -> HttpResponse:
    found = find_plan(token, line)
    today = collecting.today_of(found.money, now=clock.now())
    form = pay_form(
        found.money,
        today=today,
        locale=shop().locale,
        takes_part=takes_part_payments(found.money, on=today),
        saved=found.saved_cards,
        typed=request.POST.dict(),
    )
    if not form.is_valid():
        return _shown(request, found, form=form, status=BAD_INPUT)
    kind = AskKind(form.cleaned_data["kind"])
    if kind is AskKind.PAYOFF and not asked_for_payoff(found.money, today=today):
        promotion_services.give_all(plan_id=found.money.plan_id, now=clock.now())
        messages.success(request, "Your credits cover what you owed: your plan is paid off.")
        return redirect(found.url)
    try:
        payment = collecting.pay_plan(
            plan_id=found.money.plan_id,
            kind=kind,
            extra=form.cleaned_data["extra"],
            card_token=form.card_token,
            return_url=f"{settings.BASE_URL}{found.url}",
            now=clock.now(),
        )
    except (BadInputError, RefusedError) as refused:
        form.add_error(None, refused.message)
        return _shown(request, find_plan(token, line), form=form, status=BAD_INPUT)
    return redirect(payment.action_url or found.url)


@require_POST
@never_cache
@tells_refusals
def autopay(request: HttpRequest, *, token: str, line: str) -> HttpResponse:
    found = find_plan(token, line)
    if "off" in request.POST:
        credit_services.revoke_mandate(plan_id=found.money.plan_id, now=clock.now())
        messages.success(request, "Your card is not charged by itself any more.")
        return redirect(found.url)
    form = AutopayForm(request.POST, saved=found.saved_cards)
    if not form.is_valid():
        return _shown(request, found, autopay=form, status=BAD_INPUT)
    credit_services.save_mandate(
        plan_id=found.money.plan_id,
        card_token=form.card_token,
        saved_by=found.page.order.email,
        now=clock.now(),
    )
    messages.success(request, "Your card is charged when an instalment falls due.")
    return redirect(found.url)


@require_safe
@never_cache
@tells_refusals
def statement(request: HttpRequest, *, token: str, line: str) -> HttpResponse:  # noqa: ARG001 -- Django passes the request
    found = find_plan(token, line)
    printed = print_id(IdKind.PLAN, found.money.plan_id)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{found.page.order.number}-plan.csv"'
    writer = csv.writer(response)
    writer.writerow(["when", "what", "amount", "owed_after", "currency", "transfer"])
    for row in ledger.statement_rows(
        code=AccountCode.INSTALMENT_RECEIVABLE, key=printed, currency=found.money.currency
    ):
        writer.writerow(
            [
                row.effective_at.isoformat(),
                row.kind,
                row.amount.major,
                row.balance_after.major,
                found.money.currency,
                row.public_id,
            ]
        )
    return response


def find_plan(token: str, printed: str) -> FoundPlan:
    """
    Return the plan that an order's link and a line's id lead to.

    Raises: NotFoundError.
    """
    page = orders.order_page(access.order_by_link(token))
    key = parse_id(IdKind.LINE, printed)
    line = next((one for one in page.lines if one.id == key), None)
    if line is None or line.plan is None:
        raise NotFoundError("This order has no such plan.")
    return FoundPlan(page, line, credit.plan_money(line.plan.id))


def _shown(
    request: HttpRequest,
    found: FoundPlan,
    *,
    form: PlanPayForm | None = None,
    autopay: AutopayForm | None = None,
    template: str = "plan.html",
    status: int = 200,
) -> HttpResponse:
    money, today = found.money, collecting.today_of(found.money, now=clock.now())
    under_way = money.under_way
    payment = (
        payments.payment_by_purpose(collecting.purpose_of(money.plan_id, serial=under_way.serial))
        if under_way
        else None
    )
    view = plan_view(
        found.page,
        line=found.line,
        money=money,
        payment=payment,
        today=today,
        shop=shop(),
        takes_part=takes_part_payments(money, on=today),
        changes=changes_panel(
            changes_of(money.plan_id),
            plan_url=found.url,
            is_active=money.state is PlanState.ACTIVE,
            terms=late_fee_of(money.plan_id),
            shop=shop(),
        ),
        forms=PlanForms(form, autopay),
        saved=found.saved_cards,
        cards=cards_panel(
            found.saved_cards,
            charged_token=credit.card_of(money.plan_id),
            setup=payments.setup_of(card_mandates.plan_purpose(money.plan_id)),
            plan_url=found.url,
            today=today,
        ),
        promised=promotions.plan_credits(money.plan_id, now=clock.now()),
    )
    return page_shown(request, template, page=view, status=status)
