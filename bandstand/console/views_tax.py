"""Tax: how well places are covered, a market's policy, rates from a file."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect

from bandstand.catalogue import queries as catalogue
from bandstand.console.desk import Desk, money, operators_only
from bandstand.console.forms import hidden
from bandstand.console.pages import tax as pages
from bandstand.kernel.errors import DomainError
from bandstand.money import parse_money
from bandstand.plumbing.desk.confirming import ConfirmPage, is_confirmed
from bandstand.plumbing.desk.exports import csv_answer
from bandstand.plumbing.desk.tables import Fact
from bandstand.tax import services
from bandstand.tax.rules import AcquiredFrom, Ambiguity, EngineName, WithoutAnswer

HERE = "/console/tax/"
ENGINES = [(name.value, words) for name, (words, _) in pages.ENGINE_WORDS.items()]
FILE_LENGTH_MAX = 500_000


class PolicyForm(forms.Form):
    """How sales in a market are taxed from now on."""

    market = forms.CharField(label="Market", max_length=3)
    engine = forms.ChoiceField(label="Sales are", choices=ENGINES, widget=forms.RadioSelect)
    ambiguity = forms.ChoiceField(
        label="Where a ZIP code has several rates",
        choices=[(one.value, words) for one, words in pages.AMBIGUITY_WORDS.items()],
        required=False,
    )
    without_answer = forms.ChoiceField(
        label="Where the provider does not answer",
        choices=[(one.value, words) for one, words in pages.WITHOUT_WORDS.items()],
        required=False,
    )
    source = forms.CharField(
        label="Where this is decided",
        max_length=300,
        help_text="The registration with the authority, or the advice that none is needed.",
    )

    def clean_market(self) -> str:
        code = str(self.cleaned_data["market"]).upper()
        try:
            catalogue.market(code)
        except DomainError as unknown:
            raise forms.ValidationError(unknown.message) from unknown
        return code


class RatesForm(forms.Form):
    """Rates as the lines of a CSV file."""

    rates = forms.CharField(
        label="The file’s text",
        max_length=FILE_LENGTH_MAX,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false"}),
        help_text="CSV with the columns jurisdiction, kind (sales, vat, gst), rate_percent, from,"
        " source; and, if you like, title and until. For example US-CA:94103,sales,8.625,"
        "2026-07-01,State publication of July 2026.",
        error_messages={"required": "Paste the lines of the file, its header first."},
    )


class AcquiredForm(forms.Form):
    """What each used phone of an offer was bought for, as its seller states."""

    offer = forms.CharField(
        label="Offer", max_length=40, help_text="As in its address: ofr_ and what follows."
    )
    cost = forms.CharField(
        label="Bought for, each",
        max_length=20,
        help_text="What the seller paid for one, in the offer’s currency, such as 180.00.",
    )
    acquired_from = forms.ChoiceField(
        label="Bought from", choices=[(one.value, words) for one, words in pages.FROM_WORDS.items()]
    )
    source = forms.CharField(
        label="Purchase record",
        max_length=300,
        help_text="The seller’s record that shows what was paid and to whom.",
    )


@operators_only
def tax(desk: Desk) -> HttpResponse:
    if desk.request.GET.get("format") == "csv":
        return csv_answer("tax", heads=pages.HEADS, rows=pages.collected_export())
    return desk.shown("listing.html", pages.tax_page(desk))


@operators_only
def policy(desk: Desk) -> HttpResponse:
    given = desk.request.POST if desk.request.method == "POST" else None
    form = PolicyForm(given, initial={"market": desk.request.GET.get("market", "")[:3]})
    if given is None or not form.is_valid():
        return _form(desk, form, title="How are sales taxed?", url=f"{HERE}policy/")
    said = form.cleaned_data
    engine = EngineName(said["engine"])
    if is_confirmed(desk.request):
        services.set_tax_policy(
            market=said["market"],
            engine=engine,
            source=said["source"],
            from_at=desk.now,
            ambiguity=Ambiguity(said["ambiguity"] or Ambiguity.HIGHEST.value),
            without_answer=WithoutAnswer(said["without_answer"] or WithoutAnswer.REFUSE.value),
            actor=desk.actor.email,
            now=desk.now,
        )
        messages.success(desk.request, f"Set for {said['market']}, from now on.")
        return HttpResponseRedirect(f"{HERE}?market={said['market']}")
    question = ConfirmPage(
        title="Tax sales so from now on?",
        text="It counts for checkouts begun from now on. What was sold keeps its tax.",
        facts=(
            Fact("Market", catalogue.market(said["market"]).name),
            Fact("Sales are", pages.ENGINE_WORDS[engine][0]),
            *pages.doubt_facts(said["ambiguity"], said["without_answer"], engine=engine),
            Fact("Decided", said["source"]),
        ),
        action_url=f"{HERE}policy/",
        back_url=HERE,
        button="Yes, from now on",
        fields=hidden(form),
    )
    return desk.shown("confirm.html", question)


@operators_only
def acquired(desk: Desk) -> HttpResponse:
    """Record what used phones were bought for: their tax is on the margin from then on."""
    form = AcquiredForm(desk.request.POST if desk.request.method == "POST" else None)
    title, url = "What were they bought for?", f"{HERE}acquired/"
    if desk.request.method != "POST" or not form.is_valid():
        return _form(desk, form, title=title, url=url)
    said = form.cleaned_data
    try:
        offer = pages.used_offer(said["offer"])
        cost = parse_money(said["cost"], offer.price.currency)
    except DomainError as refused:
        form.add_error(None, refused.message)
        return _form(desk, form, title=title, url=url)
    if is_confirmed(desk.request):
        services.state_acquisition(
            offer_id=offer.id,
            cost=cost,
            acquired_from=AcquiredFrom(said["acquired_from"]),
            source=said["source"],
            actor=desk.actor.email,
            now=desk.now,
        )
        messages.success(desk.request, f"Recorded for {offer.title}.")
        return HttpResponseRedirect(HERE)
    question = ConfirmPage(
        title="Tax these phones on their margin?",
        text="From now on their VAT is reckoned on the price less what they were bought for, and"
        " is not shown to buyers.",
        facts=(
            Fact("Offer", f"{offer.title}, {offer.condition}, {money(offer.price)}"),
            Fact("Bought for, each", money(cost)),
            Fact("Bought from", pages.FROM_WORDS[AcquiredFrom(said["acquired_from"])]),
            Fact("Purchase record", said["source"]),
        ),
        action_url=url,
        back_url=HERE,
        button="Yes, record it",
        fields=hidden(form),
    )
    return desk.shown("confirm.html", question)


@operators_only
def import_rates(desk: Desk) -> HttpResponse:
    form = RatesForm(desk.request.POST if desk.request.method == "POST" else None)
    if desk.request.method != "POST" or not form.is_valid():
        return _form(desk, form, title="Import tax rates", url=f"{HERE}import/")
    applies = is_confirmed(desk.request)
    preview = services.import_rates(
        raw=form.cleaned_data["rates"].encode(),
        apply=applies,
        actor=desk.actor.email,
        now=desk.now,
    )
    if applies:
        messages.success(desk.request, f"Imported {len(preview.lines)} rates.")
        return HttpResponseRedirect(HERE)
    if not preview.lines:
        for one in preview.refused:
            form.add_error("rates", f"Line {one.line}: {one.reason}")
        return _form(desk, form, title="Import tax rates", url=f"{HERE}import/")
    question = ConfirmPage(
        title="Import these rates?",
        text="They count from the day each names. What was sold keeps its tax.",
        facts=pages.preview_facts(preview),
        action_url=f"{HERE}import/",
        back_url=HERE,
        button="Yes, import them",
        fields=hidden(form),
    )
    return desk.shown("confirm.html", question)


def _form(desk: Desk, form: forms.Form, *, title: str, url: str) -> HttpResponse:
    page = {
        "form_title": title,
        "form": form,
        "form_url": url,
        "form_button": "Look at it",
        "facts": (),
    }
    return desk.shown("order_form.html", page, status=422 if form.errors else 200)
