"""
Evidence beside grants and approvals, and one function that reads all facts of a decision.

``rights_facts`` answers in the words of the pure facts, in one round trip and from a plan that the
session keeps. Of a seller's grants it reads those that cover the sale; ``rights_near_misses`` reads
the others only when none of them does, and of many alike only one of each kind.

What changes here moves the epochs of its anchors on; the gate's function is found when the trigger
runs, because the gate's tables are made after these.
"""

import datetime

import bandstand.plumbing.ids
import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

SQL = """
select plumbing_make_append_only('rights_labelevidence');

create function rights_evidence_changed() returns trigger language plpgsql as $$
begin
  if tg_op <> 'DELETE' then
    perform gate_touch(array['variant:' || new.variant_id]);
  end if;
  if tg_op <> 'INSERT' then
    perform gate_touch(array['variant:' || old.variant_id]);
  end if;
  return null;
end $$;

create function rights_protection_changed() returns trigger language plpgsql as $$
begin
  if tg_op <> 'DELETE' then
    perform gate_touch(array['brand:' || new.brand_id]);
  end if;
  if tg_op <> 'INSERT' then
    perform gate_touch(array['brand:' || old.brand_id]);
  end if;
  return null;
end $$;

create trigger rights_evidence_changed after insert on rights_labelevidence
  for each row execute function rights_evidence_changed();
create trigger rights_evidence_changed after insert or update or delete on rights_variantdifference
  for each row execute function rights_evidence_changed();
create trigger rights_evidence_changed after insert or update or delete on rights_networkcertification
  for each row execute function rights_evidence_changed();
create trigger rights_protection_changed after insert or update or delete on rights_leverprotection
  for each row execute function rights_protection_changed();

create function rights_brand_path(p_brand uuid) returns uuid[] language sql stable as $$
  with recursive up(id, parent_id, depth) as (
    select id, parent_id, 1 from catalogue_brand where id = p_brand
    union all
    select b.id, b.parent_id, depth + 1 from catalogue_brand b join up on b.id = up.parent_id
     where depth < 32
  ) select array_agg(id order by depth) from up $$;

create function rights_category_path(p_category uuid, out ids uuid[], out slugs text[])
language sql stable as $$
  with recursive up(id, slug, parent_id, depth) as (
    select id, slug, parent_id, 1 from catalogue_category where id = p_category
    union all
    select c.id, c.slug, c.parent_id, depth + 1 from catalogue_category c join up on c.id = up.parent_id
     where depth < 32
  ) select array_agg(id order by depth), array_agg(slug::text order by depth) from up $$;

create function rights_grants_above(p_grants uuid[]) returns uuid[] language plpgsql stable as $$
declare v_all uuid[] := p_grants; v_level uuid[] := p_grants;
begin
  -- As many steps as a chain may have links, and one to see that it goes on; a cycle adds nothing new.
  for step in 1 .. 33 loop
    v_level := array(
      select distinct g.parent_id from rights_grant g
       where g.id = any(v_level) and g.parent_id is not null and not g.parent_id = any(v_all));
    exit when cardinality(v_level) = 0;
    v_all := v_all || v_level;
  end loop;
  return v_all;
end $$;

create function rights_grants_json(p_grants uuid[], p_at timestamptz) returns json
language sql stable as $$
  select coalesce(json_agg(json_build_object(
      'id', g.id, 'grantee_id', g.grantee_id, 'grantee_name', e.trading_name,
      'issuer_brand_id', g.issuer_brand_id, 'issuer_party_id', g.issuer_party_id,
      'issuer_name', coalesce(b.name, i.trading_name),
      'scope', json_build_object('brands', g.brands, 'categories', g.categories, 'markets', g.markets,
                                 'conditions', g.conditions, 'models', g.models_only),
      'from_at', g.from_at, 'until_at', g.until_at, 'level', g.level, 'parent_id', g.parent_id,
      'delegate_depth', g.delegate_depth, 'sell_off_until', g.sell_off_until,
      'status_checked_at', g.status_checked_at, 'revoked_at', g.revoked_at,
      'revoke_reason', g.revoke_reason,
      'proof_faults', case when g.level = 'credential' then array_remove(array[
         case when c.id is null or (c.key_id is null and c.fault = '') then 'AUTH_SIGNATURE_INVALID'
              when c.fault <> '' then c.fault end,
         case when k.revoked_at is not null and (k.compromised or k.revoked_at <= p_at)
              then 'AUTH_KEY_REVOKED' end], null) else '{}' end)
      order by g.id), '[]')
    from rights_grant g
    join parties_party e on e.id = g.grantee_id
    left join catalogue_brand b on b.id = g.issuer_brand_id
    left join parties_party i on i.id = g.issuer_party_id
    left join rights_credential c on c.grant_id = g.id and g.level = 'credential'
    left join rights_signingkey k on k.id = c.key_id
   where g.id = any(p_grants) $$;

create function rights_names(p_ids uuid[], p_grants uuid[]) returns json language sql stable as $$
  with wanted as (
    select unnest(p_ids) as id
    union select unnest(g.brands || g.categories) from rights_grant g where g.id = any(p_grants))
  select coalesce(json_object_agg(n.id, n.name), '{}') from (
    select b.id, b.name from catalogue_brand b join wanted using (id)
    union all select c.id, c.name from catalogue_category c join wanted using (id)) n $$;

create function rights_statements_json(p_brand_path uuid[], p_market text) returns json
language sql stable as $$
  select coalesce(json_agg(json_build_object(
      'id', s.id, 'brand_id', s.brand_id, 'brand_name', b.name,
      'include_sub_brands', s.include_sub_brands, 'market', s.market_id,
      'category_id', s.category_id, 'status', s.status, 'source', s.source,
      'from_at', s.from_at, 'until_at', s.until_at) order by s.id), '[]')
    from rights_brandstatement s join catalogue_brand b on b.id = s.brand_id
   where s.brand_id = any(p_brand_path) and s.market_id = p_market $$;

create function rights_policies_json(p_category_path uuid[], p_market text, p_condition text)
returns json language sql stable as $$
  select coalesce(json_agg(json_build_object(
      'id', p.id, 'market', p.market_id, 'category_id', p.category_id, 'condition', p.condition,
      'needs_grant', p.needs_grant, 'min_level', p.min_level, 'needs_approval', p.needs_approval,
      'ground', p.ground, 'version', p.version, 'from_at', p.from_at, 'until_at', p.until_at,
      'needs_custody', p.needs_custody, 'needs_network_cert', p.needs_network_cert,
      'label_rule', p.label_rule,
      'status_max_age', extract(epoch from p.status_max_age)::bigint,
      'clock_skew', extract(epoch from p.clock_skew)::bigint) order by p.id), '[]')
    from rights_salepolicy p
   where (p.market_id is null or p.market_id = p_market)
     and (p.category_id is null or p.category_id = any(p_category_path))
     and p.condition = p_condition $$;

create function rights_evidence_json(
  p_seller uuid, p_variant uuid, p_model uuid, p_brand_path uuid[], p_market text)
returns json language sql stable as $$
  select json_build_object(
    'approvals', (select coalesce(json_agg(json_build_object(
        'id', a.id, 'scheme', a.scheme, 'reference', a.reference, 'state', a.state,
        'responsible_person', a.responsible_person, 'from_at', a.from_at, 'until_at', a.until_at,
        'eprel', a.eprel, 'placed_at', a.placed_at) order by a.id), '[]')
      from rights_approval a where a.variant_id = p_variant and a.market_id = p_market),
    'differences', (select coalesce(json_agg(json_build_object(
        'id', d.id, 'what', d.what, 'source', d.source) order by d.id), '[]')
      from rights_variantdifference d where d.variant_id = p_variant and d.market_id = p_market),
    'protections', (select coalesce(json_agg(json_build_object(
        'id', l.id, 'source', l.source, 'from_at', l.from_at, 'until_at', l.until_at) order by l.id), '[]')
      from rights_leverprotection l
     where l.brand_id = any(p_brand_path) and (l.model_id is null or l.model_id = p_model)),
    'labels', (select coalesce(json_agg(json_build_object(
        'id', l.id, 'lot', l.lot, 'photo_sha256', l.photo_sha256,
        'is_in_listing', trim(l.listing_text) <> '', 'recorded_at', l.recorded_at) order by l.id), '[]')
      from rights_labelevidence l
     where l.seller_id = p_seller and l.variant_id = p_variant and l.market_id = p_market),
    'certifications', (select coalesce(json_agg(json_build_object(
        'id', n.id, 'network_name', w.name, 'state', n.state, 'source', n.source,
        'from_at', n.from_at, 'until_at', n.until_at) order by n.id), '[]')
      from rights_networkcertification n
      join catalogue_network w on w.id = n.network_id
      join catalogue_operatornetwork o on o.network_id = n.network_id
     where n.variant_id = p_variant)) $$;

create function rights_facts(
  p_seller uuid, p_variant uuid, p_market text, p_condition text, p_at timestamptz)
returns json language plpgsql stable as $$
declare
  v_subject record; v_brands uuid[]; v_kinds record; v_grants uuid[];
begin
  select m.id as model_id, m.brand_id, m.category_id, v.is_radio,
         b.name || ' ' || m.name || ' (' || v.code || ')' as name
    into v_subject
    from catalogue_variant v join catalogue_devicemodel m on m.id = v.model_id
    join catalogue_brand b on b.id = m.brand_id where v.id = p_variant;
  v_brands := rights_brand_path(v_subject.brand_id);
  select * into v_kinds from rights_category_path(v_subject.category_id);
  v_grants := rights_grants_above(array(
    select g.id from rights_grant g
     where g.grantee_id = p_seller and v_brands[1] = any(g.brands) and p_market = any(g.markets)
       and p_condition = any(g.conditions) and g.categories && v_kinds.ids
       and (cardinality(g.models_only) = 0 or v_subject.model_id = any(g.models_only))));
  return json_build_object(
    'seller', (select json_build_object('id', p.id, 'name', p.trading_name,
        'verified_at', p.verified_at, 'suspended_at', p.suspended_at)
      from parties_party p where p.id = p_seller),
    'subject', case when v_subject.model_id is null then null else json_build_object(
        'id', p_variant, 'name', v_subject.name, 'model_id', v_subject.model_id,
        'brand_path', v_brands, 'category_path', v_kinds.ids, 'is_radio', v_subject.is_radio,
        'kinds', v_kinds.slugs) end,
    'market', (select json_build_object('code', m.code, 'name', m.name, 'regimes', m.regimes)
      from catalogue_market m where m.code = p_market),
    'statements', rights_statements_json(v_brands, p_market),
    'grants', rights_grants_json(v_grants, p_at),
    'policies', rights_policies_json(v_kinds.ids, p_market, p_condition),
    'names', rights_names(v_brands || v_kinds.ids, v_grants),
    'evidence', rights_evidence_json(p_seller, p_variant, v_subject.model_id, v_brands, p_market));
end $$;

create function rights_near_misses(
  p_seller uuid, p_brand uuid, p_model uuid, p_category_path uuid[], p_market text,
  p_condition text, p_at timestamptz, p_one_by_one int)
returns json language plpgsql stable as $$
declare v_count int; v_turn timestamptz; v_kept uuid[]; v_grants uuid[];
begin
  select count(*), min(turn) into v_count, v_turn
    from rights_grant g, lateral (
      select min(one) as turn from unnest(
        array[g.from_at, g.until_at, g.revoked_at, g.sell_off_until]) as one where one > p_at) t
   where g.grantee_id = p_seller;
  if v_count <= p_one_by_one then
    v_kept := array(select g.id from rights_grant g where g.grantee_id = p_seller);
  else
    v_kept := array(
      with kinds as (
        select distinct on (brand, market, kind, model, condition, begun, ended, revoked, checked,
                            level, by_brand, has_parent) *
          from (select g.id, g.until_at, g.level,
              p_brand = any(g.brands) as brand, p_market = any(g.markets) as market,
              g.categories && p_category_path as kind,
              cardinality(g.models_only) = 0 or p_model = any(g.models_only) as model,
              p_condition = any(g.conditions) as condition, g.from_at <= p_at as begun,
              g.until_at <= p_at as ended, g.revoked_at is not null as revoked,
              g.status_checked_at is null as checked, g.issuer_brand_id is not null as by_brand,
              g.parent_id is not null as has_parent
            from rights_grant g where g.grantee_id = p_seller) g
         order by brand, market, kind, model, condition, begun, ended, revoked, checked, level,
                  by_brand, has_parent, until_at desc, id)
      select id from kinds
       order by brand::int + market::int + kind::int + model::int + condition::int desc, until_at desc, id
       limit p_one_by_one);
  end if;
  v_grants := rights_grants_above(v_kept);
  return json_build_object(
    'grants', rights_grants_json(v_grants, p_at),
    'names', rights_names('{}', v_grants),
    'left_out', case when v_count > cardinality(v_kept) then
      json_build_object('count', v_count - cardinality(v_kept), 'next_turn', v_turn) end);
end $$;

create function rights_serials_json(p_variant uuid, p_serials text[], p_gtin text) returns json
language sql stable as $$
  select coalesce(json_agg(json_build_object(
      'serial', f.serial, 'variant_name', b.name || ' ' || m.name || ' (' || v.code || ')')
      order by f.serial), '[]')
    from (select s.serial, t.variant_id from unnest(p_serials) as s(serial)
            join catalogue_tac t on t.tac = left(s.serial, 8)
           where s.serial ~ '^[0-9]{14,16}$' and t.certainty <> 'low'
          union select p_gtin, g.variant_id from rights_variantgtin g where g.gtin = p_gtin) f
    join catalogue_variant v on v.id = f.variant_id
    join catalogue_devicemodel m on m.id = v.model_id
    join catalogue_brand b on b.id = m.brand_id
   where f.variant_id <> p_variant $$;

create function rights_listing_facts(p_variant uuid, p_serials text[], p_gtin text) returns json
language sql stable as $$
  select json_build_object(
    'brand_names', (select coalesce(json_agg(json_build_object(
        'brand_id', n.id, 'brand_name', n.name, 'text', n.text) order by n.name, n.text), '[]')
      from (select b.id, b.name, b.name as text from catalogue_brand b
            union select b.id, b.name, unnest(b.names) from catalogue_brand b
            union select b.id, b.name, r.text from rights_brandname r
                    join catalogue_brand b on b.id = r.brand_id) n),
    'categories', (select coalesce(json_agg(json_build_object(
        'category_id', c.id, 'slug', c.slug, 'name', c.name) order by c.slug), '[]')
      from catalogue_category c),
    'serials', rights_serials_json(p_variant, p_serials, p_gtin)) $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("rights", "0004_documents"),
        ("catalogue", "0001_initial"),
        ("parties", "0001_initial"),
    ]
    operations = [
        migrations.AddField(
            model_name="approval",
            name="eprel",
            field=models.CharField(blank=True, default="", max_length=20),
        ),
        migrations.AddField(
            model_name="approval",
            name="placed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="salepolicy",
            name="clock_skew",
            field=models.DurationField(default=datetime.timedelta(seconds=60)),
        ),
        migrations.AddField(
            model_name="salepolicy",
            name="label_rule",
            field=models.CharField(
                choices=[("protected", "protected"), ("different", "different")],
                default="protected",
                max_length=12,
            ),
        ),
        migrations.AddField(
            model_name="salepolicy",
            name="needs_custody",
            field=models.CharField(
                choices=[("none", "none"), ("complete", "complete")], default="none", max_length=12
            ),
        ),
        migrations.AddField(
            model_name="salepolicy",
            name="needs_network_cert",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="salepolicy",
            name="status_max_age",
            field=models.DurationField(default=datetime.timedelta(days=1)),
        ),
        migrations.CreateModel(
            name="BrandName",
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
                ("text", models.CharField(max_length=100)),
                ("language", models.CharField(blank=True, default="", max_length=12)),
                (
                    "kind",
                    models.CharField(
                        choices=[("name", "name"), ("mark", "mark"), ("short", "short")],
                        max_length=8,
                    ),
                ),
                ("source", models.TextField(blank=True, default="")),
                (
                    "brand",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="brand_names",
                        to="catalogue.brand",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("brand", "text"), name="brand_name_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="LabelEvidence",
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
                ("lot", models.CharField(blank=True, default="", max_length=60)),
                ("photo_sha256", models.CharField(max_length=64)),
                ("listing_text", models.TextField(blank=True, default="")),
                ("recorded_at", models.DateTimeField()),
                ("recorded_by", models.CharField(max_length=200)),
                (
                    "market",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="catalogue.market"
                    ),
                ),
                (
                    "seller",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="label_evidence",
                        to="parties.party",
                    ),
                ),
                (
                    "variant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="label_evidence",
                        to="catalogue.variant",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["seller", "variant"], name="label_evidence_of_sale")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("photo_sha256__regex", "^[0-9a-f]{64}$")),
                        name="label_photo_hash",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="LeverProtection",
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
                ("from_at", models.DateTimeField()),
                ("until_at", models.DateTimeField(blank=True, null=True)),
                ("source", models.TextField()),
                (
                    "brand",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lever_protections",
                        to="catalogue.brand",
                    ),
                ),
                (
                    "model",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="catalogue.devicemodel",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("until_at", None),
                            ("until_at__gt", models.F("from_at")),
                            _connector="OR",
                        ),
                        name="lever_protection_span",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="NetworkCertification",
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
                    "state",
                    models.CharField(
                        choices=[
                            ("certified", "certified"),
                            ("refused", "refused"),
                            ("withdrawn", "withdrawn"),
                        ],
                        max_length=12,
                    ),
                ),
                ("from_at", models.DateTimeField()),
                ("until_at", models.DateTimeField(blank=True, null=True)),
                ("source", models.TextField()),
                (
                    "network",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="certifications",
                        to="catalogue.network",
                    ),
                ),
                (
                    "variant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="certifications",
                        to="catalogue.variant",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["variant"], name="certification_of_variant")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("until_at", None),
                            ("until_at__gt", models.F("from_at")),
                            _connector="OR",
                        ),
                        name="network_certification_span",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="VariantDifference",
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
                    "what",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60), size=None
                    ),
                ),
                ("source", models.TextField(blank=True, default="")),
                ("recorded_at", models.DateTimeField()),
                (
                    "market",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="catalogue.market"
                    ),
                ),
                (
                    "variant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="differences",
                        to="catalogue.variant",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("variant", "market"), name="difference_once_a_market"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("what__len__gt", 0)), name="difference_names_something"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="VariantGtin",
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
                ("gtin", models.CharField(max_length=14, unique=True)),
                ("source", models.TextField(blank=True, default="")),
                (
                    "variant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="gtins",
                        to="catalogue.variant",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("gtin__regex", "^[0-9]{14}$")), name="gtin_14_digits"
                    )
                ],
            },
        ),
        migrations.RunSQL(SQL, migrations.RunSQL.noop),
    ]
