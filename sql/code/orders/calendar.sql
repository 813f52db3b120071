-- SPDX-License-Identifier: Apache-2.0
--
-- Days on which goods of open order lines are expected, as a calendar (RFC
-- 5545): one whole-day event a line, known again by the line's id when its day
-- moves. Without words, so that it needs no language but the items'.

-- A text as a value: special characters escaped, control characters gone.
create or replace function orders.ics_text(value text)
returns text language sql immutable as $$
	select regexp_replace(replace(replace(replace(replace(replace(
	    coalesce(value, ''), '\', '\\'), ';', '\;'), ',', '\,'),
	    e'\r', ''), e'\n', '\n'), '[\x01-\x1f\x7f]', ' ', 'g')
$$;

-- A content line, folded so that no line has more than 75 octets and no
-- character is torn.
create or replace function orders.ics_line(name text, value text)
returns text language plpgsql immutable as $$
declare
	rest text := name || ':' || value;
	folded text := '';
	room int := 75;
	n int;
	over int;
begin
	while octet_length(rest) > room loop
		n := room;
		loop
			over := octet_length(left(rest, n)) - room;
			exit when over <= 0;
			n := n - (over + 3) / 4;
		end loop;
		folded := folded || left(rest, n) || e'\r\n ';
		rest := substr(rest, n + 1);
		room := 74;
	end loop;
	return folded || rest || e'\r\n';
end
$$;

-- Does the owner of a feed see every partner at the desk, as an agent does?
create or replace function orders.calendar_all(f core.feed)
returns boolean language plpgsql stable as $$
begin
	return f.portal = 'desk' and exists (select from core.membership m
	    where m.person_id = f.person_id and m.portal = f.portal
	    and m.roles && array['agent', 'administrator']);
end
$$;

-- The open lines with a day that the owner of a feed sees in his portal, the
-- next ones first: at the desk those of the partners that he looks after,
-- himself or as a deputy, or of all of them.
create or replace function orders.calendar_lines(f core.feed, most int)
returns setof orders.line language plpgsql stable as $$
declare
	partners bigint[] := case when orders.calendar_all(f)
	    then array(select p.id from core.partner p)
	    when f.portal = 'desk' then core.looks_after(f.person_id)
	    else array[f.partner_id] end;
	kinds text[] := case f.portal when 'distributor' then array['sales']
	    when 'supplier' then array['purchase']
	    else array['sales', 'purchase'] end;
	ids bigint[] := array(select l.id from orders.line l
	    join orders.head h on h.id = l.order_id
	    where l.partner_id = any (partners) and h.kind = any (kinds)
	    and not orders.line_over(l.state) and orders.is_open(h.state)
	    and (h.kind = 'sales' or h.submitted_at is not null)
	    and coalesce(l.expected_date, l.latest_promised_date) is not null
	    order by coalesce(l.expected_date, l.latest_promised_date), l.id
	    limit most);
begin
	return query select l.* from orders.line l where l.id = any (ids);
end
$$;

-- How much, in pieces or in its unit.
create or replace function orders.ics_quantity(n numeric, unit text)
returns text language plpgsql immutable as $$
begin
	return trim_scale(n) || case when orders.same_unit(unit, 'C62')
	    then ' ×' else ' ' || unit end;
end
$$;

-- What is confirmed or follows of a line, a row a day.
create or replace function orders.calendar_parts(l orders.line)
returns text language plpgsql stable as $$
begin
	return (select string_agg(s.due_on || ': ' || orders.ics_quantity(
	    s.quantity, l.unit), e'\n' order by s.due_on, s.id)
	from orders.schedule s where s.line_id = l.id
	and s.kind in ('confirmed', 'backordered') and s.due_on is not null);
end
$$;

-- One line as an event, with the partner's name at the desk. What is promised
-- is confirmed; a day that is only expected is tentative.
create or replace function orders.calendar_event(l orders.line,
    h orders.head, i item.item, partner text, lang text)
returns text language plpgsql stable as $$
begin
	return e'BEGIN:VEVENT\r\nUID:' || l.public_id || e'@kontor\r\nDTSTAMP:'
	    || to_char(coalesce(l.answered_at, h.submitted_at, h.created_at)
	        at time zone 'UTC', 'YYYYMMDD"T"HH24MISS"Z"')
	    || e'\r\nSEQUENCE:' || l.version || e'\r\nDTSTART;VALUE=DATE:'
	    || to_char(coalesce(l.expected_date, l.latest_promised_date),
	        'YYYYMMDD') || e'\r\n'
	    || orders.ics_line('SUMMARY', orders.ics_text(concat_ws(' ',
	        h.number, '/', l.line_id, '–', orders.ics_quantity(
	        greatest(l.confirmed + l.backordered - l.shipped, 0), l.unit),
	        case lang when 'de' then i.name_de else i.name_en end)))
	    || orders.ics_line('DESCRIPTION', orders.ics_text(concat_ws(e'\n',
	        partner, h.partner_number, i.number, orders.calendar_parts(l))))
	    || 'STATUS:' || case when l.expected_date
	        is distinct from l.latest_promised_date
	        and l.expected_date is not null then 'TENTATIVE'
	        else 'CONFIRMED' end
	    || e'\r\nTRANSP:TRANSPARENT\r\nEND:VEVENT\r\n';
end
$$;

-- The calendar of an address; null when it leads nowhere. In schema core, since
-- the public login reaches no other.
create or replace function core.calendar(key text)
returns text language plpgsql stable security definer
set search_path = pg_catalog, pg_temp as $$
declare
	f core.feed := core.feed_live(key);
	lang text := (select p.language from core.person p
	    where p.id = f.person_id);
begin
	if f.id is null then
		return null;
	end if;
	return e'BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Kontor//Orders//EN'
	    || e'\r\nCALSCALE:GREGORIAN\r\n'
	    || orders.ics_line('X-WR-CALNAME', orders.ics_text(concat_ws(' – ',
	        'Kontor', (select p.name from core.partner p
	        where p.id = f.partner_id))))
	    || e'REFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n'
	    || coalesce((select string_agg(orders.calendar_event(l, h, i, p.name,
	        lang), '' order by coalesce(l.expected_date,
	        l.latest_promised_date), l.id)
	        from orders.calendar_lines(f, 2000) l
	        join orders.head h on h.id = l.order_id
	        left join item.item i on i.id = l.item_id
	        left join core.partner p on p.id = l.partner_id
	            and f.portal = 'desk'), '')
	    || e'END:VCALENDAR\r\n';
end
$$;
select core.definer('core.calendar(text)',
    'reads what the person sees whose secret address is given', 'public');

-- The calendar behind a secret address, for programs that know nothing else.
--   input   key, the last part of the address
--   result  {"media_type", "filename", "size", "base64"}
--   errors  404
create or replace function api.calendar_bytes(input jsonb)
returns json language plpgsql stable as $$
declare
	bytes bytea := convert_to(core.calendar(input ->> 'key'), 'UTF8');
begin
	if bytes is null then
		perform core.fail_absent();
	end if;
	return json_build_object('media_type', 'text/calendar',
	    'filename', 'kontor.ics', 'size', length(bytes),
	    'base64', translate(encode(bytes, 'base64'), e'\n', ''));
end
$$;
select core.operation('calendar_bytes', permission => 'public',
    input => '{"key": "line"}');
