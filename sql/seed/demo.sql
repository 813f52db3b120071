-- SPDX-License-Identifier: Apache-2.0
--
-- Demo data: invented companies, their items, agreements and 300 orders, made
-- by the real rules under a set clock. The same every time but for the day;
-- loading it again changes nothing. Run in one transaction by a superuser or
-- the owner: psql -1 -f sql/seed/demo.sql

set local role kontor_owner;
set local search_path = pg_catalog;
set local client_min_messages = warning;

\ir demo_partners.sql
\ir demo_items.sql
\ir demo_orders.sql
\ir demo_changes.sql
\ir demo_holds.sql
\ir demo_blocks.sql
\ir demo_files.sql
\ir demo_news.sql
\ir demo_documents.sql
\ir demo_invoices.sql
\ir demo_cases.sql
\ir demo_returns.sql
\ir demo_shipping.sql
\ir demo_responsible.sql
\ir demo_lists.sql

-- Plans are made for what is there now.
do $$
declare
	t regclass;
begin
	for t in select c.oid from pg_class c
		where c.relkind = 'r' and c.relowner = 'kontor_owner'::regrole
	loop
		execute format('analyze %s', t);
	end loop;
end
$$;

reset role;
