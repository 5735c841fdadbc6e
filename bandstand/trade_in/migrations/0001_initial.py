"""Phones traded in: tables, append-only records, and values whose history stands."""

import bandstand.plumbing.ids
import django.db.models.deletion
from django.db import migrations, models


SQL = """
select plumbing_make_append_only('trade_in_tradeinpolicy');
select plumbing_make_append_only('trade_in_tradeinmoverecord');
select plumbing_make_append_only('trade_in_inspection');
select plumbing_make_append_only('trade_in_disposal');

create function trade_in_keep_value() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and old.until_at is null and new.until_at is not null
     and to_jsonb(old) - 'until_at' = to_jsonb(new) - 'until_at' then
    return new;
  end if;
  raise exception 'a listed value only ends: % refused', tg_op using errcode = 'P0460',
    hint = 'List a new value from a later day.';
end $$;
create trigger listed_value_rows before update or delete on trade_in_listedvalue
  for each row execute function trade_in_keep_value();
create trigger listed_value_table before truncate on trade_in_listedvalue
  for each statement execute function plumbing_refuse_change();
"""
UNDO = """
drop trigger listed_value_table on trade_in_listedvalue;
drop trigger listed_value_rows on trade_in_listedvalue;
drop function trade_in_keep_value();
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("plumbing", "0002_append_only"),
        ("catalogue", "0005_entered_by_hand"),
        ("orders", "0004_commissions"),
    ]

    operations = [
        migrations.CreateModel(
            name="TradeIn",
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
                ("reference", models.CharField(max_length=14, unique=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("quoted", "quoted"),
                            ("accepted", "accepted"),
                            ("sent", "sent"),
                            ("received", "received"),
                            ("revalued", "revalued"),
                            ("credited", "credited"),
                            ("return_due", "return_due"),
                            ("returned", "returned"),
                            ("lapsed", "lapsed"),
                            ("withdrawn", "withdrawn"),
                        ],
                        max_length=12,
                    ),
                ),
                ("state_at", models.DateTimeField()),
                (
                    "grade",
                    models.CharField(
                        choices=[
                            ("good", "good"),
                            ("worn", "worn"),
                            ("broken", "broken"),
                            ("parts", "parts"),
                        ],
                        max_length=12,
                    ),
                ),
                ("answers", models.JSONField()),
                ("currency", models.CharField(max_length=3)),
                ("quoted_minor", models.BigIntegerField()),
                ("value_minor", models.BigIntegerField()),
                ("applied_minor", models.BigIntegerField(default=0)),
                ("applied_at", models.DateTimeField(null=True)),
                ("kept_minor", models.BigIntegerField(default=0)),
                ("imei_hash", models.CharField(blank=True, default="", max_length=64)),
                ("imei_masked", models.CharField(blank=True, default="", max_length=20)),
                ("arrived_hash", models.CharField(blank=True, default="", max_length=64)),
                ("quoted_at", models.DateTimeField()),
                ("quote_until", models.DateTimeField()),
                ("arrive_by", models.DateTimeField(null=True)),
                ("received_at", models.DateTimeField(null=True)),
                ("inspect_by", models.DateTimeField(null=True)),
                ("answer_by", models.DateTimeField(null=True)),
                ("credited_at", models.DateTimeField(null=True)),
                ("carrier", models.CharField(blank=True, default="", max_length=60)),
                ("tracking", models.CharField(blank=True, default="", max_length=80)),
                ("back_carrier", models.CharField(blank=True, default="", max_length=60)),
                ("back_tracking", models.CharField(blank=True, default="", max_length=80)),
                (
                    "line",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="trade_ins",
                        to="orders.orderline",
                    ),
                ),
                (
                    "market",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalogue.market",
                    ),
                ),
                (
                    "variant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalogue.variant",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Inspection",
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
                ("answers", models.JSONField()),
                ("grade", models.CharField(blank=True, default="", max_length=12)),
                ("is_same_phone", models.BooleanField()),
                ("is_reported", models.BooleanField()),
                ("register_asked", models.CharField(max_length=200)),
                ("notes", models.CharField(blank=True, default="", max_length=1000)),
                ("photos_at", models.CharField(blank=True, default="", max_length=300)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("credit", "credit"),
                            ("revalue", "revalue"),
                            ("refuse", "refuse"),
                        ],
                        max_length=12,
                    ),
                ),
                ("value_minor", models.BigIntegerField()),
                ("reasons", models.JSONField(default=list)),
                ("is_guaranteed", models.BooleanField()),
                ("inspected_at", models.DateTimeField()),
                ("inspected_by", models.CharField(max_length=200)),
                (
                    "variant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalogue.variant",
                    ),
                ),
                (
                    "trade_in",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="inspection",
                        to="trade_in.tradein",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Disposal",
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
                (
                    "kind",
                    models.CharField(
                        choices=[("sold", "sold"), ("parts", "parts"), ("recycled", "recycled")],
                        max_length=12,
                    ),
                ),
                ("proceeds_minor", models.BigIntegerField()),
                ("reason", models.CharField(max_length=300)),
                ("disposed_at", models.DateTimeField()),
                ("disposed_by", models.CharField(max_length=200)),
                (
                    "trade_in",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="disposal",
                        to="trade_in.tradein",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CreditPayout",
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
                ("serial", models.PositiveSmallIntegerField()),
                ("amount_minor", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "asked"),
                            ("proposed", "proposed"),
                            ("sent", "sent"),
                            ("paid", "paid"),
                            ("failed", "failed"),
                        ],
                        max_length=12,
                    ),
                ),
                ("account_masked", models.CharField(max_length=200)),
                ("account_sealed", models.BinaryField(null=True)),
                ("asked_at", models.DateTimeField()),
                ("proposed_by", models.CharField(blank=True, default="", max_length=200)),
                ("proposed_at", models.DateTimeField(null=True)),
                ("confirmed_by", models.CharField(blank=True, default="", max_length=200)),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("transfer_id", models.UUIDField(null=True)),
                ("bank_reference", models.CharField(blank=True, default="", max_length=80)),
                ("failure", models.CharField(blank=True, default="", max_length=300)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "trade_in",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payouts",
                        to="trade_in.tradein",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="TradeInMoveRecord",
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
                ("move", models.CharField(max_length=12)),
                ("from_state", models.CharField(blank=True, default="", max_length=12)),
                ("to_state", models.CharField(max_length=12)),
                ("moved_at", models.DateTimeField()),
                ("actor", models.CharField(max_length=200)),
                ("reason", models.CharField(blank=True, default="", max_length=1000)),
                (
                    "trade_in",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="moves",
                        to="trade_in.tradein",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="TradeInPolicy",
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
                ("quote_days", models.PositiveSmallIntegerField()),
                ("arrive_days", models.PositiveSmallIntegerField()),
                ("remind_days", models.PositiveSmallIntegerField()),
                ("inspect_days", models.PositiveSmallIntegerField()),
                ("answer_days", models.PositiveSmallIntegerField()),
                ("send_to", models.CharField(max_length=500)),
                ("source", models.CharField(max_length=300)),
                ("from_at", models.DateTimeField()),
                ("set_by", models.CharField(max_length=200)),
                (
                    "market",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalogue.market",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ListedValue",
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
                (
                    "grade",
                    models.CharField(
                        choices=[
                            ("good", "good"),
                            ("worn", "worn"),
                            ("broken", "broken"),
                            ("parts", "parts"),
                        ],
                        max_length=12,
                    ),
                ),
                ("value_minor", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("from_at", models.DateTimeField()),
                ("until_at", models.DateTimeField(null=True)),
                ("listed_at", models.DateTimeField()),
                ("listed_by", models.CharField(max_length=200)),
                (
                    "market",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalogue.market",
                    ),
                ),
                (
                    "variant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalogue.variant",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("market", "variant", "grade", "from_at"), name="listed_value_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("until_at", None)),
                        fields=("market", "variant", "grade"),
                        name="listed_value_one_standing",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("value_minor__gt", 0)), name="listed_value_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("until_at", None),
                            ("until_at__gt", models.F("from_at")),
                            _connector="OR",
                        ),
                        name="listed_value_span",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("grade__in", ["good", "worn", "broken", "parts"])),
                        name="listed_value_grade",
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="tradein",
            index=models.Index(fields=["state", "state_at"], name="trade_in_queue"),
        ),
        migrations.AddIndex(
            model_name="tradein",
            index=models.Index(fields=["imei_hash"], name="trade_in_phone"),
        ),
        migrations.AddConstraint(
            model_name="tradein",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        [
                            "quoted",
                            "accepted",
                            "sent",
                            "received",
                            "revalued",
                            "credited",
                            "return_due",
                            "returned",
                            "lapsed",
                            "withdrawn",
                        ],
                    )
                ),
                name="trade_in_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="tradein",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        ["accepted", "quoted", "received", "return_due", "revalued", "sent"],
                    ),
                    models.Q(("imei_hash", ""), _negated=True),
                ),
                fields=("imei_hash",),
                name="trade_in_one_open_per_phone",
            ),
        ),
        migrations.AddConstraint(
            model_name="tradein",
            constraint=models.CheckConstraint(
                condition=models.Q(("quoted_minor__gt", 0), ("value_minor__gte", 0)),
                name="trade_in_has_value",
            ),
        ),
        migrations.AddConstraint(
            model_name="tradein",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("applied_minor__gte", 0),
                    ("applied_minor__lte", models.F("value_minor")),
                    ("kept_minor__gte", 0),
                    ("kept_minor__lte", models.F("applied_minor")),
                ),
                name="trade_in_spent_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="tradein",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "credited"), _negated=True),
                    models.Q(
                        ("credited_at__isnull", False),
                        ("line__isnull", False),
                        ("value_minor__gt", 0),
                    ),
                    _connector="OR",
                ),
                name="trade_in_credit_dated",
            ),
        ),
        migrations.AddConstraint(
            model_name="tradein",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "received"), _negated=True),
                    models.Q(("inspect_by__isnull", False), ("line__isnull", False)),
                    _connector="OR",
                ),
                name="trade_in_receipt_dated",
            ),
        ),
        migrations.AddConstraint(
            model_name="disposal",
            constraint=models.CheckConstraint(
                condition=models.Q(("proceeds_minor__gte", 0)),
                name="disposal_brings_nothing_or_more",
            ),
        ),
        migrations.AddConstraint(
            model_name="creditpayout",
            constraint=models.UniqueConstraint(
                fields=("trade_in", "serial"), name="credit_payout_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="creditpayout",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["asked", "proposed", "sent"])),
                fields=("trade_in",),
                name="credit_payout_one_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="creditpayout",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_minor__gt", 0)), name="credit_payout_pays"
            ),
        ),
        migrations.AddConstraint(
            model_name="creditpayout",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("confirmed_by", ""),
                    models.Q(("confirmed_by", models.F("proposed_by")), _negated=True),
                    _connector="OR",
                ),
                name="credit_payout_two_people",
            ),
        ),
        migrations.AddConstraint(
            model_name="creditpayout",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["sent", "paid"]), _negated=True),
                    models.Q(("confirmed_at__isnull", False), ("transfer_id__isnull", False)),
                    _connector="OR",
                ),
                name="credit_payout_booked",
            ),
        ),
        migrations.AddConstraint(
            model_name="tradeinpolicy",
            constraint=models.UniqueConstraint(
                fields=("market", "from_at"), name="trade_in_policy_once"
            ),
        ),
        migrations.RunSQL(SQL, UNDO),
    ]
