-- SPDX-License-Identifier: Apache-2.0
--
-- A file of an order belongs to the order's partner, also in its keys; names
-- of stored files end as files of their type do.

alter table orders.attachment drop constraint if exists attachment_order_fk;
alter table orders.attachment add constraint attachment_order_fk
    foreign key (partner_id, order_id)
    references orders.head (partner_id, id);
drop index if exists orders.attachment_once_key;
create unique index attachment_once_key
    on orders.attachment (partner_id, order_id, sha256, visibility)
    where withdrawn_at is null;

do $$
declare
	t regclass;
begin
	foreach t in array array['orders.attachment',
	    'cases.attachment']::regclass[]
	loop
		execute format($f$
		update %s a set filename = left(coalesce(nullif(rtrim(
		    regexp_replace(a.filename, '\.[[:alpha:]]{2,5}$', ''), '. '),
		    ''), 'file'), 94) || '.' || e.usual
		from (values ('image/jpeg', 'jpe?g', 'jpg'), ('image/png', 'png', 'png'),
		    ('image/gif', 'gif', 'gif'), ('image/webp', 'webp', 'webp'),
		    ('application/pdf', 'pdf', 'pdf')) e (kind, ends, usual)
		where e.kind = a.media_type
		and a.filename !~* ('[^.]\.' || e.ends || '$')$f$, t);
	end loop;
end
$$;

drop function if exists orders.file_mine(orders.attachment);
drop function if exists orders.file_actions(orders.attachment, boolean,
    boolean);
drop function if exists orders.file_shares(orders.attachment);
drop function if exists core.file_name(text);

insert into core.migration (number, name) values (42, 'files')
on conflict do nothing;
