-- SPDX-License-Identifier: Apache-2.0
--
-- Return lines: what may happen to them and the quantity that may go back.

select core.add_state('return_line', 'requested', 'info');
select core.add_state('return_line', 'approved', 'info');
select core.add_state('return_line', 'in_transit', 'info');
select core.add_state('return_line', 'received', 'warn');
select core.add_state('return_line', 'settled', 'ok', true);
select core.add_state('return_line', 'refused', 'bad', true);
select core.add_state('return_line', 'expired', 'neutral', true);
select core.add_state('return_line', 'cancelled', 'neutral', true);

select core.add_transition('return_line', '', 'create', 'requested',
	'returns.create');
select core.add_transition('return_line', 'requested', 'approve', 'approved',
	'returns.decide');
select core.add_transition('return_line', 'requested', 'refuse', 'refused',
	'returns.decide');
select core.add_transition('return_line', 'approved', 'send', 'in_transit',
	'returns.create');
select core.add_transition('return_line', 'approved', 'receive', 'received',
	'returns.work');
select core.add_transition('return_line', 'in_transit', 'receive', 'received',
	'returns.work');
select core.add_transition('return_line', 'received', 'settle', 'settled',
	'returns.work');
select core.add_transition('return_line', 'approved', 'expire', 'expired');
select core.add_transition('return_line', 'requested', 'cancel', 'cancelled',
	'returns.create');
select core.add_transition('return_line', 'approved', 'cancel', 'cancelled',
	'returns.create');
select core.guard('return_line', 'returns.line');

select core.declare_setting('returns.valid_days', '30',
	'days after approval in which the goods must be sent');

-- The status of a return from its lines: what waits for somebody comes first.
create or replace function returns.status(of_return bigint) returns text
language sql stable as $$
	select s from unnest(array['requested', 'received', 'in_transit',
		'approved', 'settled', 'refused', 'expired', 'cancelled'])
		with ordinality p (s, n)
	where exists (select from returns.line l
		where l.return_id = of_return and l.state = s)
	order by n limit 1
$$;

-- How much of an order line may still go back: what was shipped, less what
-- was asked for and not turned down. Serialises askers of the same line.
create or replace function returns.returnable(order_line bigint)
returns numeric
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp as $$
begin
	perform pg_advisory_xact_lock(hashtextextended('returns', order_line));
	return (select o.shipped - coalesce((select sum(r.requested - r.rejected)
			from returns.line r where r.order_line_id = o.id
			and r.state not in ('refused', 'cancelled', 'expired')), 0)
		from orders.line o where o.id = order_line
		and o.partner_id = any (core.me_partners()));
end
$$;

-- The same to look at, without waiting for anybody.
create or replace function returns.remaining(order_line bigint)
returns numeric
language sql stable as $$
	select o.shipped - coalesce((select sum(r.requested - r.rejected)
		from returns.line r where r.order_line_id = o.id
		and r.state not in ('refused', 'cancelled', 'expired')), 0)
	from orders.line o where o.id = order_line
$$;

-- Counts goods that came back on the order line. The rows of orders are
-- written by rules only.
create or replace function returns.count_back(order_line bigint,
	quantity numeric)
returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp as $$
	update orders.line o set returned = o.returned + quantity
	where o.id = order_line and o.partner_id = any (core.me_partners())
$$;

-- The item of an order line: the house's where it is known, else as ordered.
create or replace function returns.item_json(l orders.line) returns jsonb
language sql stable as $$
	select coalesce((select jsonb_build_object('number', i.number, 'name',
			case core.me_language() when 'de' then i.name_de
			else i.name_en end)
		from item.item i where i.id = l.item_id),
		jsonb_build_object('number', coalesce(l.item ->> 'number',
			l.item ->> 'any'), 'name', coalesce(l.item ->> 'name',
			l.item ->> 'any')))
$$;

-- The caller's own order line that a wanted line means: by id, or by the
-- numbers on paper. Null when there is none.
create or replace function returns.find_line(asked jsonb) returns bigint
language sql stable as $$
	select l.id from orders.line l join orders.head h on h.id = l.order_id
	where h.kind = 'sales' and h.partner_id = core.me_partner()
	and (l.public_id = core.try_uuid(find_line.asked ->> 'order_line')
		or coalesce(find_line.asked ->> 'order_line', '') = ''
		and (find_line.asked ->> 'order_number') in (h.number, h.partner_number)
		and l.line_id = find_line.asked ->> 'order_line_id')
$$;

-- What is wrong with one wanted line.
--   pointer  where it stands, e.g. /lines/0
create or replace function returns.check_line(asked jsonb, pointer text)
returns jsonb
language plpgsql volatile as $$
declare
	line bigint := returns.find_line(asked);
	wish numeric := core.try_quantity(coalesce(asked ->> 'quantity',
		asked ->> 'requested'));
	rest numeric;
	wrong jsonb := '[]';
