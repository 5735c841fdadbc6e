"""
Keys, credentials and status lists.

A key's owner, bytes and algorithm are fixed, and a revocation is final; a credential stays byte for
byte as it was presented. When a key ends or a credential's proof changes, the gate's anchors of every
grant that rests on it are taken exclusively and their epochs move on, so that no order in flight
overtakes it. The gate's own function does that; it is found when the trigger runs, because the gate's
tables are made after these.
"""

import bandstand.plumbing.ids
import django.db.models.deletion
from django.db import migrations, models

SQL = """
create function rights_key_guard() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' or to_jsonb(new) - '{until_at,revoked_at,revoke_reason,compromised}'::text[]
     <> to_jsonb(old) - '{until_at,revoked_at,revoke_reason,compromised}'::text[] then
    raise exception 'a signing key cannot be changed; revoke it and add another' using errcode = 'P0460';
  end if;
  if old.revoked_at is not null
     and (new.revoked_at is distinct from old.revoked_at or (old.compromised and not new.compromised)) then
    raise exception 'the revocation of a signing key is final' using errcode = 'P0460';
  end if;
  return new;
end $$;

create function rights_credential_guard() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE'
     or to_jsonb(new) - '{key_id,checked_at,fault,fault_text,fault_cure,suspended_at}'::text[]
        <> to_jsonb(old) - '{key_id,checked_at,fault,fault_text,fault_cure,suspended_at}'::text[] then
    raise exception 'a credential stays as it was presented' using errcode = 'P0460';
  end if;
  return new;
end $$;

create function rights_touch_grants(p_grants uuid[]) returns void language plpgsql as $$
declare v_anchors text[];
begin
  v_anchors := array(
    select 'brand:' || brand from rights_grant g, unnest(g.brands) as brand where g.id = any(p_grants)
    union select 'seller:' || g.grantee_id from rights_grant g where g.id = any(p_grants));
  if cardinality(v_anchors) > 0 then
    perform gate_touch(v_anchors);
  end if;
end $$;

create function rights_keys_changed() returns trigger language plpgsql as $$
begin
  perform rights_touch_grants(array(
    select c.grant_id from rights_credential c join new_rows n on c.key_id = n.id
      join old_rows o on o.id = n.id where to_jsonb(n) <> to_jsonb(o) and c.grant_id is not null));
  return null;
end $$;

create function rights_credentials_added() returns trigger language plpgsql as $$
begin
  perform rights_touch_grants(array(select grant_id from new_rows where grant_id is not null));
  return null;
end $$;

create function rights_credentials_changed() returns trigger language plpgsql as $$
begin
  perform rights_touch_grants(array(
    select n.grant_id from new_rows n join old_rows o using (id)
     where n.grant_id is not null and (n.fault, n.key_id, n.suspended_at)
           is distinct from (o.fault, o.key_id, o.suspended_at)));
  return null;
end $$;

create trigger rights_key_guard before update or delete on rights_signingkey
  for each row execute function rights_key_guard();
create trigger rights_key_kept before truncate on rights_signingkey
  for each statement execute function plumbing_refuse_change();
create trigger rights_keys_changed after update on rights_signingkey
  referencing old table as old_rows new table as new_rows
  for each statement execute function rights_keys_changed();
create trigger rights_credential_guard before update or delete on rights_credential
  for each row execute function rights_credential_guard();
create trigger rights_credential_kept before truncate on rights_credential
  for each statement execute function plumbing_refuse_change();
create trigger rights_credentials_added after insert on rights_credential
  referencing new table as new_rows for each statement execute function rights_credentials_added();
create trigger rights_credentials_changed after update on rights_credential
  referencing old table as old_rows new table as new_rows
  for each statement execute function rights_credentials_changed();
select plumbing_make_append_only('rights_credentialstatus');
select plumbing_make_append_only('rights_statuslistsnapshot');
"""


