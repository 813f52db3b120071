-- SPDX-License-Identifier: Apache-2.0
--
-- What a supplier keeps about who works on his orders, and handing one over.

-- His people with what each has to do, the caller first.
create or replace function orders.people_load()
returns json language plpgsql stable as $$
begin
	return (select coalesce(json_agg(json_build_object('id', f.public_id,
	    'name', f.name, 'me', f.id = core.me_person(),
	    'orders', coalesce(n.orders, 0), 'unanswered',
	    coalesce(n.unanswered, 0)) order by f.id is distinct from
	    core.me_person(), f.name), '[]')
	from core.fellows() f left join (select h.responsible_id as id,
	        count(*) as orders,
	        count(*) filter (where h.response_due is not null) as unanswered
	    from orders.head h where h.kind = 'purchase'
	    and orders.is_open(h.state) group by 1) n on n.id = f.id);
end
$$;

-- Who works on what, by which rules.
--   result  {"items": [rule], the more exact one first, "people": [{"id",
--            "name", "me", "orders": open ones, "unanswered"}],
--            "nobody": open orders of nobody, "can": {"write": true}}
--   rule    {"id", "person": name | null: he is no longer here,
--            "country": "DE" | null, "postal_code": "20" | null,
--            "item": "P1" | null}
create or replace function api.responsibilities_list(input jsonb)
returns json language plpgsql stable as $$
begin
	return json_build_object('items', (select coalesce(json_agg(
	    json_build_object('id', d.public_id, 'person', f.name,
	    'country', d.country, 'postal_code', d.postal_code, 'item', d.item)
	    order by orders.duty_weight(d) desc, d.id), '[]')
	    from orders.duty d left join core.fellows() f on f.id = d.person_id),
	    'people', orders.people_load(), 'nobody', (select count(*)
	        from orders.head h where h.kind = 'purchase'
	        and orders.is_open(h.state) and h.responsible_id is null),
	    'can', case when core.me_may('responsibilities.write')
	        then '{"write": true}' else '{}' end::json);
end
$$;
select core.operation('responsibilities_list',
    permission => 'responsibilities.read', input => '{}');

-- Keeps a rule; open orders that are nobody's follow it at once.
--   input   person uuid, country text?, postal_code text?, item text?: how
--           postcode and item number begin; country or item is wanted
--   result  201, {"id", "assigned": orders that it gave to somebody}
--   errors  422 /person orders.person.unknown, /country
--           responsibilities.country, /item responsibilities.what,
--           responsibilities.used, value.long
create or replace function api.responsibilities_create(input jsonb)
returns core.answer language plpgsql as $$
declare
	land text := nullif(upper(trim(coalesce(input ->> 'country', ''))), '');
	postal text := nullif(upper(replace(coalesce(input ->> 'postal_code', ''),
	    ' ', '')), '');
	number text := nullif(upper(trim(coalesce(input ->> 'item', ''))), '');
	who bigint := core.fellow(core.try_uuid(input ->> 'person'));
	made orders.duty;
begin
	perform core.fail_if_wrong((select coalesce(jsonb_agg(w), '[]') from (
	    select core.wrong('/person', 'orders.person.unknown') w
	    where who is null
	    union all select core.wrong('/country', 'responsibilities.country')
	    where land !~ '^[A-Z]{2}$' or land is null and postal is not null
	    union all select core.wrong('/postal_code', 'value.long',
	        '{"max": 10}') where length(postal) > 10
	    union all select core.wrong('/item', 'value.long', '{"max": 35}')
	    where length(number) > 35
	    union all select core.wrong('/item', 'responsibilities.what')
	    where coalesce(land, number, postal) is null) x));
	insert into orders.duty (public_id, partner_id, person_id, country,
	    postal_code, item, created_at)
	values (core.uuid7(), core.me_partner(), who, land, postal, number,
	    core.now())
	on conflict on constraint duty_same_key do nothing returning * into made;
	if made.id is null then
		perform core.fail_if_wrong(jsonb_build_array(
		    core.wrong('/item', 'responsibilities.used')));
	end if;
	perform core.note('admin', 'ok', null, 'responsibilities_create',
	    made.public_id::text, to_jsonb(made));
	return core.created('/responsibilities', json_build_object('id',
	    made.public_id, 'assigned', orders.assign_by_duty(made.partner_id,
	    null, made.id)));
end
$$;
select core.operation('responsibilities_create',
    permission => 'responsibilities.write', writes => true,
    input => '{"person": "uuid", "country": "line?", "postal_code": "line?",
    "item": "line?"}');

-- Removes a rule; orders stay with whom they are.
--   errors  404
create or replace function api.responsibilities_delete(input jsonb)
returns core.answer language plpgsql as $$
begin
	delete from orders.duty d where d.public_id = core.input_id(input);
	if not found then
		perform core.fail_absent();
	end if;
	perform core.note('admin', 'ok', null, 'responsibilities_delete',
	    input ->> 'id');
	return core.done('/responsibilities');
end
$$;
select core.operation('responsibilities_delete',
    permission => 'responsibilities.write', writes => true,
    input => '{"id": "uuid"}');

-- Makes somebody responsible for an order, or nobody.
--   input   id, person: id of a colleague, me, or nobody
--   result  200, the order
--   errors  404, 409 orders.event.illegal, 422 /person orders.person.unknown
create or replace function api.orders_assign(input jsonb)
returns core.answer language plpgsql as $$
declare
	h orders.head := orders.by_id(input);
	who bigint := orders.heir(input);
begin
	if not orders.is_open(h.state) then
		perform core.fail(409, 'orders.event.illegal', jsonb_build_object(
		    'event', 'assign', 'state', h.state));
	end if;
	perform orders.hand_over(array[h.id], who);
	return orders.show(orders.by_id(input));
end
$$;
select core.operation('orders_assign', permission => 'orders.assign',
    writes => true, input => '{"id": "uuid", "person": "line"}');

select core.grant_permission('orders.assign', 'supplier_user',
    'supplier_admin');
select core.grant_permission('responsibilities.read', 'supplier_user',
    'supplier_admin');
select core.grant_permission('responsibilities.write', 'supplier_admin');
