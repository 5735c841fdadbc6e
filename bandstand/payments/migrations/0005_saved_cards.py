"""Cards that buyers let us keep, refunds that come back, and what contested charges had paid."""

import bandstand.plumbing.ids
import django.db.models.deletion
from django.db import migrations, models

GUARD = """
select plumbing_make_append_only('payments_disputepart');
"""
UNGUARD = """
drop trigger append_only_rows on payments_disputepart;
drop trigger append_only_table on payments_disputepart;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0004_report_guard"),
        ("plumbing", "0002_append_only"),
    ]

    operations = [
        migrations.CreateModel(
            name="SandboxMethod",
            fields=[
                ("ref", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("customer_ref", models.CharField(max_length=40)),
                ("card_token", models.CharField(max_length=40)),
                ("kept_at", models.DateTimeField()),
                ("forgotten_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name="dispute",
            name="debt_choice",
            field=models.CharField(
                blank=True,
                choices=[("reopen", "reopen"), ("write_off", "write_off")],
                default="",
                max_length=12,
            ),
        ),
        migrations.AddField(
            model_name="dispute",
            name="debt_chosen_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="dispute",
            name="debt_chosen_by",
            field=models.CharField(blank=True, default="", max_length=200),
        ),
        migrations.AddField(
            model_name="moneycommand",
            name="wait_until",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="refund",
            name="again_of",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="again",
                to="payments.refund",
            ),
        ),
        migrations.AddField(
            model_name="refund",
            name="attempt",
            field=models.PositiveSmallIntegerField(default=1),
        ),
        migrations.AddField(
            model_name="refund",
            name="came_back_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="sandboxevent",
            name="is_forged",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="sandboxintent",
            name="customer_ref",
            field=models.CharField(blank=True, default="", max_length=40),
        ),
        migrations.AddField(
            model_name="sandboxintent",
            name="method_ref",
            field=models.CharField(blank=True, default="", max_length=40),
        ),
        migrations.AddField(
            model_name="sandboxintent",
            name="saves_card",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="sandboxoperation",
            name="returns_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.CreateModel(
            name="SandboxSetup",
            fields=[
                ("ref", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("idempotency_key", models.CharField(max_length=160, unique=True)),
                ("request_hash", models.CharField(max_length=64)),
                ("customer_ref", models.CharField(max_length=40)),
                ("card_token", models.CharField(blank=True, default="", max_length=40)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("written", "written"),
                            ("asked", "asked"),
                            ("succeeded", "succeeded"),
                            ("failed", "failed"),
                        ],
                        max_length=12,
                    ),
                ),
                ("decline_code", models.CharField(blank=True, default="", max_length=60)),
                ("return_url", models.CharField(max_length=500)),
                ("created_at", models.DateTimeField()),
                ("settles_at", models.DateTimeField(null=True)),
                (
                    "method",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="setups",
                        to="payments.sandboxmethod",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SavedCard",
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
                ("customer_ref", models.CharField(max_length=120)),
                ("method_ref", models.CharField(max_length=120)),
                ("brand", models.CharField(max_length=20)),
                ("last_four", models.CharField(max_length=4)),
                ("expires_year", models.PositiveSmallIntegerField()),
                ("expires_month", models.PositiveSmallIntegerField()),
                ("owner", models.CharField(max_length=60)),
                ("owner_email", models.CharField(max_length=254)),
                ("saved_at", models.DateTimeField()),
                ("removed_at", models.DateTimeField(null=True)),
                ("forgotten_at", models.DateTimeField(null=True)),
                ("told_expiring_at", models.DateTimeField(null=True)),
                (
                    "payment",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="saved_cards",
                        to="payments.payment",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CardSetup",
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
                ("key", models.CharField(max_length=160, unique=True)),
                ("purpose", models.CharField(max_length=120)),
                ("gateway", models.CharField(max_length=20)),
                ("owner", models.CharField(max_length=60)),
                ("owner_email", models.CharField(max_length=254)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("written", "written"),
                            ("asked", "asked"),
                            ("succeeded", "succeeded"),
                            ("failed", "failed"),
                        ],
                        max_length=12,
                    ),
                ),
                ("provider_ref", models.CharField(blank=True, default="", max_length=120)),
                ("action_url", models.CharField(blank=True, default="", max_length=2000)),
                ("return_url", models.CharField(max_length=500)),
                ("failure", models.CharField(blank=True, default="", max_length=60)),
                ("begun_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "card",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="setups",
                        to="payments.savedcard",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="DisputePart",
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
                ("order_line_id", models.UUIDField()),
                ("amount_minor", models.BigIntegerField()),
                (
                    "dispute",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="parts",
                        to="payments.dispute",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["order_line_id"], name="dispute_part_line")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("dispute", "order_line_id"), name="dispute_part_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount_minor__gt", 0)), name="dispute_part_positive"
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="savedcard",
            index=models.Index(
                condition=models.Q(("removed_at", None)), fields=["owner"], name="saved_card_owner"
            ),
        ),
        migrations.AddConstraint(
            model_name="savedcard",
            constraint=models.UniqueConstraint(
                fields=("gateway", "method_ref"), name="saved_card_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="savedcard",
            constraint=models.CheckConstraint(
                condition=models.Q(("last_four__regex", "^[0-9]{4}$")),
                name="saved_card_last_four_only",
            ),
        ),
        migrations.AddConstraint(
            model_name="savedcard",
            constraint=models.CheckConstraint(
                condition=models.Q(("expires_month__gte", 1), ("expires_month__lte", 12)),
                name="saved_card_month_known",
            ),
        ),
        migrations.AddIndex(
            model_name="cardsetup",
            index=models.Index(fields=["gateway", "provider_ref"], name="setup_provider_ref"),
        ),
        migrations.AddConstraint(
            model_name="cardsetup",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["written", "asked", "succeeded", "failed"])),
                name="setup_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="cardsetup",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["written", "asked"])),
                fields=("purpose",),
                name="setup_one_under_way",
            ),
        ),
        migrations.AlterField(
            model_name="settlementrow",
            name="kind",
            field=models.CharField(
                choices=[
                    ("charge", "charge"),
                    ("refund", "refund"),
                    ("refund_failure", "refund_failure"),
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
                    ("refund_returned", "refund_returned"),
                    ("dispute_taken", "dispute_taken"),
                    ("dispute_returned", "dispute_returned"),
                    ("transfer", "transfer"),
                    ("transfer_reversal", "transfer_reversal"),
                ],
                default="",
                max_length=20,
            ),
        ),
        migrations.RunSQL(GUARD, UNGUARD),
    ]
