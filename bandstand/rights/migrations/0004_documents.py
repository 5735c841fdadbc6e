"""Documents as proof, the contacts asked about them, and their two readers."""

import bandstand.plumbing.ids
import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

SQL = """
select plumbing_make_append_only('rights_issuercontact');
select plumbing_make_append_only('rights_documentreview');

create function rights_is_staff_outside(p_person uuid, p_seller uuid) returns boolean
language sql stable as $$
  select exists (select 1 from parties_membership where person_id = p_person and role = 'operator')
     and not exists (select 1 from parties_membership
                     where person_id = p_person and party_id = p_seller)
$$;

create function rights_check_reader() returns trigger language plpgsql as $$
declare
  shown rights_document;
  reader uuid := case when tg_table_name = 'rights_documentreview'
                      then (to_jsonb(new) ->> 'reviewer_id')::uuid
                      else (to_jsonb(new) ->> 'asked_by_id')::uuid end;
begin
  -- Locked, so that two readers take their turns and the second sees what the first decided.
  select * into shown from rights_document where id = new.document_id for update;
  if shown.state not in ('waiting', 'half') then
    raise exception 'document % is decided', shown.id using errcode = 'P0462',
      hint = 'It can be uploaded again.';
  end if;
  if reader = shown.uploaded_by_id or not rights_is_staff_outside(reader, shown.seller_id) then
    raise exception 'who uploads or belongs to the seller does not read the document'
      using errcode = 'P0463', hint = 'Two other people of the operator''s read it.';
  end if;
  return new;
end $$;

create trigger document_reader before insert on rights_documentreview
  for each row execute function rights_check_reader();
create trigger document_asker before insert on rights_issuercontact
  for each row execute function rights_check_reader();

create function rights_keep_document() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    if new.state <> 'waiting' then
      raise exception 'a document begins waiting' using errcode = 'P0464';
    end if;
  else
    if to_jsonb(new) - '{state,decided_at,grant_id}'::text[]
       is distinct from to_jsonb(old) - '{state,decided_at,grant_id}'::text[]
       or old.state not in ('waiting', 'half') then
      raise exception 'document % is kept as it was uploaded and decided', old.id
        using errcode = 'P0460', hint = 'It can be uploaded again.';
    end if;
    if new.state = 'accepted' and
       (select count(distinct reviewer_id) from rights_documentreview
        where document_id = new.id and verdict = 'accept') < 2 then
      raise exception 'document % was not accepted by two people', new.id using errcode = 'P0465',
        hint = 'Two different people of the operator''s accept it.';
    end if;
  end if;
  if new.until_at > (new.letter_date + interval '12 months') at time zone 'UTC' then
    raise exception 'a document proves for twelve months from its date' using errcode = 'P0466';
  end if;
  return new;
end $$;

create trigger document_kept before insert or update on rights_document
  for each row execute function rights_keep_document();
create trigger document_never_deleted before delete on rights_document
  for each row execute function plumbing_refuse_change();
create trigger document_table_kept before truncate on rights_document
  for each statement execute function plumbing_refuse_change();
"""

