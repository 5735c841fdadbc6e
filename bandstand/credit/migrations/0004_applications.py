import bandstand.plumbing.ids
import django.db.models.deletion
from django.db import migrations, models


GUARD = """
select plumbing_make_append_only('credit_eligibilitypolicyrecord');
select plumbing_make_append_only('credit_application');
select plumbing_make_append_only('credit_applicationdecision');
select plumbing_make_append_only('credit_creditapproval');
select plumbing_make_append_only('credit_adversenotice');

create function credit_approval_needs_decision() returns trigger language plpgsql as $$
begin
  perform 1 from credit_applicationdecision d
    join credit_application a on a.id = d.application_id
    join credit_disclosure t on t.id = new.disclosure_id
   where d.id = new.decision_id and d.outcome = 'approved' and a.told_sha256 = t.sha256;
  if not found then
    raise exception 'only an approved application for exactly this disclosure approves it'
      using errcode = 'P0471';
  end if;
  return new;
end $$;

create trigger credit_approval_decided before insert on credit_creditapproval
  for each row execute function credit_approval_needs_decision();

create function credit_plan_needs_approval() returns trigger language plpgsql as $$
begin
  perform 1 from credit_creditapproval c
    join credit_applicationdecision d on d.id = c.decision_id
    join credit_application a on a.id = d.application_id
   where c.disclosure_id = new.disclosure_id and a.email = lower(new.buyer_email);
  if not found then
    raise exception 'a plan needs an approved application of its buyer for its disclosure'
      using errcode = 'P0470';
  end if;
  return new;
end $$;

create index plan_buyer on credit_plan (buyer_email);

-- Plans made before there were applications stay as they are. Its name comes after the agreement's.
create trigger credit_plan_approved before insert on credit_plan
  for each row execute function credit_plan_needs_approval();
"""

UNDO = """
drop trigger credit_plan_approved on credit_plan;
drop index plan_buyer;
drop function credit_plan_needs_approval();
drop trigger credit_approval_decided on credit_creditapproval;
drop function credit_approval_needs_decision();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "0005_entered_by_hand"),
        ("credit", "0003_plan_life"),
    ]

    operations = [
        migrations.CreateModel(
            name="Application",
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
                ("group_id", models.UUIDField()),
                ("subject_id", models.UUIDField()),
                ("email", models.EmailField(max_length=254)),
                ("buyer_name", models.CharField(max_length=200)),
                ("address_sha256", models.CharField(max_length=64)),
                ("title", models.CharField(max_length=200)),
                ("told", models.JSONField()),
                ("told_sha256", models.CharField(max_length=64)),
                ("currency", models.CharField(max_length=3)),
                ("price_minor", models.BigIntegerField()),
                ("down_payment_minor", models.BigIntegerField()),
                ("financed_minor", models.BigIntegerField()),
                ("facts", models.JSONField()),
                ("facts_sha256", models.CharField(max_length=64)),
                ("asked_at", models.DateTimeField()),
                (
                    "market",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="catalogue.market"
                    ),
                ),
                (
                    "terms",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="credit.planterms"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ApplicationDecision",
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
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("approved", "approved"),
                            ("counter_offer", "counter_offer"),
                            ("declined", "declined"),
                            ("referred", "referred"),
                        ],
                        max_length=16,
                    ),
                ),
                ("engine", models.CharField(max_length=60)),
                ("version", models.CharField(max_length=80)),
                ("findings", models.JSONField()),
                ("reasons", models.JSONField()),
                ("score", models.JSONField(blank=True, default=dict)),
                ("counter_down_minor", models.BigIntegerField(null=True)),
                ("counter", models.JSONField(blank=True, default=dict)),
                ("decided_by", models.CharField(max_length=200)),
                ("words", models.CharField(blank=True, default="", max_length=500)),
                ("decided_at", models.DateTimeField()),
                ("valid_until", models.DateTimeField()),
                ("answer_by", models.DateTimeField(null=True)),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decisions",
                        to="credit.application",
                    ),
                ),
                (
                    "rests_on",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="carried",
                        to="credit.applicationdecision",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AdverseNotice",
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
                ("text", models.TextField()),
                ("sha256", models.CharField(max_length=64)),
                ("law", models.CharField(max_length=300)),
                ("give_by", models.DateTimeField()),
                ("letter_key", models.CharField(max_length=200)),
                ("made_at", models.DateTimeField()),
                (
                    "decision",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notice",
                        to="credit.applicationdecision",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="CreditApproval",
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
                ("bound_at", models.DateTimeField()),
                (
                    "decision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="approvals",
                        to="credit.applicationdecision",
                    ),
                ),
                (
                    "disclosure",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="approval",
                        to="credit.disclosure",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="EligibilityPolicyRecord",
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
                ("from_at", models.DateTimeField()),
                ("financed_max_minor", models.BigIntegerField()),
                ("open_plans_max", models.PositiveSmallIntegerField()),
                ("late_days_max", models.PositiveSmallIntegerField()),
                ("charged_off_days", models.PositiveIntegerField()),
                ("applications_max", models.PositiveSmallIntegerField()),
                ("applications_days", models.PositiveSmallIntegerField()),
                ("down_bands", models.JSONField(blank=True, default=list)),
                ("unverified_max_minor", models.BigIntegerField(blank=True, null=True)),
                ("not_served", models.JSONField(blank=True, default=list)),
                ("income_ratio_bps", models.PositiveIntegerField(blank=True, null=True)),
                ("financed_min_minor", models.BigIntegerField(default=0)),
                ("answer_hours", models.PositiveSmallIntegerField()),
                ("source", models.CharField(max_length=300)),
                ("set_by", models.CharField(max_length=200)),
                ("set_at", models.DateTimeField()),
                (
                    "market",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="catalogue.market"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="LimitClaim",
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
                ("until_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "application",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="claim",
                        to="credit.application",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddIndex(
            model_name="application",
            index=models.Index(fields=["email", "asked_at"], name="application_email"),
        ),
        migrations.AddIndex(
            model_name="application",
            index=models.Index(fields=["address_sha256", "asked_at"], name="application_address"),
        ),
        migrations.AddIndex(
            model_name="application",
            index=models.Index(fields=["-asked_at"], name="application_newest"),
        ),
        migrations.AddConstraint(
            model_name="application",
            constraint=models.UniqueConstraint(
                fields=("subject_id", "told_sha256", "facts_sha256"), name="application_once"
            ),
        ),
        migrations.AddIndex(
            model_name="applicationdecision",
            index=models.Index(fields=["outcome", "-decided_at"], name="decision_outcome"),
        ),
        migrations.AddConstraint(
            model_name="applicationdecision",
            constraint=models.UniqueConstraint(
                fields=("application", "serial"), name="decision_serial"
            ),
        ),
        migrations.AddConstraint(
            model_name="applicationdecision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("outcome__in", ["approved", "counter_offer", "declined", "referred"])
                ),
                name="application_outcome_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="applicationdecision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("outcome", "counter_offer"), _negated=True),
                    ("counter_down_minor__gt", 0),
                    _connector="OR",
                ),
                name="counter_offer_offers",
            ),
        ),
        migrations.AddConstraint(
            model_name="eligibilitypolicyrecord",
            constraint=models.UniqueConstraint(
                fields=("market", "from_at"), name="eligibility_policy_once"
            ),
        ),
        migrations.RunSQL(GUARD, UNDO),
    ]
