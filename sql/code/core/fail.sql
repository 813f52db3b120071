-- SPDX-License-Identifier: Apache-2.0
--
-- Refusals. Every one carries an HTTP status, a stable code that is translated
-- by the text key error.<code>, and JSON detail. Raising rolls back; a refusal
-- that must be remembered is a result, not an error.

-- Refuses the request.
--   status   400..503
--   code     stable, e.g. orders.line.unknown_item
--   args     values for the sentence
--   errors   [{pointer, code, args}], one per wrong field (core.wrong)
--   current  what the caller should have known, e.g. the current version
create or replace function core.fail(status int, code text,
	args jsonb default null, errors jsonb default null,
	current jsonb default null)
returns void
language plpgsql immutable as $$
begin
	raise exception using errcode = 'PT' || status, message = code,
		detail = jsonb_strip_nulls(jsonb_build_object('args', args,
			'errors', errors, 'current', current))::text;
end
$$;

-- One wrong field, to be collected in an array for core.fail(422, …).
create or replace function core.wrong(pointer text, code text,
	args jsonb default '{}')
returns jsonb
language sql stable as $$
	select jsonb_build_object('pointer', pointer, 'code', code, 'args', args)
$$;

-- Ends a check: refuses with all wrong fields collected, if there are any.
create or replace function core.fail_if_wrong(errors jsonb)
returns void
language plpgsql immutable as $$
begin
	if jsonb_array_length(coalesce(errors, '[]')) > 0 then
		perform core.fail(422, 'input.invalid', null, errors);
	end if;
end
$$;

-- Refuses as if the object did not exist: for missing and foreign ones alike.
create or replace function core.fail_absent()
returns void
language plpgsql immutable as $$
begin
	perform core.fail(404, 'absent');
end
$$;

-- Compares the version that the caller saw with the actual one.
--   input  its member version (If-Match arrives there too)
create or replace function core.check_version(actual bigint, input jsonb)
returns void
language plpgsql immutable as $$
begin
	if coalesce(input ->> 'version', '') = '' then
		perform core.fail(428, 'version.required', null, null,
			jsonb_build_object('version', actual));
	elsif input ->> 'version' <> actual::text then
		perform core.fail(412, 'version.stale', null, null,
			jsonb_build_object('version', actual));
	end if;
end
$$;
