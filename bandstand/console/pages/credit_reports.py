"""Reports to credit bureaus: policies, what was reported, corrections and disputes."""

from typing import Final
from uuid import UUID

from bandstand.console.desk import Desk, key_of, money
from bandstand.credit.queries import bureau as queries
from bandstand.credit.queries.bureau import BureauPolicyRow, DisputeRow, RecordRow, ReportRow
from bandstand.credit.rules.bureau import BureauFormat, DisputeOutcome, ReportStatus
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.money import Money
from bandstand.plumbing.desk.pictures import Part, whole_svg
from bandstand.plumbing.desk.tables import (
    ONE_PAGE,
    Cell,
    Column,
    Fact,
    Listing,
    Row,
    Stat,
    Table,
    number,
    pill,
    plain_headings,
)
from bandstand.plumbing.desk.words import due_cell, time_cell

HERE: Final = "/console/credit-reports/"
STATUS_WORDS: Final = {
    ReportStatus.CURRENT: ("Current", "good"),
    ReportStatus.PAST_DUE: ("Past due", "bad"),
    ReportStatus.SETTLED: ("Settled", "info"),
    ReportStatus.CHARGED_OFF: ("Charged off", "bad"),
    ReportStatus.DELETED: ("Deleted", ""),
}
FORMAT_WORDS: Final = {
    BureauFormat.CSV: "CSV",
    BureauFormat.METRO: "426 characters a row (ask the bureau first)",
}
OUTCOME_WORDS: Final = {
    DisputeOutcome.VERIFIED: "It is right as reported",
    DisputeOutcome.CORRECTED: "It was wrong: compute it again",
    DisputeOutcome.DELETED: "It was wrong: delete the plan",
}


def reports_page(desk: Desk) -> Listing:
    """Return every report, with the disputes to answer and the policies."""
    reports = queries.bureau_reports()
    policies = queries.bureau_policies()
    is_on = any(one.is_on for one in _counting(policies, desk=desk))
    return Listing(
        title="Credit reports",
        lead="Nothing is reported to a credit bureau unless you switch it on for a market. A"
        " report is computed from the books as of a month’s last day.",
        stats=(Stat("Disputes to answer", str(queries.open_report_dispute_count())),),
        picture=_picture(reports),
        table=Table(
            caption="Reports",
            columns=plain_headings(
                Column("As of"),
                Column("Market"),
                Column("Rows", is_number=True),
                Column("Corrections", is_number=True),
                Column("Made"),
            ),
            rows=tuple(_report(one, zone=desk.zone) for one in reports),
        ),
        sections=(_disputes(queries.disputes(), desk=desk), _policies(policies, desk=desk)),
        pages=ONE_PAGE,
        action_url=f"{HERE}{'make' if is_on else 'policy'}/",
        action_label="Make a report" if is_on else "Switch it on",
        empty_title="Nothing was ever reported",
        empty_text="Reporting is off until a policy switches it on.",
    )


def report_page(report_id: UUID, *, desk: Desk) -> Listing:
    """
    Return one report: what counts in it, row by row.

    Raises: NoSuchReportError.
    """
    report = queries.bureau_report(report_id)
    kept = tuple(queries.report_records(report_id))
    return Listing(
        title=f"Credit report, {report.market}, {report.as_of}",
        lead=f"By {report.furnisher}, made by {report.made_by}; sha256 {report.sha256[:16]}….",
        stats=(Stat("Rows", str(report.rows)), Stat("Corrections", str(report.corrected))),
        picture=whole_svg(_parts(kept), label="Plans"),
        table=Table(
            caption="What counts",
            columns=plain_headings(
                Column("Plan"),
                Column("Standing"),
                Column("Balance", is_number=True),
                Column("Past due", is_number=True),
                Column("Days", is_number=True),
                Column("Made"),
            ),
            rows=tuple(_record(one, zone=desk.zone, days=False) for one in kept),
        ),
        pages=ONE_PAGE,
        export_url=f"{HERE}{report.id}/file/",
        empty_title="Nobody was reported",
        empty_text="No plan stood in the books that day, or nobody agreed to be reported.",
    )


def plan_page(printed: str, *, desk: Desk) -> Listing:
    """Return everything that was told of one plan, with what took its place."""
    plan_id = key_of(IdKind.PLAN, printed)
    kept = queries.records_of(plan_id)
    return Listing(
        title="What was reported of a plan",
        lead=f"Plan {printed}. A row that was wrong stays, with the row that took its place.",
        table=Table(
            caption="Rows",
            columns=plain_headings(
                Column("As of"),
                Column("Standing"),
                Column("Balance", is_number=True),
                Column("Past due", is_number=True),
                Column("Days", is_number=True),
                Column("Made"),
            ),
            rows=tuple(_record(one, zone=desk.zone, days=True) for one in kept),
        ),
        sections=(_disputes(queries.disputes(plan_id=plan_id), desk=desk),),
        pages=ONE_PAGE,
        action_url=f"{HERE}plans/{printed}/correct/" if kept else "",
        action_label="Compute it again" if kept else "",
        empty_title="Nothing was reported",
        empty_text="No report names this plan.",
    )


