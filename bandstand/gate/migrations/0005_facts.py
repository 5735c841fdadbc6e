"""
Facts that change make decisions stale, and no order in flight overtakes the change.

Each trigger runs once a statement, after the rows: it takes every anchor the change concerns *exclusively*,
sorted, and moves their epochs on. An order in flight holds its anchors shared, so the change commits after it;
an order that comes later waits, sees the new epoch and asks the gate again.

What an offer and a unit are is fixed once somebody can buy them, because the guard and the holds find them by it.
"""

from django.db import migrations

SQL = """
create function gate_brands_under(p_brand uuid) returns uuid[] language sql stable as $$
  with recursive down(id) as (
    select id from catalogue_brand where id = p_brand
    union select b.id from catalogue_brand b join down on b.parent_id = down.id
  ) select coalesce(array_agg(id), '{}') from down $$;

create function gate_categories_under(p_category uuid) returns uuid[] language sql stable as $$
  with recursive down(id) as (
    select id from catalogue_category where id = p_category
    union select c.id from catalogue_category c join down on c.parent_id = down.id
  ) select coalesce(array_agg(id), '{}') from down $$;

create function gate_brand_anchors(p_brand_path uuid[]) returns setof text language sql immutable as $$
  select 'brand:' || brand from unnest(p_brand_path) as brand $$;

create function gate_grants_changed() returns trigger language plpgsql as $$
declare v_anchors text[];
begin
  if tg_op = 'INSERT' then
    v_anchors := array(select gate_brand_anchors(r.brands) from new_rows r
                       union select 'seller:' || r.grantee_id from new_rows r);
  elsif tg_op = 'DELETE' then
    v_anchors := array(select gate_brand_anchors(r.brands) from old_rows r
                       union select 'seller:' || r.grantee_id from old_rows r);
  else
    v_anchors := array(
      with r as (
        select n.brands || o.brands as brands, n.grantee_id, o.grantee_id as former
          from new_rows n join old_rows o using (id) where to_jsonb(n) <> to_jsonb(o))
      select gate_brand_anchors(brands) from r
      union select 'seller:' || grantee_id from r union select 'seller:' || former from r);
  end if;
  perform gate_touch(v_anchors);
  return null;
end $$;

create function gate_approvals_changed() returns trigger language plpgsql as $$
declare v_anchors text[];
begin
  if tg_op = 'INSERT' then
    v_anchors := array(select distinct 'variant:' || r.variant_id from new_rows r);
  elsif tg_op = 'DELETE' then
    v_anchors := array(select distinct 'variant:' || r.variant_id from old_rows r);
  else
    v_anchors := array(
      select 'variant:' || unnest(array[n.variant_id, o.variant_id])
        from new_rows n join old_rows o using (id) where to_jsonb(n) <> to_jsonb(o));
  end if;
  perform gate_touch(v_anchors);
  return null;
end $$;

create function gate_statements_changed() returns trigger language plpgsql as $$
declare v_anchors text[];
begin
  if tg_op = 'INSERT' then
    v_anchors := array(select distinct 'brand:' || r.brand_id from new_rows r);
  elsif tg_op = 'DELETE' then
    v_anchors := array(select distinct 'brand:' || r.brand_id from old_rows r);
  else
    v_anchors := array(
      select 'brand:' || unnest(array[n.brand_id, o.brand_id])
        from new_rows n join old_rows o using (id) where to_jsonb(n) <> to_jsonb(o));
  end if;
  perform gate_touch(v_anchors);
  return null;
end $$;

create function gate_everything_changed() returns trigger language plpgsql as $$
begin
  perform gate_touch(array['*']);
  return null;
end $$;

create function gate_parties_changed() returns trigger language plpgsql as $$
begin
  perform gate_touch(array(
    select 'seller:' || n.id from new_rows n join old_rows o using (id)
     where (n.verified_at, n.suspended_at) is distinct from (o.verified_at, o.suspended_at)));
  return null;
end $$;

create function gate_waivers_changed() returns trigger language plpgsql as $$
begin
  perform gate_touch(array[case tg_op when 'DELETE' then 'variant:' || old.variant_id
                                      else 'variant:' || new.variant_id end]);
  return null;
end $$;

create function gate_waiver_guard() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' or old.withdrawn_at is not null
     or to_jsonb(new) - '{withdrawn_at,withdrawn_by}'::text[]
        <> to_jsonb(old) - '{withdrawn_at,withdrawn_by}'::text[] then
    raise exception 'a waiver can only be withdrawn' using errcode = 'P0460';
  end if;
  return new;
end $$;

create function gate_brands_changed() returns trigger language plpgsql as $$
begin
  perform gate_touch(array(
    with r as (
      select n.id, array[n.parent_id, o.parent_id] as parents
        from new_rows n join old_rows o using (id) where n.parent_id is distinct from o.parent_id)
    select 'brand:' || id from r
    union select gate_brand_anchors(gate_brand_path(parent)) from r, unnest(r.parents) as parent));
  return null;
end $$;

create function gate_categories_changed() returns trigger language plpgsql as $$
begin
  if exists (select 1 from new_rows n join old_rows o using (id)
              where n.parent_id is distinct from o.parent_id) then
    perform gate_touch(array['*']);
  end if;
  return null;
end $$;

create function gate_models_changed() returns trigger language plpgsql as $$
begin
  perform gate_touch(array(
    with r as (
      select n.id, array[n.brand_id, o.brand_id] as brands
        from new_rows n join old_rows o using (id)
       where (n.brand_id, n.category_id) is distinct from (o.brand_id, o.category_id))
    select 'variant:' || v.id from catalogue_variant v join r on v.model_id = r.id
    union select gate_brand_anchors(gate_brand_path(brand)) from r, unnest(r.brands) as brand
           where r.brands[1] <> r.brands[2]));
  return null;
end $$;

create function gate_variants_changed() returns trigger language plpgsql as $$
begin
  perform gate_touch(array(
    with r as (
      select n.id, array[n.model_id, o.model_id] as models
        from new_rows n join old_rows o using (id)
       where (n.model_id, n.is_radio) is distinct from (o.model_id, o.is_radio))
    select 'variant:' || id from r
    union select gate_brand_anchors(gate_brand_path(m.brand_id))
            from r join catalogue_devicemodel m on m.id = any(r.models) and r.models[1] <> r.models[2]));
  return null;
end $$;

do $do$
declare v_table text; v_function text;
begin
  for v_table, v_function in
    select * from (values ('rights_grant', 'gate_grants_changed'),
      ('rights_approval', 'gate_approvals_changed'), ('rights_brandstatement', 'gate_statements_changed')) as t
  loop
    execute format('create trigger gate_facts_inserted after insert on %s referencing new table as new_rows '
                   'for each statement execute function %s()', v_table, v_function);
    execute format('create trigger gate_facts_updated after update on %s referencing old table as old_rows '
                   'new table as new_rows for each statement execute function %s()', v_table, v_function);
    execute format('create trigger gate_facts_deleted after delete on %s referencing old table as old_rows '
                   'for each statement execute function %s()', v_table, v_function);
    execute format('create trigger gate_facts_kept before truncate on %s '
                   'for each statement execute function plumbing_refuse_change()', v_table);
  end loop;
  for v_table, v_function in
    select * from (values ('parties_party', 'gate_parties_changed'), ('catalogue_brand', 'gate_brands_changed'),
      ('catalogue_category', 'gate_categories_changed'), ('catalogue_devicemodel', 'gate_models_changed'),
      ('catalogue_variant', 'gate_variants_changed')) as t
  loop
    execute format('create trigger gate_facts_updated after update on %s referencing old table as old_rows '
                   'new table as new_rows for each statement execute function %s()', v_table, v_function);
  end loop;
end $do$;

create trigger gate_facts_changed after insert or update or delete on rights_salepolicy
  for each statement execute function gate_everything_changed();
create trigger gate_facts_kept before truncate on rights_salepolicy
  for each statement execute function plumbing_refuse_change();
create trigger gate_facts_changed after insert or update or delete on gate_waiver
  for each row execute function gate_waivers_changed();
create trigger gate_waiver_guard before update or delete on gate_waiver
  for each row execute function gate_waiver_guard();
create trigger gate_facts_kept before truncate on gate_waiver
  for each statement execute function plumbing_refuse_change();

create function gate_offer_identity() returns trigger language plpgsql as $$
begin
  if (old.state <> 'draft' or old.published_at is not null)
     and (new.seller_id, new.variant_id, new.market_id, new.condition)
         is distinct from (old.seller_id, old.variant_id, old.market_id, old.condition) then
    raise exception 'seller, variant, market and condition of an offer are fixed; draft another offer'
      using errcode = 'P0460';
  end if;
  return new;
end $$;
create trigger gate_offer_identity before update on offers_offer
  for each row execute function gate_offer_identity();

create function gate_unit_identity() returns trigger language plpgsql as $$
begin
  if (new.offer_id, new.imei, new.serial, new.lot, new.stocked_at)
     is distinct from (old.offer_id, old.imei, old.serial, old.lot, old.stocked_at) then
    raise exception 'offer, IMEI, serial, lot and day of receipt of a unit are fixed; quarantine it and receive it again'
      using errcode = 'P0460';
  end if;
  return new;
end $$;
create trigger gate_unit_identity before update on offers_unit
  for each row execute function gate_unit_identity();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("gate", "0004_waiver"),
        ("rights", "0001_initial"),
        ("parties", "0001_initial"),
        ("catalogue", "0002_initial"),
        ("offers", "0002_initial"),
    ]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
