-- SPDX-License-Identifier: Apache-2.0
--
-- State machines. The rows of core.transition say every legal step; the trigger
-- core.guard_state, put on a table by core.guard, refuses any other and keeps
-- the history. Rules declare their machine with core.add_state and
-- core.add_transition and move objects with core.fire.

-- Declares a state.
--   tone  neutral, info, ok, warn, bad
create or replace function core.add_state(machine text, state text, tone text,
	final boolean default false)
returns void
language sql as $$
	insert into core.machine_state
	values (machine, state, tone, (select count(*) from core.machine_state s
		where s.machine = add_state.machine), final)
$$;

-- Declares a step. state '' is creation.
--   permission  who may; 'any'; null: rules only, never by hand
create or replace function core.add_transition(machine text, state text,
	event text, next text, permission text default null)
returns void
language sql as $$
	insert into core.transition
	values (machine, state, event, next, permission,
		(select count(*) from core.transition t
		where t.machine = add_transition.machine))
$$;

-- Trigger; arguments: machine, column of the state. The table has partner_id
-- and public_id.
create or replace function core.guard_state() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$
declare
	row_new jsonb := to_jsonb(new);
	was text := '';
	is_now text := row_new ->> tg_argv[1];
	step text := nullif(current_setting('kontor.step', true), '');
	m jsonb;
begin
	if tg_op = 'UPDATE' then
		was := to_jsonb(old) ->> tg_argv[1];
		if was = is_now then
			return new;
		end if;
	end if;
	select t.event into step from core.transition t
	where t.machine = tg_argv[0] and t.state = was and t.next = is_now
	order by (t.event = step) desc nulls last, t.position limit 1;
	if not found then
		perform core.fail(409, 'state.illegal', jsonb_build_object(
			'machine', tg_argv[0], 'state', was, 'next', is_now));
	end if;
	if was <> '' then
		m := core.doing((row_new ->> 'partner_id')::bigint);
		insert into core.state_history (partner_id, machine, object_id,
			old_state, event, new_state, at, actor_name, actor_person,
			actor_client)
		values ((row_new ->> 'partner_id')::bigint, tg_argv[0],
			(row_new ->> 'public_id')::uuid, was, step, is_now,
			core.now(), coalesce(m ->> 'name', 'Kontor'),
			case when m ->> 'k' = 'person' then m ->> 'id' end::bigint,
			case when m ->> 'k' = 'client' then m ->> 'id' end::bigint);
	end if;
	return new;
end
$$;

-- Puts a table under a machine. The guard runs where the state changes, and for
-- new rows in another state than the first one declared for creation.
create or replace function core.guard(machine text, rel regclass,
	col text default 'state')
returns void
language plpgsql as $$
declare
	first text := (select t.next from core.transition t
		where t.machine = guard.machine and t.state = ''
		order by t.position limit 1);
begin
	execute format('create or replace trigger %I before update of %I on %s '
		|| 'for each row when (old.%I is distinct from new.%I) execute '
		|| 'function core.guard_state(%L, %L)', 'guard_' || col, col, rel,
		col, col, machine, col);
	execute format('create or replace trigger %I before insert on %s '
		|| 'for each row when (new.%I is distinct from %L) execute '
		|| 'function core.guard_state(%L, %L)', 'guard_new_' || col, rel,
		col, first, machine, col);
end
$$;

-- The step that an event makes from a state. Refuses: 409 state.illegal when
-- there is none, 403 when it is not the caller's.
--   by_rule  true: a rule does it, nobody's permission is asked
create or replace function core.step(machine text, state text, event text,
	by_rule boolean default false)
returns text
language plpgsql stable as $$
declare
	t core.transition;
begin
	select * into t from core.transition x where x.machine = step.machine
	and x.state = step.state and x.event = step.event;
	if not found then
		perform core.fail(409, 'state.illegal', jsonb_build_object(
			'machine', machine, 'state', state, 'event', event));
	elsif not by_rule and not (t.permission is not null
		and core.me_may(t.permission)) then
		perform core.fail(403, 'state.denied', jsonb_build_object(
			'machine', machine, 'state', state, 'event', event));
	end if;
	return t.next;
end
$$;

-- Makes an event happen to one row, which is locked first; its version, if it
-- has such a column, is the caller's to count.
--   id  key inside
-- Returns the new state. 404 when the row is absent or invisible.
create or replace function core.fire(machine text, rel regclass, id bigint,
	event text, by_rule boolean default false, col text default 'state')
returns text
language plpgsql volatile as $$
declare
	was text;
	becomes text;
begin
	execute format('select %I from %s where id = $1 for update', col, rel)
	into was using id;
	if was is null then
		perform core.fail_absent();
	end if;
	becomes := core.step(machine, was, event, by_rule);
	perform set_config('kontor.step', event, true);
	execute format('update %s set %I = $2 where id = $1', rel, col)
	using id, becomes;
	perform set_config('kontor.step', '', true);
	return becomes;
end
$$;

-- The events that the caller may make happen in this state, as a JSON array.
create or replace function core.actions(machine text, state text)
returns json
language plpgsql stable as $$
declare
	m jsonb := core.me();
begin
	return (select coalesce(json_agg(t.event order by t.position), '[]')
		from core.transition t where t.machine = actions.machine
		and t.state = actions.state and t.permission is not null
		and core.identity_may(m, t.permission));
end
$$;

-- A state with its look: {"code": …, "tone": …, "final": …}.
create or replace function core.state_json(machine text, state text)
returns json
language plpgsql stable as $$
begin
	return (select json_build_object('code', s.state, 'tone', s.tone,
			'final', s.final)
		from core.machine_state s
		where s.machine = state_json.machine
		and s.state = state_json.state);
end
$$;