def dispute_facts(row: DisputeRow, *, desk: Desk) -> tuple[Fact, ...]:
    """Return what a buyer disputes, beside what was reported."""
    kept = [one for one in queries.records_of(row.plan_id) if not one.is_replaced]
    told = tuple(
        Fact(
            f"Reported as of {one.row.as_of}",
            f"{STATUS_WORDS[one.row.status][0]}, {one.row.days_past_due} days past due,"
            f" {money(Money(one.row.past_due, one.row.currency))}",
        )
        for one in kept[:6]
    )
    left = (row.due_at - desk.now).days
    return (
        Fact("Plan", row.plan),
        Fact("By", row.raised_by),
        Fact("Says", row.words),
        Fact("Days left", str(left) if left >= 0 else f"{-left} late"),
        *told,
    )


def _counting(policies: tuple[BureauPolicyRow, ...], *, desk: Desk) -> list[BureauPolicyRow]:
    latest: dict[str, BureauPolicyRow] = {}
    for one in policies:
        if one.from_at <= desk.now:
            latest.setdefault(one.market, one)
    return list(latest.values())


def _picture(reports: tuple[ReportRow, ...]) -> str:
    if not reports:
        return ""
    return whole_svg(_parts(tuple(queries.report_records(reports[0].id))), label="Latest report")


def _parts(kept: tuple[RecordRow, ...]) -> list[Part]:
    counts = dict.fromkeys(ReportStatus, 0)
    for one in kept:
        counts[one.row.status] += 1
    return [
        Part(STATUS_WORDS[one][0], count, STATUS_WORDS[one][1]) for one, count in counts.items()
    ]


def _report(one: ReportRow, *, zone: str) -> Row:
    return Row(
        (
            Cell(f"{one.as_of:%-d %B %Y}"),
            Cell(one.market, note=FORMAT_WORDS[one.format]),
            number(one.rows),
            number(one.corrected),
            time_cell(one.made_at, zone=zone),
        ),
        url=f"{HERE}{one.id}/",
    )


def _record(one: RecordRow, *, zone: str, days: bool) -> Row:
    word, kind = STATUS_WORDS[one.row.status]
    note = "Replaced by a later row" if one.is_replaced else one.reason or one.row.comment
    first = f"{one.row.as_of:%-d %B %Y}" if days else one.row.account
    return Row(
        (
            Cell(first),
            pill(word, kind, note=note),
            number(money(Money(one.row.balance, one.row.currency))),
            number(money(Money(one.row.past_due, one.row.currency))),
            number(one.row.days_past_due),
            time_cell(one.made_at, zone=zone),
        ),
        url="" if days else f"{HERE}plans/{print_id(IdKind.PLAN, one.plan_id)}/",
    )


def _disputes(rows: tuple[DisputeRow, ...], *, desk: Desk) -> Table:
    return Table(
        caption="Disputes",
        note="A buyer says that a report is wrong; the law gives days, not months",
        columns=plain_headings(Column("Plan"), Column("Says"), Column("Answer")),
        rows=tuple(
            Row(
                (
                    Cell(one.plan, note=one.raised_by),
                    Cell(one.words[:120]),
                    due_cell(one.due_at, now=desk.now)
                    if one.outcome is None
                    else Cell(OUTCOME_WORDS[one.outcome]),
                ),
                url=f"{HERE}disputes/{one.id}/" if one.outcome is None else "",
            )
            for one in rows
        ),
    )


def _policies(rows: tuple[BureauPolicyRow, ...], *, desk: Desk) -> Table:
    new = Row((Cell("Set another"), Cell(""), Cell(""), Cell(""), Cell("")), url=f"{HERE}policy/")
    return Table(
        caption="Policies",
        note="The latest of a market counts",
        columns=plain_headings(
            Column("Market"), Column("Reporting"), Column("Consent"), Column("By"), Column("From")
        ),
        rows=(
            *(
                Row(
                    (
                        Cell(one.market, note=one.source),
                        pill("On", "good") if one.is_on else pill("Off", ""),
                        Cell("Needed" if one.needs_consent else "Not needed"),
                        Cell(one.furnisher, note=FORMAT_WORDS[one.format]),
                        time_cell(one.from_at, zone=desk.zone),
                    )
                )
                for one in rows
            ),
            new,
        ),
    )
