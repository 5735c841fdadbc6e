import bandstand.plumbing.ids
import django.db.models.deletion
from django.db import migrations, models


GUARD = """
select plumbing_make_append_only('promotions_promotionmoverecord');
select plumbing_make_append_only('promotions_creditproof');

-- What was promised with a sale never changes; what it is has no column that may.
create function promotions_keep_promise() returns trigger language plpgsql as $$
begin
    raise exception 'what was promised with a sale never changes' using errcode = 'P0480';
end $$;
create trigger keep_promise before update or delete on promotions_promisedcredits
    for each row execute function promotions_keep_promise();

-- A credit keeps its number, day and amount; once it is over it only changes with its sale.
create function promotions_keep_credit() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE'
       or (new.promise_id, new.number, new.due_on, new.amount_minor)
          is distinct from (old.promise_id, old.number, old.due_on, old.amount_minor)
       or (old.state in ('ended', 'undone') and new.state <> old.state)
       or (old.given_minor > 0 and new.given_minor <> old.given_minor) then
        raise exception 'a promised credit keeps its day and amount, and is given once'
              using errcode = 'P0480';
    end if;
    return new;
end $$;
create trigger keep_credit before update or delete on promotions_creditrow
    for each row execute function promotions_keep_credit();

-- What a promotion says never changes; where it stands does.
create function promotions_keep_words() returns trigger language plpgsql as $$
begin
    if to_jsonb(new) - 'state' is distinct from to_jsonb(old) - 'state' then
        raise exception 'what a promotion says never changes; end it and make another'
              using errcode = 'P0480';
    end if;
    return new;
end $$;
create trigger keep_words before update on promotions_promotion
    for each row execute function promotions_keep_words();
"""
BACK = """
drop function promotions_keep_promise() cascade;
drop function promotions_keep_credit() cascade;
drop function promotions_keep_words() cascade;
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("catalogue", "0005_entered_by_hand"),
        ("credit", "0006_credits"),
        ("offers", "0003_offer_fits"),
        ("parties", "0002_identity"),
        ("plumbing", "0002_append_only"),
    ]

    operations = [
        migrations.CreateModel(
            name="CreditProof",
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
                ("proved_at", models.DateTimeField()),
                ("promises", models.PositiveIntegerField()),
                ("open_minor", models.BigIntegerField()),
                ("missed", models.PositiveIntegerField()),
                ("faults", models.JSONField(default=list)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Promotion",
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
                ("name", models.CharField(max_length=80)),
                ("words", models.CharField(max_length=300)),
                ("conditions", models.CharField(blank=True, default="", max_length=500)),
                ("amount_minor", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("credits_count", models.PositiveSmallIntegerField()),
                (
                    "on_payoff",
                    models.CharField(
                        choices=[("keep", "keep"), ("lose", "lose")], default="keep", max_length=8
                    ),
                ),
                ("condition", models.CharField(blank=True, default="", max_length=20)),
                ("months", models.PositiveSmallIntegerField(default=0)),
                ("price_minimum_minor", models.BigIntegerField(default=0)),
                ("uses_max", models.PositiveIntegerField(null=True)),
                ("from_at", models.DateTimeField()),
                ("until_at", models.DateTimeField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("asked", "asked"),
                            ("running", "running"),
                            ("refused", "refused"),
                            ("ended", "ended"),
                        ],
                        max_length=12,
                    ),
                ),
                ("made_at", models.DateTimeField()),
                ("made_by", models.CharField(max_length=200)),
                (
                    "brand",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalogue.brand",
                    ),
                ),
                (
                    "funder",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="promotions_funded",
                        to="parties.party",
                    ),
                ),
                (
                    "market",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="promotions",
                        to="catalogue.market",
                    ),
                ),
                (
                    "model",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalogue.devicemodel",
                    ),
                ),
                (
                    "offer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offers.offer",
                    ),
                ),
                (
                    "seller",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parties.party",
                    ),
                ),
                (
                    "variant",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalogue.variant",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PromisedCredits",
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
                ("order_line_id", models.UUIDField(unique=True)),
                ("words", models.CharField(max_length=300)),
                ("conditions", models.CharField(blank=True, default="", max_length=500)),
                ("on_payoff", models.CharField(max_length=8)),
                ("amount_minor", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("promised_at", models.DateTimeField()),
                (
                    "funder",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parties.party",
                    ),
                ),
                (
                    "plan",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="promised_credits",
                        to="credit.plan",
                    ),
                ),
                (
                    "promotion",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="promises",
                        to="promotions.promotion",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="PromotionMoveRecord",
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
                ("reason", models.CharField(blank=True, default="", max_length=300)),
                (
                    "promotion",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="moves",
                        to="promotions.promotion",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="PromotionUse",
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
                ("holder", models.UUIDField()),
                ("until_at", models.DateTimeField()),
                (
                    "promotion",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="uses",
                        to="promotions.promotion",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CreditRow",
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
                ("number", models.PositiveSmallIntegerField()),
                ("due_on", models.DateField()),
                ("amount_minor", models.BigIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "open"),
                            ("waiting", "waiting"),
                            ("given", "given"),
                            ("owed", "owed"),
                            ("paid_out", "paid_out"),
                            ("ended", "ended"),
                            ("undone", "undone"),
                        ],
                        max_length=10,
                    ),
                ),
                ("given_minor", models.BigIntegerField(default=0)),
                ("reason", models.CharField(blank=True, default="", max_length=200)),
                ("tried_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("missed_at", models.DateTimeField(null=True)),
                (
                    "promise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rows",
                        to="promotions.promisedcredits",
                    ),
                ),
            ],
            options={
                "ordering": ["promise", "number"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["open", "waiting"])),
                        fields=["due_on", "promise"],
                        name="credit_row_due",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("promise", "number"), name="credit_row_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                ["open", "waiting", "given", "owed", "paid_out", "ended", "undone"],
                            )
                        ),
                        name="credit_row_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("amount_minor__gt", 0),
                            ("given_minor__gte", 0),
                            ("given_minor__lte", models.F("amount_minor")),
                        ),
                        name="credit_row_gives_at_most_what_it_is",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["waiting", "ended"]), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="credit_row_says_why",
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="promotion",
            index=models.Index(
                condition=models.Q(("state", "running")),
                fields=["market", "from_at"],
                name="promotion_running",
            ),
        ),
        migrations.AddConstraint(
            model_name="promotion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["draft", "asked", "running", "refused", "ended"])
                ),
                name="promotion_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="promotion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("amount_minor__gte", models.F("credits_count")), ("credits_count__gte", 1)
                ),
                name="promotion_gives_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="promotion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("until_at", None), ("until_at__gt", models.F("from_at")), _connector="OR"
                ),
                name="promotion_ends_after_it_begins",
            ),
        ),
        migrations.AddIndex(
            model_name="promotionuse",
            index=models.Index(fields=["holder"], name="promotion_use_holder"),
        ),
        migrations.RunSQL(GUARD, BACK),
    ]
