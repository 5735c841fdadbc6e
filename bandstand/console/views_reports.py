"""Providers' reports at the desk: sent in, looked at line by line, taken in or dropped."""

from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect

from bandstand.console.desk import Desk, money, operators_only
from bandstand.kernel.errors import BadInputError
from bandstand.payments import queries, services
from bandstand.payments.gateways import default_name
from bandstand.payments.queries import UploadRow
from bandstand.payments.rules import ReportForm, UploadState
from bandstand.payments.services import SettlementPreview, UploadLook
from bandstand.plumbing.desk.pictures import Part, whole_svg
from bandstand.plumbing.desk.tables import (
    Cell,
    Column,
    Fact,
    Row,
    Table,
    number,
    plain_headings,
)

HERE: Final = "/console/reconciliation/"
BYTES_MAX: Final = 60 * 1024 * 1024
FAULTS_SHOWN: Final = 200
FORM_WORDS: Final = {
    ReportForm.ITEMISED: "itemised balance report",
    ReportForm.BALANCE: "export of balance transactions",
}
STATE_WORDS: Final = {
    UploadState.LOOKED_AT: "Waits for your yes",
    UploadState.RUNNING: "Being taken in",
    UploadState.DONE: "Taken in",
    UploadState.FAILED: "Stopped",
    UploadState.DROPPED: "Dropped",
}


class ReportUploadForm(forms.Form):
    """A provider's report."""

    gateway = forms.ChoiceField(label="Whose report", error_messages={"required": "Choose one."})
    file = forms.FileField(
        label="The file",
        help_text="CSV: the itemised balance report, or Stripe's export of balance transactions.",
        error_messages={"required": "Choose the file.", "empty": "The file is empty."},
    )

    def __init__(self, *arguments: Any, gateways: tuple[str, ...]) -> None:  # noqa: ANN401 -- Django's own arguments
        super().__init__(*arguments)
        field = self.fields["gateway"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 -- declared so above
        field.choices = [(one, one.capitalize()) for one in gateways]

    def clean_file(self) -> tuple[str, str]:
        """Return the file's name and its text."""
        given = self.cleaned_data["file"]
        if given.size > BYTES_MAX:
            raise forms.ValidationError(
                f"A report has at most {BYTES_MAX // 1024 // 1024} MB; split it by month."
            )
        try:
            return str(given.name), given.read().decode("utf-8-sig")
        except UnicodeDecodeError:
            raise forms.ValidationError("It is not UTF-8 text; export it as CSV.") from None


@operators_only
def upload(desk: Desk) -> HttpResponse:
    """Take a report in to be looked at; nothing is written to the books yet."""
    known = tuple(sorted({*queries.gateways(), default_name()}))
    form = ReportUploadForm(desk.request.POST or None, desk.request.FILES or None, gateways=known)
    look = _look(desk, form) if desk.request.method == "POST" and form.is_valid() else None
    if look is not None and look.upload_id is not None:
        return HttpResponseRedirect(f"{HERE}uploads/{look.upload_id}/")
    page = {"form": form, "faults": _faults(look) if look else None}
    return desk.shown("report_upload.html", page)


@operators_only
def uploaded(desk: Desk, upload: UUID) -> HttpResponse:
    """Show what a report would do, or how far it has come; take it in or drop it."""
    if desk.request.method == "POST":
        return _decided(desk, upload)
    row = queries.upload(upload)
    preview = None
    if row.state is UploadState.LOOKED_AT:
        preview = services.preview_upload(upload_id=upload)
    page = {
        "title": row.name,
        "facts": _facts(row, preview),
        "picture": whole_svg(
            [Part("done", row.done, "good"), Part("to do", row.rows - row.done, "info")],
            label="Lines of the report",
        ),
        "may_decide": row.state is UploadState.LOOKED_AT,
        "is_moving": row.state is UploadState.RUNNING,
        "fault": row.fault,
        "action_url": f"{HERE}uploads/{row.id}/",
        "back": HERE,
    }
    return desk.shown("report.html", page)


def _decided(desk: Desk, upload: UUID) -> HttpResponse:
    if desk.request.POST.get("drop") == "yes":
        services.drop_report(upload_id=upload, now=desk.now)
        messages.success(desk.request, "Dropped. Nothing was taken from it.")
        return HttpResponseRedirect(HERE)
    services.take_report(upload_id=upload, actor=desk.actor.email, now=desk.now)
    messages.success(desk.request, "It is being taken in.")
    return HttpResponseRedirect(f"{HERE}uploads/{upload}/")


def _look(desk: Desk, form: ReportUploadForm) -> UploadLook | None:
    name, text = form.cleaned_data["file"]
    try:
        return services.look_at_report(
            gateway_name=form.cleaned_data["gateway"],
            name=name,
            text=text,
            actor=desk.actor.email,
            now=desk.now,
        )
    except BadInputError as wrong:
        form.add_error("file", wrong.message)
        return None


def _faults(look: UploadLook) -> Table:
    more = len(look.faults) - FAULTS_SHOWN
    return Table(
        caption="Lines to mend",
        note="Nothing was taken from the file"
        + (f"; {more} more lines are faulty" if more > 0 else ""),
        columns=plain_headings(Column("Line"), Column("What is wrong")),
        rows=tuple(
            Row((Cell(str(one.line)), Cell(one.words))) for one in look.faults[:FAULTS_SHOWN]
        ),
    )


def _facts(row: UploadRow, preview: SettlementPreview | None) -> tuple[Fact, ...]:
    facts = [
        Fact("State", STATE_WORDS[row.state]),
        Fact("Gateway", row.gateway.capitalize()),
        Fact("Form", FORM_WORDS[row.form]),
        Fact("Lines", f"{row.done} of {row.rows} taken in" if row.done else str(row.rows)),
        Fact("Sent in by", row.uploaded_by),
    ]
    if preview is not None:
        kinds = ", ".join(f"{count} {kind}" for kind, count in preview.kinds) or "none"
        facts += [
            Fact("New", f"{preview.new} ({kinds})"),
            Fact("Would match", number(preview.matched).text),
            Fact("Only the provider's", number(preview.theirs_only).text),
            Fact("Fees", ", ".join(money(one) for one in preview.fees) or "none"),
            Fact("Paid out to us", ", ".join(money(one) for one in preview.paid_out) or "none"),
        ]
    return tuple(facts)
