"""What a provider reported is kept as it is; matches taken apart, and reports sent in."""

import bandstand.plumbing.ids
import django.db.models.deletion
from django.db import migrations, models

GUARD = """
select plumbing_make_append_only('payments_settlementunmatch');

create function payments_keep_report() returns trigger language plpgsql as $$
declare
  v_match constant text[] := array['move_id', 'move_kind', 'matched_at', 'matched_by',
                                   'match_reason'];
begin
  if (to_jsonb(new) - v_match) is distinct from (to_jsonb(old) - v_match) then
    raise exception 'what a provider reported never changes' using errcode = 'P0460',
      hint = 'Import what the provider says now; a difference is told apart.';
  end if;
  if old.move_id is not null and to_jsonb(new) is distinct from to_jsonb(old)
     and (new.move_id is not null or not exists (
       select 1 from payments_settlementunmatch u
        where u.row_id = old.id and u.move_id = old.move_id and u.matched_at = old.matched_at)) then
    raise exception 'a match ends only by un-matching it with a reason' using errcode = 'P0460',
      hint = 'Un-match the row first, and say why.';
  end if;
  return new;
end $$;
create trigger keep_report before update on payments_settlementrow
  for each row execute function payments_keep_report();
create trigger keep_report_rows before delete on payments_settlementrow
  for each row execute function plumbing_refuse_change();
create trigger keep_report_table before truncate on payments_settlementrow
  for each statement execute function plumbing_refuse_change();
"""
UNGUARD = """
drop trigger keep_report_table on payments_settlementrow;
drop trigger keep_report_rows on payments_settlementrow;
drop trigger keep_report on payments_settlementrow;
drop function payments_keep_report();
drop trigger append_only_rows on payments_settlementunmatch;
drop trigger append_only_table on payments_settlementunmatch;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0003_disputes_and_settlement"),
        ("plumbing", "0002_append_only"),
    ]

    operations = [
        migrations.AlterField(
            model_name="settlementrow",
            name="kind",
            field=models.CharField(
                choices=[
                    ("charge", "charge"),
                    ("refund", "refund"),
                    ("dispute", "dispute"),
                    ("dispute_reversal", "dispute_reversal"),
                    ("fee", "fee"),
                    ("payout", "payout"),
                    ("payout_reversal", "payout_reversal"),
                    ("transfer", "transfer"),
                    ("transfer_reversal", "transfer_reversal"),
                    ("other", "other"),
                ],
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="settlementrow",
            name="move_kind",
            field=models.CharField(
                blank=True,
                choices=[
                    ("capture", "capture"),
                    ("refund", "refund"),
                    ("dispute_taken", "dispute_taken"),
                    ("dispute_returned", "dispute_returned"),
                    ("transfer", "transfer"),
                    ("transfer_reversal", "transfer_reversal"),
                ],
                default="",
                max_length=20,
            ),
        ),
        migrations.CreateModel(
            name="SettlementUnmatch",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=bandstand.plumbing.ids.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("move_id", models.UUIDField()),
                ("move_kind", models.CharField(max_length=20)),
                ("matched_at", models.DateTimeField()),
                ("matched_by", models.CharField(max_length=200)),
                ("match_reason", models.CharField(blank=True, default="", max_length=400)),
                ("unmatched_at", models.DateTimeField()),
                ("unmatched_by", models.CharField(max_length=200)),
                ("reason", models.CharField(max_length=400)),
                (
                    "row",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="unmatched",
                        to="payments.settlementrow",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="SettlementUpload",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=bandstand.plumbing.ids.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("gateway", models.CharField(max_length=20)),
                (
                    "form",
                    models.CharField(
                        choices=[("itemised", "itemised"), ("balance", "balance")], max_length=12
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                ("text", models.TextField(blank=True, default="")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("looked_at", "looked_at"),
                            ("running", "running"),
                            ("done", "done"),
                            ("failed", "failed"),
                            ("dropped", "dropped"),
                        ],
                        max_length=12,
                    ),
                ),
                ("row_count", models.PositiveIntegerField()),
                ("done_count", models.PositiveIntegerField(default=0)),
                ("uploaded_at", models.DateTimeField()),
                ("uploaded_by", models.CharField(max_length=200)),
                ("ended_at", models.DateTimeField(null=True)),
                ("fault", models.CharField(blank=True, default="", max_length=600)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["looked_at", "running", "done", "failed", "dropped"])
                        ),
                        name="settlement_upload_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["done", "dropped"]), _negated=True),
                            ("text", ""),
                            _connector="OR",
                        ),
                        name="settlement_upload_text_gone",
                    ),
                ],
            },
        ),
        migrations.RunSQL(GUARD, UNGUARD),
    ]