UNDO = """
drop trigger document_table_kept on rights_document;
drop trigger document_never_deleted on rights_document;
drop trigger document_kept on rights_document;
drop function rights_keep_document();
drop trigger document_asker on rights_issuercontact;
drop trigger document_reader on rights_documentreview;
drop function rights_check_reader();
drop function rights_is_staff_outside(uuid, uuid);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "0001_initial"),
        ("parties", "0002_identity"),
        ("plumbing", "0002_append_only"),
        ("rights", "0003_lists"),
    ]
    operations = [
        migrations.CreateModel(
            name="Document",
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
                        choices=[
                            ("letter", "letter"),
                            ("contract", "contract"),
                            ("invoice", "invoice"),
                        ],
                        max_length=10,
                    ),
                ),
                ("sha256", models.CharField(max_length=64)),
                ("file_name", models.CharField(max_length=120)),
                ("media_type", models.CharField(max_length=40)),
                ("byte_count", models.PositiveIntegerField()),
                (
                    "flags",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                ("text_found", models.TextField(blank=True, default="")),
                (
                    "contacts_found",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=254),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "brands",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.UUIDField(), size=None
                    ),
                ),
                (
                    "categories",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.UUIDField(), size=None
                    ),
                ),
                (
                    "markets",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=3), size=None
                    ),
                ),
                (
                    "models_only",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.UUIDField(), blank=True, default=list, size=None
                    ),
                ),
                (
                    "conditions",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=16), size=None
                    ),
                ),
                ("delegate_depth", models.PositiveSmallIntegerField(default=0)),
                ("letter_date", models.DateField()),
                ("from_at", models.DateTimeField()),
                ("until_at", models.DateTimeField()),
                ("uploaded_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting"),
                            ("half", "half"),
                            ("accepted", "accepted"),
                            ("refused", "refused"),
                            ("withdrawn", "withdrawn"),
                        ],
                        max_length=10,
                    ),
                ),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                (
                    "grant",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="documents",
                        to="rights.grant",
                    ),
                ),
                (
                    "issuer_brand",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalogue.brand",
                    ),
                ),
                (
                    "issuer_party",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parties.party",
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rights.grant",
                    ),
                ),
                (
                    "seller",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="documents",
                        to="parties.party",
                    ),
                ),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="IssuerContact",
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
                    "channel",
                    models.CharField(
                        choices=[
                            ("email", "email"),
                            ("phone", "phone"),
                            ("post", "post"),
                            ("website", "website"),
                        ],
                        max_length=10,
                    ),
                ),
                ("value", models.CharField(max_length=254)),
                ("source", models.CharField(max_length=500)),
                ("answer", models.TextField()),
                ("asked_at", models.DateTimeField()),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contacts",
                        to="rights.document",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="DocumentReview",
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
                        choices=[("accept", "accept"), ("refuse", "refuse")], max_length=8
                    ),
                ),
                ("reason", models.CharField(max_length=1000)),
                ("cure", models.CharField(blank=True, default="", max_length=500)),
                ("is_independent", models.BooleanField(default=False)),
                ("reviewed_at", models.DateTimeField()),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reviews",
                        to="rights.document",
                    ),
                ),
                (
                    "reviewer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rights.issuercontact",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="document",
            index=models.Index(
                condition=models.Q(("state__in", ["waiting", "half"])),
                fields=["uploaded_at"],
                name="document_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="document",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("issuer_brand", None), ("issuer_party", None), _connector="XOR"
                ),
                name="document_one_issuer",
            ),
        ),
        migrations.AddConstraint(
            model_name="document",
            constraint=models.CheckConstraint(
                condition=models.Q(("until_at__gt", models.F("from_at"))), name="document_span"
            ),
        ),
        migrations.AddConstraint(
            model_name="document",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["waiting", "half", "accepted", "refused", "withdrawn"])
                ),
                name="document_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="document",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("grant__isnull", False), ("state", "accepted")),
                    models.Q(models.Q(("state", "accepted"), _negated=True), ("grant", None)),
                    _connector="OR",
                ),
                name="document_grant_when_accepted",
            ),
        ),
        migrations.AddConstraint(
            model_name="document",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["waiting", "half"])),
                fields=("seller", "sha256"),
                name="document_open_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="documentreview",
            constraint=models.UniqueConstraint(
                fields=("document", "reviewer"), name="document_reviewed_once_each"
            ),
        ),
        migrations.AddConstraint(
            model_name="documentreview",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("verdict", "refuse"),
                    models.Q(
                        ("contact__isnull", False), ("is_independent", True), ("verdict", "accept")
                    ),
                    _connector="OR",
                ),
                name="document_accepted_on_an_answer",
            ),
        ),
        migrations.RunSQL(SQL, UNDO),
    ]
