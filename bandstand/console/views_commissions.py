"""Commission rules: the list, a new one, the end of one."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect

from bandstand.catalogue import queries as catalogue
from bandstand.console.desk import Desk, operators_only
from bandstand.console.forms import hidden
from bandstand.console.pages import commissions as pages
from bandstand.kernel.errors import DomainError
from bandstand.orders.rules import CommissionRule, require_rule
from bandstand.orders.services.commissions import add_commission_rule, end_commission_rule
from bandstand.parties import queries as parties
from bandstand.plumbing.desk.confirming import ConfirmPage, is_confirmed
from bandstand.rights.rules import Condition

HERE = "/console/commission/"
CONDITIONS = [("", "Any condition"), *((one.value, one.value) for one in Condition)]


class CommissionForm(forms.Form):
    """A new commission rule; what is left empty matches every sale."""

    position = forms.IntegerField(
        label="Order", min_value=1, max_value=999, help_text="Lower is asked first."
    )
    label = forms.CharField(label="Name", max_length=120, help_text="Sellers read it.")
    rate = forms.DecimalField(
        label="Per cent of the price", min_value=0, max_value=100, decimal_places=2
    )
    market = forms.CharField(label="Market", max_length=3, required=False)
    seller = forms.SlugField(label="Seller", required=False, help_text="Its short name.")
    condition = forms.ChoiceField(label="Condition", choices=CONDITIONS, required=False)

    def clean_market(self) -> str:
        code = str(self.cleaned_data["market"]).upper()
        if code:
            try:
                catalogue.market(code)
            except DomainError as unknown:
                raise forms.ValidationError(unknown.message) from unknown
        return code

    def clean_seller(self) -> str:
        slug = str(self.cleaned_data["seller"])
        if slug:
            try:
                parties.party_by_slug(slug)
            except DomainError as unknown:
                raise forms.ValidationError(unknown.message) from unknown
        return slug


@operators_only
def commissions(desk: Desk) -> HttpResponse:
    return desk.shown("listing.html", pages.commissions_page(desk))


@operators_only
def new_rule(desk: Desk) -> HttpResponse:
    form = CommissionForm(desk.request.POST or None)
    if desk.request.method != "POST" or not form.is_valid():
        return _form(desk, form)
    rule = _rule(form, desk=desk)
    try:
        require_rule(rule)
    except DomainError as refused:
        form.add_error(None, refused.message)
        return _form(desk, form, status=422)
    if is_confirmed(desk.request):
        add_commission_rule(rule=rule, actor=desk.actor.email, now=desk.now)
        messages.success(desk.request, f"“{rule.label}” counts from now on.")
        return HttpResponseRedirect(HERE)
    words = [str(form.cleaned_data[name]) for name in ("market", "seller", "condition")]
    about = ", ".join(word for word in words if word) or "every sale"
    question = ConfirmPage(
        title="Set this commission?",
        text="It counts for sales from now on. What was sold keeps its commission.",
        facts=pages.rule_facts(rule, about=about),
        action_url=f"{HERE}new/",
        back_url=HERE,
        button="Yes, set it",
        fields=hidden(form),
        can_edit=False,
    )
    return desk.shown("confirm.html", question)


@operators_only
def end_rule(desk: Desk, rule: UUID) -> HttpResponse:
    row = pages.rule_row(rule)
    if desk.request.method == "POST" and is_confirmed(desk.request):
        end_commission_rule(rule_id=rule, actor=desk.actor.email, now=desk.now)
        messages.success(desk.request, f"“{row.rule.label}” has ended.")
        return HttpResponseRedirect(HERE)
    question = ConfirmPage(
        title=f"End “{row.rule.label}”?",
        text="The next rule that matches counts from now on. What was sold keeps its commission.",
        facts=pages.rule_facts(row.rule, about=pages.about_words(row)),
        action_url=f"{HERE}{rule}/end/",
        back_url=HERE,
        button="Yes, end it",
        fields=(),
        is_bad=True,
    )
    return desk.shown("confirm.html", question)


def _form(desk: Desk, form: CommissionForm, *, status: int = 200) -> HttpResponse:
    page = {
        "form_title": "A new commission rule",
        "form": form,
        "form_url": f"{HERE}new/",
        "form_button": "Look at it",
        "facts": (),
    }
    return desk.shown("order_form.html", page, status=status)


def _rule(form: CommissionForm, *, desk: Desk) -> CommissionRule:
    said = form.cleaned_data
    seller = parties.party_by_slug(said["seller"]).id if said["seller"] else None
    return CommissionRule(
        position=said["position"],
        label=said["label"],
        rate_bps=int(said["rate"] * 100),
        market=said["market"],
        seller_id=seller,
        condition=said["condition"],
        from_at=desk.now,
    )
