-- SPDX-License-Identifier: Apache-2.0
--
-- Keyset paging. A list orders by a unique tuple, reads limit + 1 rows, and
-- gives the last shown row's keys to core.cursor_make; the next request brings
-- the cursor back as input member after. A cursor carries a MAC and is good
-- for the same caller and the same query only.
--
--   keys := core.cursor_read('orders_list', input);      -- null: first page
--   … where keys is null or (o.at, o.id) < ((keys ->> 0)::timestamptz, …)
--   … order by … limit core.page_limit(input) + 1
--   next := core.cursor_make('orders_list', input, jsonb_build_array(at, id));

create or replace function core.cursor_mac(op text, input jsonb, keys text)
returns text
language sql stable security definer
set search_path = pg_catalog, pg_temp as $$
	select left(encode(crypto.hmac(convert_to(concat_ws('|', op,
		core.me_subject(), input - array['after', 'limit', 'lang', 'saved',
		'columns', 'own_columns', 'dropped'], keys),
		'UTF8'), s.key, 'sha256'), 'hex'), 32)
	from core.secret s where s.purpose = 'cursor'
$$;

create or replace function core.cursor_make(op text, input jsonb, keys jsonb)
returns text
language sql stable as $$
	select translate(encode(convert_to(core.cursor_mac(op, input, keys::text)
		|| keys::text, 'UTF8'), 'base64'), E'+/=\n', '-_')
$$;

create or replace function core.cursor_read(op text, input jsonb)
returns jsonb
language plpgsql stable as $$
declare
	given text := input ->> 'after';
	plain text;
begin
	if coalesce(given, '') = '' then
		return null;
	end if;
	begin
		plain := convert_from(decode(translate(given, '-_', '+/')
			|| repeat('=', (4 - length(given) % 4) % 4), 'base64'),
			'UTF8');
	exception when others then
		plain := '';
	end;
	if left(plain, 32) is distinct from
		core.cursor_mac(op, input, substr(plain, 33)) then
		perform core.fail(400, 'cursor.invalid');
	end if;
	return substr(plain, 33)::jsonb;
end
$$;
