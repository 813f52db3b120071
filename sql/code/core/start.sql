-- SPDX-License-Identifier: Apache-2.0
--
-- First file of a load: empties what the code registers, so that whatever is
-- gone from the files is gone from the database. Requests that run meanwhile
-- see the old state until the load commits.

set local search_path = pg_catalog;
set local client_min_messages = warning;

-- Functions go too, so that one whose parameters have changed can come back
-- and one that is gone stays gone. Those that defaults, triggers, policies or
-- types still need stay and are replaced in place.
do $$
declare
	f regprocedure;
begin
	for f in select p.oid from pg_proc p
		join pg_namespace n on n.oid = p.pronamespace
		where p.proowner = 'kontor_owner'::regrole
		and n.nspname not in ('public', 'crypto')
		and not exists (select from pg_depend d
			where d.refobjid = p.oid and d.classid <> 'pg_proc'::regclass
			and d.deptype in ('n', 'a'))
	loop
		begin
			execute format('drop function %s', f);
		exception when dependent_objects_still_exist then
			null;
		end;
	end loop;
end
$$;

delete from core.operation;
delete from core.list;
delete from core.role_permission;
delete from core.definer;
delete from core.mail_kind;
delete from core.machine_state;
delete from core.transition;
delete from core.job_schedule s where s.last_at = '-infinity';
