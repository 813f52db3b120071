-- SPDX-License-Identifier: Apache-2.0
--
-- Roles and default settings.

insert into core.role (name, portal, rank) values
	('distributor_user', 'distributor', 1),
	('distributor_admin', 'distributor', 2),
	('supplier_user', 'supplier', 1),
	('supplier_admin', 'supplier', 2),
	('agent', 'desk', 1),
	('account_manager', 'desk', 2),
	('administrator', 'desk', 3),
	('machine', 'machine', 1)
on conflict on constraint role_pkey
do update set portal = excluded.portal, rank = excluded.rank;

select core.declare_setting('session.idle_minutes', '30',
	'a session unused for so many minutes ends');
select core.declare_setting('session.admin_idle_minutes', '15',
	'the same for administrators');
select core.declare_setting('session.hours', '12',
	'a session ends after so many hours in any case');
select core.declare_setting('login.free_failures', '5',
	'failed logins before delays begin');
select core.declare_setting('login.longest_delay', '900',
	'longest delay between tries, seconds');
select core.declare_setting('login.most_failures', '100',
	'failures in a row after which only an administrator lets go on');
select core.declare_setting('undo_window', '3',
	'seconds that an outgoing document waits for Undo');
select core.declare_setting('clock.may_be_set', 'no',
	'yes: tests may set the clock of rules');