class Migration(migrations.Migration):
    dependencies = [
        ("rights", "0001_initial"),
        ("catalogue", "0001_initial"),
        ("parties", "0001_initial"),
        ("plumbing", "0002_append_only"),
    ]

    operations = [
        migrations.CreateModel(
            name="SigningKey",
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
                ("kid", models.CharField(max_length=120)),
                ("jwk", models.JSONField()),
                ("thumbprint", models.CharField(max_length=43)),
                (
                    "algorithm",
                    models.CharField(
                        choices=[("ES256", "ES256"), ("EdDSA", "EdDSA"), ("Ed25519", "Ed25519")],
                        max_length=8,
                    ),
                ),
                ("from_at", models.DateTimeField()),
                ("until_at", models.DateTimeField(blank=True, null=True)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                ("revoke_reason", models.CharField(blank=True, default="", max_length=300)),
                ("compromised", models.BooleanField(default=False)),
                ("source", models.CharField(max_length=300)),
                ("added_at", models.DateTimeField()),
                ("added_by", models.CharField(max_length=200)),
                (
                    "brand",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="signing_keys",
                        to="catalogue.brand",
                    ),
                ),
                (
                    "party",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="signing_keys",
                        to="parties.party",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Credential",
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
                ("compact", models.TextField()),
                ("sha256", models.CharField(max_length=64, unique=True)),
                ("signed_sha256", models.CharField(max_length=64)),
                ("claims_id", models.CharField(max_length=300)),
                ("issuer", models.CharField(max_length=300)),
                ("kid", models.CharField(max_length=120)),
                ("presented_at", models.DateTimeField()),
                ("checked_at", models.DateTimeField()),
                ("fault", models.CharField(blank=True, default="", max_length=40)),
                ("fault_text", models.CharField(blank=True, default="", max_length=500)),
                ("fault_cure", models.CharField(blank=True, default="", max_length=500)),
                ("suspended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "grant",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="credential",
                        to="rights.grant",
                    ),
                ),
                (
                    "presented_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="credentials_presented",
                        to="parties.party",
                    ),
                ),
                (
                    "key",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="credentials",
                        to="rights.signingkey",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="StatusListSnapshot",
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
                ("url", models.CharField(max_length=500)),
                ("sha256", models.CharField(blank=True, default="", max_length=64)),
                ("body", models.BinaryField(blank=True, default=bytes)),
                ("fetched_at", models.DateTimeField()),
                ("valid_until", models.DateTimeField(blank=True, null=True)),
                ("fault", models.CharField(blank=True, default="", max_length=500)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["url", "-fetched_at"], name="status_snapshot_url"),
                    models.Index(fields=["sha256"], name="status_snapshot_sha"),
                ],
            },
        ),
        migrations.CreateModel(
            name="CredentialStatus",
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
                ("url", models.CharField(max_length=500)),
                ("index", models.PositiveIntegerField()),
                (
                    "purpose",
                    models.CharField(
                        choices=[("revocation", "revocation"), ("suspension", "suspension")],
                        max_length=12,
                    ),
                ),
                (
                    "credential",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="statuses",
                        to="rights.credential",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["url"], name="status_url")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("credential", "purpose"), name="status_once_a_purpose"
                    )
                ],
            },
        ),
        migrations.AddIndex(
            model_name="signingkey",
            index=models.Index(fields=["kid"], name="signing_key_kid"),
        ),
        migrations.AddConstraint(
            model_name="signingkey",
            constraint=models.CheckConstraint(
                condition=models.Q(("brand", None), ("party", None), _connector="XOR"),
                name="signing_key_one_owner",
            ),
        ),
        migrations.AddConstraint(
            model_name="signingkey",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("until_at", None), ("until_at__gt", models.F("from_at")), _connector="OR"
                ),
                name="signing_key_span",
            ),
        ),
        migrations.AddConstraint(
            model_name="signingkey",
            constraint=models.UniqueConstraint(
                condition=models.Q(("brand", None), _negated=True),
                fields=("brand", "kid"),
                name="signing_key_once_a_brand",
            ),
        ),
        migrations.AddConstraint(
            model_name="signingkey",
            constraint=models.UniqueConstraint(
                condition=models.Q(("party", None), _negated=True),
                fields=("party", "kid"),
                name="signing_key_once_a_party",
            ),
        ),
        migrations.AddIndex(
            model_name="credential",
            index=models.Index(fields=["claims_id"], name="credential_claims_id"),
        ),
        migrations.AddConstraint(
            model_name="credential",
            constraint=models.UniqueConstraint(
                condition=models.Q(("key", None), _negated=True),
                fields=("signed_sha256",),
                name="credential_once_proved",
            ),
        ),
        migrations.RunSQL(SQL, migrations.RunSQL.noop),
    ]
