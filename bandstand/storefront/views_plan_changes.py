"""A buyer asks for another schedule, answers one that is offered, and keeps what they accepted."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from bandstand.credit import documents, services as credit
from bandstand.credit.queries.changes import ProposalRow, changes_of, previewed, version_page
from bandstand.credit.rules import PlanState
from bandstand.credit.rules.amendment import Amendment
from bandstand.credit.rules.hardship import ProposalState
from bandstand.kernel.errors import BadInputError, NotFoundError, RefusedError
from bandstand.money import Money
from bandstand.orders import plan_letters
from bandstand.payments.services import collecting
from bandstand.plumbing import clock
from bandstand.promotions.queries import credits_lost
from bandstand.storefront.answers import page_shown, tells_refusals
from bandstand.storefront.change_forms import ChangeForm
from bandstand.storefront.pages.plan_changes import ChangePage, credits_words, payoff_sent
from bandstand.storefront.shop import shop
from bandstand.storefront.views_plans import FoundPlan, find_plan

BAD_INPUT = 422


@never_cache
@tells_refusals
def change(request: HttpRequest, *, token: str, line: str) -> HttpResponse:
    """Show what is offered or being looked at, or the form to ask with; take the wish."""
    found = find_plan(token, line)
    if request.method != "POST":
        return _shown(request, found)
    form = ChangeForm(request.POST, currency=found.money.currency)
    if not form.is_valid():
        return _shown(request, found, form=form, status=BAD_INPUT)
    try:
        credit.ask_for_change(
            plan_id=found.money.plan_id,
            wish=form.cleaned_data["wish"],
            reason=form.cleaned_data["reason"],
            asked_by=found.page.order.email,
            now=clock.now(),
        )
    except (BadInputError, RefusedError) as refused:
        form.add_error(None, refused.message)
        return _shown(request, found, form=form, status=BAD_INPUT)
    messages.success(request, "We have your wish, and write to you when somebody has decided.")
    return redirect(found.url)


@require_POST
@never_cache
@tells_refusals
def answer(request: HttpRequest, *, token: str, line: str) -> HttpResponse:
    """Take a buyer's yes or no to what is offered; a yes is for the page they were shown."""
    found = find_plan(token, line)
    waiting = changes_of(found.money.plan_id).proposal
    if waiting is None or str(waiting.id) != request.POST.get("proposal"):
        raise NotFoundError("This is not offered any more. Look at your plan's page again.")
    if "accept" not in request.POST:
        credit.decline_change(
            proposal_id=waiting.id, declined_by=found.page.order.email, now=clock.now()
        )
        messages.success(request, "Your plan stays as it is.")
        return redirect(found.url)
    credit.accept_change(
        proposal_id=waiting.id, accepted_by=found.page.order.email, now=clock.now()
    )
    messages.success(request, "Your plan has changed. The new schedule is below.")
    return redirect(found.url)


@require_safe
@never_cache
@tells_refusals
def version(
    request: HttpRequest,  # noqa: ARG001 -- Django passes the request
    *,
    token: str,
    line: str,
    number: int,
    form: str,
) -> HttpResponse:
    """Return a change as it was accepted: its page, or the page as a PDF."""
    found = find_plan(token, line)
    html, _ = version_page(plan_id=found.money.plan_id, number=number)
    if form == "html":
        return HttpResponse(html)
    drawn = documents.agreement_pdf(html) if form == "pdf" else None
    if drawn is None:
        raise NotFoundError("There is no PDF of it here. Read the page instead.")
    response = HttpResponse(drawn, content_type="application/pdf")
    name = f"{found.page.order.number}-change-{number}.pdf"
    response["Content-Disposition"] = f'inline; filename="{name}"'
    return response


@require_POST
@never_cache
@tells_refusals
def payoff_letter(request: HttpRequest, *, token: str, line: str) -> HttpResponse:
    """Send a buyer what pays their plan off today."""
    found, now = find_plan(token, line), clock.now()
    money, locale = found.money, shop().locale
    if money.state is not PlanState.ACTIVE:
        raise NotFoundError("Nothing is open on this plan.")
    today = collecting.today_of(money, now=now)
    off = money.payoff_on(today)
    plan_letters.write_payoff(
        order_line_id=money.order_line_id,
        amount=money.asked_for_payoff(today),
        waived=Money(off.waived, money.currency),
        valid_on=today,
        credits_words=credits_words(credits_lost(money.plan_id), locale=locale),
        now=now,
    )
    messages.success(request, payoff_sent(money, today=today, locale=locale))
    return redirect(found.url)


def _shown(
    request: HttpRequest, found: FoundPlan, *, form: ChangeForm | None = None, status: int = 200
) -> HttpResponse:
    changes = changes_of(found.money.plan_id)
    waiting = changes.proposal
    is_offered = waiting is not None and waiting.state is ProposalState.PROPOSED
    is_free = waiting is None and found.money.state is PlanState.ACTIVE
    last = next(iter(changes.proposals), None)
    page = ChangePage(
        title=found.line.title,
        number=found.page.order.number,
        order_url=found.page.link,
        plan_url=found.url,
        url=f"{found.url}change/",
        form=(form or ChangeForm(currency=found.money.currency)) if is_free else None,
        asked_words=waiting.words if waiting and not is_offered else "",
        offer=_offer(waiting, plan_id=found.money.plan_id) if waiting and is_offered else None,
        offer_reason=waiting.answer if waiting and is_offered else "",
        valid_until=f"{waiting.valid_until:%-d %B %Y}" if waiting and waiting.valid_until else "",
        proposal_id=str(waiting.id) if waiting else "",
        last_answer=last.answer if last and last.state is ProposalState.REFUSED else "",
    )
    return page_shown(request, "plan_change.html", page=page, status=status)


def _offer(waiting: ProposalRow, *, plan_id: UUID) -> Amendment:
    assert waiting.proposed_at is not None  # noqa: S101 -- it is offered
    return previewed(plan_id=plan_id, wish=waiting.wish, now=waiting.proposed_at)
