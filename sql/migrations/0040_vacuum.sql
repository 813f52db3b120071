-- SPDX-License-Identifier: Apache-2.0
--
-- A fortieth of a million orders is what moves, each a dozen times. By the
-- usual fifth of a table, what is dead in the indexes of what moves would
-- outnumber it several times before it is swept.

do $$
declare
	t regclass;
begin
	foreach t in array array['orders.head', 'orders.line', 'orders.despatch',
	    'exchange.document']::regclass[]
	loop
		execute format('alter table %s set (autovacuum_vacuum_scale_factor '
		    || '= 0.05, autovacuum_analyze_scale_factor = 0.05, '
		    || 'autovacuum_vacuum_insert_scale_factor = 0.05)', t);
	end loop;
end
$$;

insert into core.migration (number, name) values (40, 'vacuum')
on conflict do nothing;
