-- SPDX-License-Identifier: Apache-2.0
--
-- First file of a load: empties what the code registers, so that whatever is
-- gone from the files is gone from the database. Requests that run meanwhile
-- see the old state until the load commits.

set local search_path = pg_catalog;
set local client_min_messages = warning;

do $$
declare
	f regprocedure;
begin
	for f in select p.oid from pg_proc p
		where p.pronamespace = 'api'::regnamespace
	loop
		execute format('drop function %s', f);
	end loop;
end
$$;

delete from core.operation;
delete from core.role_permission;
delete from core.definer;
delete from core.machine_state;
delete from core.transition;
delete from core.job_schedule s where s.last_at = '-infinity';