begin
	if line is null then
		return wrong || core.wrong(pointer || '/order_line',
			'returns.line.unknown', jsonb_build_object('order',
				coalesce(asked ->> 'order_number', ''), 'line',
				coalesce(asked ->> 'order_line_id', '')));
	end if;
	rest := returns.returnable(line);
	if wish is null or wish <= 0 then
		wrong := wrong || core.wrong(pointer || '/quantity',
			'value.decimal');
	elsif wish > rest then
		wrong := wrong || core.wrong(pointer || '/quantity',
			'returns.line.over', jsonb_build_object('remaining',
				trim_scale(rest)::text, 'wanted',
				trim_scale(wish)::text));
	end if;
	if coalesce(asked ->> 'reason_code', '') not in ('defective',
		'wrong_item', 'surplus', 'ordered_in_error', 'damaged_packing',
		'not_as_expected', 'short_dated') then
		wrong := wrong || core.wrong(pointer || '/reason_code',
			'value.choice');
	end if;
	if coalesce(asked ->> 'expected_resolution', '') not in ('credit',
		'replace', 'repair') then
		wrong := wrong || core.wrong(pointer || '/expected_resolution',
			'value.choice');
	end if;
	return wrong;
end
$$;

-- Lines of a form that are filled in; others were only offered.
create or replace function returns.wanted(input jsonb) returns jsonb
language sql immutable as $$
	select coalesce(jsonb_agg(w order by n), '[]')
	from jsonb_array_elements(case jsonb_typeof(input -> 'lines')
		when 'array' then input -> 'lines'
		when 'object' then (select jsonb_agg(e.value order by e.key::int)
			from jsonb_each(input -> 'lines') e) else '[]' end)
		with ordinality x (w, n)
	where coalesce(w ->> 'quantity', w ->> 'requested', '') <> ''
$$;

-- Every fault of a request; two lines of one order line are one too many,
-- because their quantities would be checked apart.
create or replace function returns.check_request(lines jsonb,
	partner_return_id text)
returns jsonb
language plpgsql volatile as $$
declare
	wrong jsonb := '[]';
	seen bigint[] := '{}';
	line bigint;
	i int;
begin
	if jsonb_array_length(lines) = 0 then
		wrong := wrong || core.wrong('/lines', 'returns.line.none');
	end if;
	for i in 0 .. jsonb_array_length(lines) - 1 loop
		wrong := wrong || returns.check_line(lines -> i, '/lines/' || i);
		line := returns.find_line(lines -> i);
		if line = any (seen) then
			wrong := wrong || core.wrong('/lines/' || i,
				'returns.line.twice');
		end if;
		seen := seen || line;
	end loop;
	if exists (select from returns.head h where h.partner_id
		= core.me_partner() and h.partner_return_id
		= nullif(check_request.partner_return_id, '')) then
		wrong := wrong || core.wrong('/partner_return_id',
			'returns.number.used');
	end if;
	return wrong;
end
$$;

create or replace function returns.tell(r returns.head, what text,
	data jsonb)
returns void
language sql volatile as $$
	select core.emit(r.partner_id, 'return.' || what, 'return', r.public_id,
		r.number, data, document => (select d.public_id
			from exchange.document d where d.id = r.document_id
			and what = 'requested'))
$$;

-- Stores a request that was checked.
create or replace function returns.request(input jsonb, lines jsonb,
	document bigint default null)
returns returns.head
language plpgsql volatile as $$
declare
	r returns.head;
begin
	insert into returns.head (partner_id, number, partner_return_id, origin,
		case_id, person_id, client_id, document_id, text)
	values (core.me_partner(), 'RMA-' || to_char(core.today(), 'YYYY') || '-'
			|| lpad(nextval('returns.number')::text, 5, '0'),
		nullif(input ->> 'partner_return_id', ''), cases.channel(),
		(select c.id from cases.head c where c.number
			= nullif(input ->> 'case_number', '')),
		core.me_person(), core.me_client(), document,
		nullif(trim(input ->> 'text'), ''))
	returning * into r;
	insert into returns.line (partner_id, return_id, line_id, order_line_id,
		serials, reason_code, expected_resolution, requested)
	select r.partner_id, r.id, coalesce(nullif(w ->> 'line_id', ''),
			(n * 10)::text), returns.find_line(w),
		array(select jsonb_array_elements_text(w -> 'serials')
			where jsonb_typeof(w -> 'serials') = 'array'
			union all select trim(s) from
			regexp_split_to_table(w ->> 'serials', '[,;\s]+') s
			where jsonb_typeof(w -> 'serials') = 'string'
			and trim(s) <> ''),
		w ->> 'reason_code', w ->> 'expected_resolution',
		core.try_quantity(coalesce(w ->> 'quantity', w ->> 'requested'))
	from jsonb_array_elements(lines) with ordinality x (w, n);
	perform returns.tell(r, 'requested', '{}');
	return r;
end
$$;

-- Derives the status again and counts the version.
create or replace function returns.refresh(of_return bigint)
returns returns.head
language sql volatile as $$
	update returns.head h set status = returns.status(h.id),
		version = h.version + 1, decided_at = coalesce(h.decided_at,
			case when not exists (select from returns.line l
				where l.return_id = h.id and l.state = 'requested')
			then core.now() end)
	where h.id = of_return returning h
$$;
