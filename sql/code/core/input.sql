-- SPDX-License-Identifier: Apache-2.0
--
-- Shapes of inputs. A shape is an object: member → type, where a type is
-- "text", "line" (text without line breaks), "decimal", "int", "date", "uuid",
-- "bool", "json" (anything), a nested object, or an array of one type; a "?"
-- behind the name of a type, or behind the member of a nested one, makes it
-- optional. The members of paths, version and lang need not be named.
--   {"state": "text?", "lines": [{"item": "line", "quantity": "decimal"}]}

create or replace function core.check_scalar(type text, value jsonb,
	pointer text)
returns jsonb
language plpgsql immutable as $$
declare
	given text := value #>> '{}';
	fits boolean;
begin
	if type = 'json' then
		return '[]';
	elsif coalesce(given, '') = '' then
		return case when right(type, 1) = '?' then '[]'
			else jsonb_build_array(core.wrong(pointer, 'value.required'))
			end;
	end if;
	type := rtrim(type, '?');
	fits := case when jsonb_typeof(value) in ('object', 'array')
			then type = 'json'
		else case type when 'text' then true
		when 'line' then given !~ '[\n\r]' and length(given) <= 500
		when 'decimal' then core.try_decimal(given) is not null
		when 'int' then given ~ '^-?[0-9]{1,9}$'
		when 'date' then core.try_date(given) is not null
		when 'uuid' then core.try_uuid(given) is not null
		when 'bool' then given in ('true', 'false', 'on', 'off', '1', '0')
		when 'json' then true else false end end;
	return case when fits then '[]'
		else jsonb_build_array(core.wrong(pointer, 'value.' || type)) end;
end
$$;

create or replace function core.check_value(shape jsonb, value jsonb,
	pointer text)
returns jsonb
language plpgsql immutable as $$
declare
	wrong jsonb := '[]';
	i int;
begin
	case jsonb_typeof(shape)
	when 'string' then
		return core.check_scalar(shape #>> '{}', value, pointer);
	when 'array' then
		if jsonb_typeof(value) is distinct from 'array' then
			return jsonb_build_array(core.wrong(pointer, 'value.list'));
		end if;
		for i in 0 .. jsonb_array_length(value) - 1 loop
			wrong := wrong || core.check_value(shape -> 0, value -> i,
				pointer || '/' || i);
		end loop;
	else
		if jsonb_typeof(value) is distinct from 'object' then
			return jsonb_build_array(core.wrong(pointer, 'value.object'));
		end if;
		wrong := core.check_members(shape, value, pointer);
	end case;
	return wrong;
end
$$;

create or replace function core.check_members(shape jsonb, value jsonb,
	pointer text)
returns jsonb
language plpgsql immutable as $$
declare
	wrong jsonb := '[]';
	member text;
	plain text;
	type jsonb;
begin
	for member, type in select * from jsonb_each(shape) loop
		plain := rtrim(member, '?');
		if value -> plain is not null or plain = member
			and not (jsonb_typeof(type) = 'string'
				and type #>> '{}' like '%?') then
			wrong := wrong || core.check_value(type, value -> plain,
				pointer || '/' || plain);
		end if;
	end loop;
	for member in select * from jsonb_object_keys(value) loop
		if not shape ?| array[member, member || '?'] then
			wrong := wrong || core.wrong(pointer || '/'
				|| replace(replace(member, '~', '~0'), '/', '~1'),
				'member.unknown');
		end if;
	end loop;
	return wrong;
end
$$;

-- Refuses an input that does not fit the shape, naming every wrong member:
-- 400 for reads (query members), 422 for writes.
create or replace function core.check_input(shape jsonb, input jsonb,
	writes boolean)
returns void
language plpgsql immutable as $$
declare
	wrong jsonb := core.check_members(shape || '{"version": "int?",
		"lang": "line?"}', input, '');
begin
	if wrong <> '[]' then
		perform core.fail(case when writes then 422 else 400 end,
			'input.invalid', null, wrong);
	end if;
end
$$;
