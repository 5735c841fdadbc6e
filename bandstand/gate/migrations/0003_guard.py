"""
The gate in the database.

``gate_check`` is called by the triggers on order lines, captures and releases. It takes every anchor of the
row *shared*, in one order, then looks for holds with the real clock; a hold takes *one* anchor its scope
fixes *exclusively*. So either the order committed before the hold, or it sees the hold. This is right only
under READ COMMITTED, where each statement after the lock sees what was committed before it, and is
therefore asserted.

What the row is, is read again after the locks: a phone moved to another brand while its order waited is judged
as what it is now. Lock order, for everybody: rows of facts, then anchors sorted in "C", then the row ``display``.

SQLSTATE P0450 wrong isolation, P0451 held, P0452 stale decision, P0453 row that names no sellable thing.
"""

from django.db import migrations

SQL = """
create function gate_lock_key(p_anchor text) returns bigint language sql immutable parallel safe as
$$ select hashtextextended('gate:' || p_anchor, 0) $$;

create function gate_brand_path(p_brand uuid) returns uuid[] language sql stable as $$
  with recursive up(id, parent_id, depth) as (
    select id, parent_id, 1 from catalogue_brand where id = p_brand
    union all
    select b.id, b.parent_id, depth + 1 from catalogue_brand b join up on b.id = up.parent_id
     where depth < 32
  ) select coalesce(array_agg(id order by depth), '{}') from up $$;

create function gate_category_path(p_category uuid) returns uuid[] language sql stable as $$
  with recursive up(id, parent_id, depth) as (
    select id, parent_id, 1 from catalogue_category where id = p_category
    union all
    select c.id, c.parent_id, depth + 1 from catalogue_category c join up on c.id = up.parent_id
     where depth < 32
  ) select coalesce(array_agg(id order by depth), '{}') from up $$;

create function gate_anchors(p_brand_path uuid[], p_seller uuid, p_variant uuid) returns text[]
language sql immutable as $$
  select array(
    select anchor from (
      select unnest(array['*', 'seller:' || p_seller, 'variant:' || p_variant]) as anchor
      union select 'brand:' || brand from unnest(p_brand_path) as brand) as every
     order by anchor collate "C") $$;

create function gate_subject(p_variant uuid, out model_id uuid, out brand_path uuid[], out category_path uuid[])
language sql stable as $$
  select m.id, gate_brand_path(m.brand_id), gate_category_path(m.category_id)
    from catalogue_variant v join catalogue_devicemodel m on m.id = v.model_id where v.id = p_variant $$;

create function gate_require_read_committed() returns void language plpgsql as $$
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'the gate needs READ COMMITTED' using errcode = 'P0450';
  end if;
end $$;

create function gate_take_shared(p_anchors text[]) returns void language plpgsql as $$
declare v_anchor text;
begin
  perform gate_require_read_committed();
  foreach v_anchor in array array(
    select distinct anchor collate "C" from unnest(p_anchors) as anchor order by 1) loop
    perform pg_advisory_xact_lock_shared(gate_lock_key(v_anchor));
  end loop;
end $$;

create function gate_touch(p_anchors text[]) returns void language plpgsql as $$
declare v_anchors text[] := array(
  select distinct anchor collate "C" from unnest(p_anchors) as anchor where anchor is not null order by 1);
  v_anchor text;
begin
  if cardinality(v_anchors) = 0 then return; end if;
  foreach v_anchor in array v_anchors loop
    perform pg_advisory_xact_lock(gate_lock_key(v_anchor));
  end loop;
  insert into gate_epoch(key, epoch) select anchor, 1 from unnest(v_anchors) as anchor
    on conflict (key) do update set epoch = gate_epoch.epoch + 1;
  insert into gate_epoch(key, epoch) values ('display', 1)
    on conflict (key) do update set epoch = gate_epoch.epoch + 1;
end $$;

create function gate_matching_hold(
  p_activity text, p_brand_path uuid[], p_category_path uuid[], p_model uuid, p_variant uuid,
  p_seller uuid, p_offer uuid, p_market text, p_condition text, p_serials text[], p_lot text,
  p_stocked_at timestamptz, p_at timestamptz) returns uuid language sql stable as $$
  select h.id from gate_hold h
   where h.lifted_at is null and h.effective_at <= p_at and (h.expires_at is null or h.expires_at > p_at)
     and p_activity = any(h.activities)
     and (h.brand_id is null or h.brand_id = p_brand_path[1]
          or (h.include_sub_brands and h.brand_id = any(p_brand_path)))
     and (h.category_id is null or h.category_id = any(p_category_path))
     and (h.model_id is null or h.model_id = p_model)
     and (h.variant_id is null or h.variant_id = p_variant)
     and (h.seller_id is null or h.seller_id = p_seller)
     and (h.offer_id is null or h.offer_id = p_offer)
     and (h.market_id is null or h.market_id = p_market)
     and (h.condition is null or h.condition = p_condition)
     and (h.serials is null or h.serials::text[] && p_serials)
     and (h.lot is null or h.lot = p_lot)
     and (h.stock_before is null or p_stocked_at is null or p_stocked_at < h.stock_before)
   order by h.effective_at limit 1 $$;

create function gate_check(
  p_activity text, p_brand_path uuid[], p_category_path uuid[], p_model uuid, p_variant uuid,
  p_seller uuid, p_offer uuid, p_market text, p_condition text, p_serials text[], p_lot text,
  p_stocked_at timestamptz, p_decision uuid, p_valid_until timestamptz, p_epochs jsonb)
returns void language plpgsql as $$
declare v_anchors text[]; v_now record; v_hold uuid; v_stale text; v_result text;
begin
  select * into v_now from gate_subject(p_variant);
  v_anchors := gate_anchors(p_brand_path || v_now.brand_path, p_seller, p_variant);
  perform gate_take_shared(v_anchors);
  -- From here on nobody can place a hold or change a fact that concerns this row; look at it afresh.
  select * into v_now from gate_subject(p_variant);
  if not v_anchors @> gate_anchors(v_now.brand_path, p_seller, p_variant)
     or (p_activity = 'order.commit' and (p_model, p_brand_path, p_category_path)
         is distinct from (v_now.model_id, v_now.brand_path, v_now.category_path)) then
    raise exception 'the catalogue changed since the decision' using errcode = 'P0452',
      detail = 'catalogue';
  end if;
  v_hold := gate_matching_hold(p_activity, p_brand_path, p_category_path, p_model, p_variant, p_seller,
    p_offer, p_market, p_condition, p_serials, p_lot, p_stocked_at, clock_timestamp());
  if v_hold is null and p_activity <> 'order.commit' then
    -- A line keeps what it was sold as; a hold also covers what the catalogue knows it to be by now.
    v_hold := gate_matching_hold(p_activity, v_now.brand_path, v_now.category_path, v_now.model_id,
      p_variant, p_seller, p_offer, p_market, p_condition, p_serials, p_lot, p_stocked_at,
      clock_timestamp());
  end if;
  if v_hold is not null then
    raise exception 'a hold stops %', p_activity using errcode = 'P0451', detail = v_hold::text;
  end if;
  select d.result into v_result from gate_decision d
   where d.id = p_decision and d.action = p_activity and d.variant_id = p_variant
     and d.seller_id = p_seller and d.market_id = p_market and d.condition = p_condition
     and (d.offer_id is null or d.offer_id = p_offer) and d.valid_until = p_valid_until
     and d.epochs = p_epochs;
  if v_result is distinct from 'allow' then
    raise exception 'no decision allows %', p_activity using errcode = 'P0452',
      detail = coalesce(v_result, 'none');
  end if;
  if p_valid_until <= clock_timestamp() then
    raise exception 'the decision has run out' using errcode = 'P0452', detail = 'valid_until';
  end if;
  if (p_epochs ?& gate_anchors(v_now.brand_path, p_seller, p_variant)) is not true then
    raise exception 'the decision did not look at every anchor' using errcode = 'P0452',
      detail = 'anchors';
  end if;
  select e.key into v_stale from jsonb_each_text(p_epochs) e
    left join gate_epoch g on g.key = e.key
   where coalesce(g.epoch, 0) <> e.value::bigint limit 1;
  if found then
    raise exception 'facts changed since the decision' using errcode = 'P0452', detail = v_stale;
  end if;
end $$;

create function gate_hold_anchor(h gate_hold) returns text language plpgsql stable as $$
declare v_variant uuid; v_brand uuid;
begin
  if h.variant_id is not null then return 'variant:' || h.variant_id; end if;
  if h.offer_id is not null then
    select variant_id into v_variant from offers_offer where id = h.offer_id;
    if v_variant is null then
      raise exception 'no offer %', h.offer_id using errcode = 'P0453';
    end if;
    return 'variant:' || v_variant;
  end if;
  if h.seller_id is not null then return 'seller:' || h.seller_id; end if;
  if h.model_id is not null then
    select brand_id into v_brand from catalogue_devicemodel where id = h.model_id;
    return 'brand:' || v_brand;
  end if;
  if h.brand_id is not null then return 'brand:' || h.brand_id; end if;
  return '*';
end $$;

create function gate_hold_guard() returns trigger language plpgsql as $$
begin
  perform gate_require_read_committed();
  if tg_op = 'DELETE' then
    raise exception 'a hold is lifted, never deleted' using errcode = 'P0460';
  end if;
  if tg_op = 'UPDATE' then
    if old.lifted_at is not null then
      raise exception 'a lifted hold stays lifted' using errcode = 'P0460';
    end if;
    if new.lifted_at is null or to_jsonb(new) - '{lifted_at,lifted_by,lift_reason}'::text[]
       <> to_jsonb(old) - '{lifted_at,lifted_by,lift_reason}'::text[] then
      raise exception 'a hold can only be lifted; place another to change its scope'
        using errcode = 'P0460';
    end if;
    perform gate_touch(array[new.anchor]::text[]);
    new.lifted_at := clock_timestamp();
    return new;
  end if;
  new.anchor := gate_hold_anchor(new);
  perform gate_touch(array[new.anchor]::text[]);
  if new.anchor <> gate_hold_anchor(new) then
    raise exception 'the catalogue changed while the hold was placed; place it again'
      using errcode = '40001';
  end if;
  new.lifted_at := null;
  new.placed_at := clock_timestamp();
  if new.effective_at is null or new.effective_at < clock_timestamp() then
    new.effective_at := clock_timestamp();
  end if;
  return new;
end $$;

create function gate_epoch_guard() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' or new.key <> old.key or new.epoch <= old.epoch then
    raise exception 'an epoch only moves forward' using errcode = 'P0460';
  end if;
  return new;
end $$;

create trigger gate_epoch_guard before update or delete on gate_epoch
  for each row execute function gate_epoch_guard();
create trigger gate_epoch_no_truncate before truncate on gate_epoch
  for each statement execute function plumbing_refuse_change();
create trigger gate_hold_guard before insert or update or delete on gate_hold
  for each row execute function gate_hold_guard();
create trigger gate_hold_no_truncate before truncate on gate_hold
  for each statement execute function plumbing_refuse_change();

select plumbing_make_append_only('gate_decision');
select plumbing_make_append_only('gate_holdmoverecord');
"""


class Migration(migrations.Migration):
    dependencies = [
        ("gate", "0002_initial"),
        ("plumbing", "0002_append_only"),
        ("catalogue", "0001_initial"),
    ]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
