-- SPDX-License-Identifier: Apache-2.0
--
-- Row security, the inner wall. The outer one is EXECUTE (finish.sql).

create or replace function core.drop_policies(rel regclass) returns void
language plpgsql as $$
declare
	p name;
begin
	for p in select polname from pg_policy where polrelid = rel loop
		execute format('drop policy %I on %s', p, rel);
	end loop;
	execute format('alter table %s enable row level security', rel);
	execute format('alter table %s force row level security', rel);
	execute format('create policy owner on %s to kontor_owner '
		|| 'using (true) with check (true)', rel);
end
$$;

-- Makes the standard policies of a table with a partner: partner portals see
-- their own rows, the desk the assigned or all, the worker those of its job's
-- partner (all in the house's own jobs), kontorctl all. Listed definers see
-- all and carry their own predicate. Grants are made apart, in access.sql.
--   col      the column that holds the partner
--   visible  further condition for partner portals, e.g. 'not internal'; without
--            one, what may be seen and what may be written is the same
--            expression, which a statement that does both then asks once
create or replace function core.isolate(rel regclass,
	col text default 'partner_id', visible text default null)
returns void
language plpgsql as $$
begin
	perform core.drop_policies(rel);
	execute format('create policy partner on %1$s to kontor_distributor, '
		|| 'kontor_supplier using (%2$I = (select core.me_partner()) %3$s) '
		|| 'with check (%2$I = (select core.me_partner()))', rel, col,
		'and ' || visible);
	execute format('create policy desk on %1$s to kontor_desk '
		|| 'using ((select core.me_sees_all()) or %2$I = any '
		|| '((select core.me_partners())::bigint[])) '
		|| 'with check ((select core.me_sees_all()) or %2$I = any '
		|| '((select core.me_partners())::bigint[]))', rel, col);
	execute format('create policy worker on %1$s to kontor_worker '
		|| 'using (%2$I = coalesce((select core.me_only()), %2$I)) '
		|| 'with check (%2$I = coalesce((select core.me_only()), %2$I))',
		rel, col);
	execute format('create policy admin on %s to kontor_admin '
		|| 'using (true) with check (true)', rel);
end
$$;

-- Shuts a table to every login: only listed definers reach it.
create or replace function core.seclude(variadic rels regclass[])
returns void
language plpgsql as $$
declare
	r regclass;
begin
	foreach r in array rels loop
		perform core.drop_policies(r);
	end loop;
end
$$;
