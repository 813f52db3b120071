-- SPDX-License-Identifier: Apache-2.0
--
-- Notices to listeners. A transaction that notifies holds a lock of the whole
-- cluster while it commits, so commits would queue for the disk one by one
-- instead of being written together: a quarter of the rate. Therefore only
-- one transaction at a time notifies; the others leave their notices in
-- core.unsent, which the next one, or the worker as it polls, sends along. A
-- notice may thus come late by the worker's poll, never before its commit.

-- Sends what others left. Returns how many.
create or replace function core.tell_unsent() returns int
language plpgsql volatile
set search_path = pg_catalog, pg_temp as $$
declare
	n int := 0;
	u record;
begin
	for u in delete from core.unsent x where x.id in (select y.id
			from core.unsent y order by y.id limit 500
			for update skip locked)
		returning x.channel, x.payload
	loop
		perform pg_notify(u.channel, u.payload);
		n := n + 1;
	end loop;
	return n;
end
$$;

-- Tells listeners of a channel, when this transaction commits or soon after.
-- To be called as late as possible: from a deferred trigger.
create or replace function core.tell(channel text, payload text)
returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp as $$
begin
	if pg_try_advisory_xact_lock(7, 1) then
		perform pg_notify(channel, payload);
		perform core.tell_unsent();
	else
		insert into core.unsent (channel, payload)
		values (channel, payload);
	end if;
end
$$;
