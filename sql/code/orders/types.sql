-- SPDX-License-Identifier: Apache-2.0
--
-- Shapes that the rules of orders hand to each other.

do $$
begin
	if to_regtype('orders.origin') is null then
		create type orders.origin as (source text, person bigint,
		    client bigint, organisation bigint, document bigint,
		    said_at timestamptz);
		comment on type orders.origin is
		    'whose word it is: channel, who, for which partner (null: the house), in which document, when';
	end if;
	if to_regtype('orders.wanted') is null then
		create type orders.wanted as (ord int, line_id text, item bigint,
		    spec jsonb, unit text, known_unit text, ordered numeric,
		    day date, wanted jsonb, given numeric, given_base numeric,
		    price numeric, base numeric, texts jsonb);
		comment on type orders.wanted is
		    'a line of an incoming order with what the house knows about it';
	end if;
end
$$;

-- The caller's own word, said now.
create or replace function orders.origin_me()
returns orders.origin language plpgsql stable as $$
declare
	m jsonb := core.me();
	o orders.origin;
begin
	o.source := case when m ->> 'k' = 'client' then 'api'
	    when m ->> 'k' = 'person' then 'portal' else 'system' end;
	o.person := case when m ->> 'k' = 'person' then (m ->> 'id')::bigint end;
	o.client := case when m ->> 'k' = 'client' then (m ->> 'id')::bigint end;
	o.organisation := (m ->> 'p')::bigint;
	o.said_at := core.now();
	return o;
end
$$;

-- The word of the system itself.
create or replace function orders.origin_system()
returns orders.origin language plpgsql stable as $$
begin
	return row('system', null, null, null, null, core.now())::orders.origin;
end
$$;
