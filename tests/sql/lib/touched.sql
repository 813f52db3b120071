-- SPDX-License-Identifier: Apache-2.0
--
-- Pages of eight kilobytes that an answer touches, once its plans are kept.
create function pg_temp.touched(login text, op text, who text, input jsonb)
returns int language plpgsql as $$
declare
	plan jsonb;
begin
	for i in 1..3 loop
		plan := pg_temp.as_login(login, format('explain (analyze, buffers, '
			|| 'timing off, format json) select api.call(%L, '
			|| 'jsonb_build_object(''session'', %L), %L, null)', op, who,
			input));
	end loop;
	return (plan #>> '{0,Plan,Shared Hit Blocks}')::int
		+ (plan #>> '{0,Plan,Shared Read Blocks}')::int;
end
$$;
