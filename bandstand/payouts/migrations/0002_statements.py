"""Gateways, accounts and calls that pay sellers; statements as they were closed."""

import bandstand.plumbing.ids
import django.db.models.deletion
from django.db import migrations, models

GUARD = """
select plumbing_make_append_only('payouts_payoutmoverecord');
select plumbing_make_append_only('payouts_payoutfile');
select plumbing_make_append_only('payouts_sellerstatement');
select plumbing_make_append_only('payouts_statementpdf');

create function payouts_keep_account() returns trigger language plpgsql as $$
begin
  if (to_jsonb(new) - 'ended_at' - 'blocked_at' - 'blocked_reason')
     is distinct from (to_jsonb(old) - 'ended_at' - 'blocked_at' - 'blocked_reason')
     or (old.ended_at is not null and new.ended_at is distinct from old.ended_at) then
    raise exception 'what a payout account says never changes' using errcode = 'P0460',
      hint = 'State the account anew.';
  end if;
  return new;
end $$;
create trigger keep_account before update on payouts_payoutaccount
  for each row execute function payouts_keep_account();
create trigger keep_account_rows before delete on payouts_payoutaccount
  for each row execute function plumbing_refuse_change();
"""
UNGUARD = """
drop trigger keep_account_rows on payouts_payoutaccount;
drop trigger keep_account on payouts_payoutaccount;
drop function payouts_keep_account();
drop trigger append_only_rows on payouts_payoutmoverecord;
drop trigger append_only_table on payouts_payoutmoverecord;
drop trigger append_only_rows on payouts_payoutfile;
drop trigger append_only_table on payouts_payoutfile;
drop trigger append_only_rows on payouts_sellerstatement;
drop trigger append_only_table on payouts_sellerstatement;
drop trigger append_only_rows on payouts_statementpdf;
drop trigger append_only_table on payouts_statementpdf;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("payouts", "0001_initial"),
        ("parties", "0002_identity"),
        ("plumbing", "0002_append_only"),
    ]

    operations = [
        migrations.CreateModel(
            name="PayoutAccount",
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
                ("currency", models.CharField(max_length=3)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("iban", "iban"),
                            ("us_bank", "us_bank"),
                            ("connected", "connected"),
                        ],
                        max_length=12,
                    ),
                ),
                ("holder", models.CharField(max_length=140)),
                ("sealed", models.TextField()),
                ("masked", models.CharField(max_length=60)),
                ("fingerprint", models.CharField(max_length=64)),
                ("stated_at", models.DateTimeField()),
                ("stated_by", models.CharField(max_length=200)),
                ("usable_from", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("blocked_at", models.DateTimeField(null=True)),
                ("blocked_reason", models.CharField(blank=True, default="", max_length=300)),
            ],
        ),
        migrations.CreateModel(
            name="PayoutCommand",
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
                ("key", models.CharField(max_length=200, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[("send", "send"), ("reverse", "reverse")], max_length=12
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("written", "written"),
                            ("sent", "sent"),
                            ("unknown", "unknown"),
                            ("paid", "paid"),
                            ("failed", "failed"),
                            ("returned", "returned"),
                        ],
                        max_length=12,
                    ),
                ),
                ("amount_minor", models.BigIntegerField()),
                ("provider_ref", models.CharField(blank=True, default="", max_length=120)),
                ("written_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(null=True)),
                ("settled_at", models.DateTimeField(null=True)),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("failure", models.CharField(blank=True, default="", max_length=300)),
            ],
        ),
        migrations.CreateModel(
            name="PayoutFile",
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
                ("form", models.CharField(max_length=12)),
                ("name", models.CharField(max_length=80)),
                ("sha256", models.CharField(max_length=64)),
                ("sealed", models.TextField()),
                ("made_at", models.DateTimeField()),
                ("made_by", models.CharField(max_length=200)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="PayoutMoveRecord",
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
                    "move",
                    models.CharField(
                        choices=[("pay", "pay"), ("fail", "fail"), ("return", "return")],
                        max_length=12,
                    ),
                ),
                ("from_state", models.CharField(max_length=12)),
                ("to_state", models.CharField(max_length=12)),
                ("moved_at", models.DateTimeField()),
                ("actor", models.CharField(max_length=200)),
                ("reason", models.CharField(blank=True, default="", max_length=300)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="PayoutNotice",
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
                ("event_id", models.CharField(max_length=120)),
                ("kind", models.CharField(max_length=60)),
                ("ref", models.CharField(blank=True, default="", max_length=120)),
                ("about_account", models.CharField(blank=True, default="", max_length=80)),
                ("received_at", models.DateTimeField()),
                ("applied_at", models.DateTimeField(null=True)),
                ("last_error", models.CharField(blank=True, default="", max_length=300)),
            ],
        ),
        migrations.CreateModel(
            name="PayoutResult",
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
                    "move",
                    models.CharField(
                        choices=[("pay", "pay"), ("fail", "fail"), ("return", "return")],
                        max_length=12,
                    ),
                ),
                ("words", models.CharField(max_length=300)),
                ("proposed_at", models.DateTimeField()),
                ("proposed_by", models.CharField(max_length=200)),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_by", models.CharField(blank=True, default="", max_length=200)),
                ("is_confirmed", models.BooleanField(default=False)),
            ],
        ),
        migrations.CreateModel(
            name="PayoutRoute",
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
                ("currency", models.CharField(max_length=3)),
                ("gateway", models.CharField(max_length=20)),
                (
                    "form",
                    models.CharField(
                        choices=[("pain.001", "pain.001"), ("csv", "csv")], max_length=12
                    ),
                ),
                ("debtor", models.CharField(blank=True, default="", max_length=140)),
                ("debtor_sealed", models.TextField(blank=True, default="")),
                ("debtor_masked", models.CharField(blank=True, default="", max_length=60)),
                ("cooling_days", models.PositiveSmallIntegerField()),
                ("from_at", models.DateTimeField()),
                ("set_by", models.CharField(max_length=200)),
            ],
        ),
        migrations.CreateModel(
            name="SandboxPayout",
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
                ("ref", models.CharField(max_length=60, unique=True)),
                ("key", models.CharField(max_length=200, unique=True)),
                ("body_hash", models.CharField(max_length=64)),
                ("currency", models.CharField(max_length=3)),
                ("amount_minor", models.BigIntegerField()),
                ("account", models.CharField(max_length=80)),
                ("sent_at", models.DateTimeField()),
                ("settles_at", models.DateTimeField()),
                ("fails", models.BooleanField(default=False)),
                ("returns_at", models.DateTimeField(null=True)),
                ("failure", models.CharField(blank=True, default="", max_length=120)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="SandboxPayoutEvent",
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
                ("event_id", models.CharField(max_length=120)),
                ("body", models.TextField()),
                ("due_at", models.DateTimeField()),
                ("delivered_at", models.DateTimeField(null=True)),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("last_error", models.CharField(blank=True, default="", max_length=300)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="SandboxReversal",
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
                ("key", models.CharField(max_length=200, unique=True)),
                ("amount_minor", models.BigIntegerField()),
                ("done_at", models.DateTimeField()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="SellerStatement",
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
                ("currency", models.CharField(max_length=3)),
                ("month", models.DateField()),
                ("number", models.CharField(max_length=40, unique=True)),
                ("revision", models.PositiveSmallIntegerField()),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField()),
                ("closed_at", models.DateTimeField()),
                ("body", models.JSONField()),
                ("sha256", models.CharField(max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name="StatementPdf",
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
                ("content", models.BinaryField()),
                ("sha256", models.CharField(max_length=64)),
                ("drawn_at", models.DateTimeField()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="payout",
            name="gateway",
            field=models.CharField(blank=True, default="", max_length=20),
        ),
        migrations.AddField(
            model_name="payout",
            name="paid_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="payoutrun",
            name="gateway",
            field=models.CharField(blank=True, default="", max_length=20),
        ),
        migrations.AlterField(
            model_name="payout",
            name="state",
            field=models.CharField(
                choices=[
                    ("sent", "sent"),
                    ("paid", "paid"),
                    ("failed", "failed"),
                    ("returned", "returned"),
                ],
                max_length=12,
            ),
        ),
        migrations.AddConstraint(
            model_name="payoutrun",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("gateway", ""),
                    models.Q(("state", "confirmed"), _negated=True),
                    models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                    _connector="OR",
                ),
                name="payout_run_two_people",
            ),
        ),
        migrations.AddField(
            model_name="payoutaccount",
            name="seller",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="payout_accounts",
                to="parties.party",
            ),
        ),
        migrations.AddField(
            model_name="payout",
            name="account",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="payouts",
                to="payouts.payoutaccount",
            ),
        ),
        migrations.AddConstraint(
            model_name="payout",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["sent", "paid", "failed", "returned"])),
                name="payout_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="payout",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("gateway", ""),
                    models.Q(("state", "paid"), _negated=True),
                    ("paid_at__isnull", False),
                    _connector="OR",
                ),
                name="payout_paid_when",
            ),
        ),
        migrations.AddField(
            model_name="payoutcommand",
            name="payout",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="commands",
                to="payouts.payout",
            ),
        ),
        migrations.AddField(
            model_name="payoutfile",
            name="run",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="file",
                to="payouts.payoutrun",
            ),
        ),
        migrations.AddField(
            model_name="payoutmoverecord",
            name="payout",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="moves",
                to="payouts.payout",
            ),
        ),
        migrations.AddIndex(
            model_name="payoutnotice",
            index=models.Index(
                condition=models.Q(("applied_at", None)),
                fields=["received_at"],
                name="payout_notice_waits",
            ),
        ),
        migrations.AddConstraint(
            model_name="payoutnotice",
            constraint=models.UniqueConstraint(
                fields=("gateway", "event_id"), name="payout_notice_once"
            ),
        ),
        migrations.AddField(
            model_name="payoutresult",
            name="payout",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="results",
                to="payouts.payout",
            ),
        ),
        migrations.AddConstraint(
            model_name="payoutroute",
            constraint=models.UniqueConstraint(
                fields=("currency", "from_at"), name="payout_route_once"
            ),
        ),
        migrations.AddField(
            model_name="sandboxreversal",
            name="payout",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="reversals",
                to="payouts.sandboxpayout",
            ),
        ),
        migrations.AddField(
            model_name="sellerstatement",
            name="replaces",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="replaced_by",
                to="payouts.sellerstatement",
            ),
        ),
        migrations.AddField(
            model_name="sellerstatement",
            name="seller",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="money_statements",
                to="parties.party",
            ),
        ),
        migrations.AddField(
            model_name="statementpdf",
            name="statement",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="pdf",
                to="payouts.sellerstatement",
            ),
        ),
        migrations.AddConstraint(
            model_name="payoutaccount",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at", None)),
                fields=("seller", "currency"),
                name="payout_account_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="payoutaccount",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["iban", "us_bank", "connected"])),
                name="payout_account_kind_known",
            ),
        ),
        migrations.AddIndex(
            model_name="payoutcommand",
            index=models.Index(
                condition=models.Q(("state__in", ["written", "sent", "unknown"])),
                fields=["written_at"],
                name="payout_command_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="payoutcommand",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["written", "sent", "unknown", "paid", "failed", "returned"])
                ),
                name="payout_command_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="payoutcommand",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_minor__gt", 0)), name="payout_command_pays"
            ),
        ),
        migrations.AddConstraint(
            model_name="payoutcommand",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "send")),
                fields=("payout",),
                name="payout_sent_by_one_command",
            ),
        ),
        migrations.AddConstraint(
            model_name="payoutresult",
            constraint=models.UniqueConstraint(
                condition=models.Q(("decided_at", None)),
                fields=("payout",),
                name="payout_result_one_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="payoutresult",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("is_confirmed", False),
                    models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                    _connector="OR",
                ),
                name="payout_result_two_people",
            ),
        ),
        migrations.AddIndex(
            model_name="sellerstatement",
            index=models.Index(fields=["seller", "-month"], name="statement_of_seller"),
        ),
        migrations.AddConstraint(
            model_name="sellerstatement",
            constraint=models.UniqueConstraint(
                fields=("seller", "currency", "month", "revision"), name="statement_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="sellerstatement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("replaces", None), ("revision", 1)),
                    models.Q(("replaces__isnull", False), ("revision__gt", 1)),
                    _connector="OR",
                ),
                name="statement_names_the_old",
            ),
        ),
        migrations.RunSQL(GUARD, UNGUARD),
    ]
