"""What sellers say of themselves, what was found on checking it, and what the law's clock asks."""

import bandstand.plumbing.ids
import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

SQL = """
create function parties_refuse_identity_change() returns trigger language plpgsql as $$
declare
  owner uuid := null;
  may_go boolean := false;
begin
  if tg_op = 'DELETE' then
    if tg_table_name = 'parties_identityfield' then
      owner := old.party_id;
    else
      select party_id into owner from parties_identityfield where id = old.statement_id;
    end if;
    select coalesce(left_at + interval '6 months' <= clock_timestamp(), false) into may_go
      from parties_party where id = owner;
    if may_go then
      return old;
    end if;
  end if;
  raise exception '% is append-only: % refused', tg_table_name, tg_op using errcode = 'P0460',
    hint = 'State it again. It may be deleted six months after the contract with the party ended.';
end $$;

create trigger identity_kept before update or delete on parties_identityfield
  for each row execute function parties_refuse_identity_change();
create trigger identity_check_kept before update or delete on parties_identitycheck
  for each row execute function parties_refuse_identity_change();
create trigger identity_table_kept before truncate on parties_identityfield
  for each statement execute function plumbing_refuse_change();
create trigger identity_check_table_kept before truncate on parties_identitycheck
  for each statement execute function plumbing_refuse_change();

create function parties_check_checker() returns trigger language plpgsql as $$
declare
  stated parties_identityfield;
begin
  select * into stated from parties_identityfield where id = new.statement_id;
  if stated.stated_by_id = new.checked_by_id
     or exists (select 1 from parties_membership
                where person_id = new.checked_by_id and party_id = stated.party_id) then
    raise exception 'who states an identity does not check it' using errcode = 'P0461',
      hint = 'Somebody of the operator''s who does not act for this party checks it.';
  end if;
  return new;
end $$;

create trigger identity_checker before insert on parties_identitycheck
  for each row execute function parties_check_checker();
"""

UNDO = """
drop trigger identity_checker on parties_identitycheck;
drop trigger identity_check_table_kept on parties_identitycheck;
drop trigger identity_table_kept on parties_identityfield;
drop trigger identity_check_kept on parties_identitycheck;
drop trigger identity_kept on parties_identityfield;
drop function parties_check_checker();
drop function parties_refuse_identity_change();
"""


class Migration(migrations.Migration):
    dependencies = [("parties", "0001_initial"), ("plumbing", "0002_append_only")]
    operations = [
        migrations.AddField(
            model_name="party",
            name="left_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.CreateModel(
            name="IdentityField",
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
                    "field",
                    models.CharField(
                        choices=[
                            ("legal_name", "legal_name"),
                            ("address", "address"),
                            ("address_use", "address_use"),
                            ("email", "email"),
                            ("phone", "phone"),
                            ("id_document", "id_document"),
                            ("tax_id", "tax_id"),
                            ("bank_account", "bank_account"),
                            ("register", "register"),
                            ("supplier", "supplier"),
                            ("self_certification", "self_certification"),
                            ("certification", "certification"),
                        ],
                        max_length=24,
                    ),
                ),
                ("value", models.TextField(blank=True, default="")),
                ("sealed", models.TextField(blank=True, default="")),
                ("masked", models.CharField(blank=True, default="", max_length=600)),
                ("file_sha256", models.CharField(blank=True, default="", max_length=64)),
                ("file_name", models.CharField(blank=True, default="", max_length=120)),
                ("media_type", models.CharField(blank=True, default="", max_length=40)),
                ("byte_count", models.PositiveIntegerField(blank=True, null=True)),
                (
                    "file_flags",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                ("source", models.CharField(max_length=300)),
                ("stated_at", models.DateTimeField()),
                (
                    "party",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="identity_fields",
                        to="parties.party",
                    ),
                ),
                (
                    "stated_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="IdentityCheck",
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
                    "verdict",
                    models.CharField(
                        choices=[("accepted", "accepted"), ("refused", "refused")], max_length=10
                    ),
                ),
                (
                    "method",
                    models.CharField(
                        choices=[
                            ("official_database", "official_database"),
                            ("document_seen", "document_seen"),
                            ("called_back", "called_back"),
                            ("letter_answered", "letter_answered"),
                            ("test_payment", "test_payment"),
                            ("stated_only", "stated_only"),
                        ],
                        max_length=20,
                    ),
                ),
                ("source", models.CharField(max_length=300)),
                ("reason", models.CharField(max_length=500)),
                ("checked_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField(blank=True, null=True)),
                (
                    "checked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "statement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="checks",
                        to="parties.identityfield",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="TraderDuty",
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
                    "regime",
                    models.CharField(choices=[("inform", "inform"), ("dsa", "dsa")], max_length=10),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("collect", "collect"), ("certify", "certify")], max_length=10
                    ),
                ),
                ("since_date", models.DateField()),
                ("opened_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("noticed_at", models.DateTimeField(blank=True, null=True)),
                ("suspend_at", models.DateTimeField(blank=True, null=True)),
                ("hold_id", models.UUIDField(blank=True, null=True)),
                ("met_at", models.DateTimeField(blank=True, null=True)),
                (
                    "party",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="trader_duties",
                        to="parties.party",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="identityfield",
            index=models.Index(fields=["party", "field", "-stated_at"], name="identity_latest"),
        ),
        migrations.AddConstraint(
            model_name="identityfield",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "field__in",
                        [
                            "legal_name",
                            "address",
                            "address_use",
                            "email",
                            "phone",
                            "id_document",
                            "tax_id",
                            "bank_account",
                            "register",
                            "supplier",
                            "self_certification",
                            "certification",
                        ],
                    )
                ),
                name="identity_field_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="identityfield",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("field__in", ["tax_id", "bank_account"]), _negated=True),
                    ("value", ""),
                    _connector="OR",
                ),
                name="identity_secret_is_sealed",
            ),
        ),
        migrations.AddConstraint(
            model_name="identitycheck",
            constraint=models.CheckConstraint(
                condition=models.Q(("verdict__in", ["accepted", "refused"])),
                name="identity_verdict_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="traderduty",
            constraint=models.UniqueConstraint(
                condition=models.Q(("met_at", None)),
                fields=("party", "regime", "kind"),
                name="duty_open_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="traderduty",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("hold_id", None), ("noticed_at__isnull", False), _connector="OR"
                ),
                name="duty_suspends_after_notice",
            ),
        ),
        migrations.RunSQL(SQL, UNDO),
    ]
