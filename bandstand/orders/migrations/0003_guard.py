"""
The guarded rows: no order line commits, no capture is claimed, no phone is released past the gate.

The triggers fill the scope from the offer, the unit and the catalogue themselves and overwrite whatever the
caller wrote, so a script cannot slip past a hold by mislabelling its row.
"""

from django.db import migrations

SQL = """
create function orders_line_guard() returns trigger language plpgsql as $$
declare v record;
begin
  if tg_op = 'UPDATE' then
    if to_jsonb(new) - '{state}'::text[] <> to_jsonb(old) - '{state}'::text[] then
      raise exception 'only the state of an order line may change' using errcode = 'P0460';
    end if;
    if old.state in ('cancelled', 'returned') and new.state <> old.state then
      raise exception 'an ended order line stays ended' using errcode = 'P0460';
    end if;
    if new.state = old.state or new.state in ('paid', 'cancelled') then return new; end if;
    perform 1 from orders_release where line_id = new.id;
    if found and new.state in ('released', 'delivered', 'returned') then return new; end if;
    raise exception 'a line becomes % only through its release', new.state using errcode = 'P0460';
  end if;
  if new.state <> 'committed' then
    raise exception 'a line begins committed' using errcode = 'P0460';
  end if;
  select o.variant_id, o.seller_id, o.market_id, o.condition, dm.id as model_id, dm.brand_id,
         dm.category_id, u.serial, u.imei, u.lot, u.stocked_at into v
    from offers_offer o
    join offers_unit u on u.offer_id = o.id and u.id = new.unit_id
    join catalogue_variant cv on cv.id = o.variant_id
    join catalogue_devicemodel dm on dm.id = cv.model_id
   where o.id = new.offer_id;
  if not found then
    raise exception 'the unit is not of this offer' using errcode = 'P0453';
  end if;
  new.brand_path := gate_brand_path(v.brand_id);
  new.category_path := gate_category_path(v.category_id);
  new.device_model_id := v.model_id;
  new.variant_id := v.variant_id;
  new.seller_id := v.seller_id;
  new.market_code := v.market_id;
  new.condition := v.condition;
  new.serials := array_remove(array[v.serial, v.imei], null);
  new.lot := v.lot;
  new.stocked_at := v.stocked_at;
  perform gate_check('order.commit', new.brand_path, new.category_path, new.device_model_id,
    new.variant_id, new.seller_id, new.offer_id, new.market_code, new.condition, new.serials, new.lot,
    new.stocked_at, new.decision_id, new.decision_valid_until, new.decision_epochs);
  return new;
end $$;

create trigger orders_line_guard before insert or update on orders_orderline
  for each row execute function orders_line_guard();

create function orders_dependant_guard() returns trigger language plpgsql as $$
declare v_line orders_orderline; v_activity text := tg_argv[0];
begin
  if tg_op = 'UPDATE' then
    if to_jsonb(new) - '{delivered_at,tracking}'::text[] <> to_jsonb(old) - '{delivered_at,tracking}'::text[] then
      raise exception '% is written once', tg_table_name using errcode = 'P0460';
    end if;
    return new;
  end if;
  select * into v_line from orders_orderline
   where id = (to_jsonb(new) ->> tg_argv[1])::uuid for share;
  if not found or v_line.state in ('cancelled', 'returned') then
    raise exception 'no live order line' using errcode = 'P0453';
  end if;
  new.brand_path := v_line.brand_path;
  new.category_path := v_line.category_path;
  new.device_model_id := v_line.device_model_id;
  new.variant_id := v_line.variant_id;
  new.seller_id := v_line.seller_id;
  new.market_code := v_line.market_code;
  new.condition := v_line.condition;
  new.serials := v_line.serials;
  new.lot := v_line.lot;
  new.stocked_at := v_line.stocked_at;
  perform gate_check(v_activity, new.brand_path, new.category_path, new.device_model_id, new.variant_id,
    new.seller_id, v_line.offer_id, new.market_code, new.condition, new.serials, new.lot,
    new.stocked_at, new.decision_id, new.decision_valid_until, new.decision_epochs);
  return new;
end $$;

create trigger payments_capture_guard before insert or update on payments_capture
  for each row execute function orders_dependant_guard('payment.capture', 'order_line_id');
create trigger orders_release_guard before insert or update on orders_release
  for each row execute function orders_dependant_guard('fulfilment.release', 'line_id');

select plumbing_make_append_only('orders_linemoverecord');
select plumbing_make_append_only('orders_passport');
select plumbing_make_append_only('payments_paymentmoverecord');
select plumbing_make_append_only('credit_disclosure');
select plumbing_make_append_only('credit_planmoverecord');
select plumbing_make_append_only('offers_offermoverecord');
"""


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0002_initial"),
        ("gate", "0003_guard"),
        ("payments", "0001_initial"),
        ("offers", "0001_initial"),
        ("credit", "0001_initial"),
    ]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
