-- SPDX-License-Identifier: Apache-2.0
--
-- A million documents: what the lists and the matching of acknowledgements ask
-- for without reading all of them.

create index if not exists document_attention_idx on exchange.document
    (partner_id, received_at desc, id desc)
    where state in ('quarantined', 'rejected', 'failed', 'preview');
create index if not exists document_way_idx on exchange.document
    (partner_id, direction);
create index if not exists document_sent_reference_idx on exchange.document
    (partner_id, reference) where direction = 'out';

-- The answer is the same partner's, whatever the code says.
do $$
begin
	alter table exchange.level drop constraint if exists level_answer_fk;
	alter table exchange.level add constraint level_answer_fk
	    foreign key (partner_id, answer_id)
	    references exchange.document (partner_id, id);
end
$$;

insert into core.migration (number, name) values (14, 'large')
on conflict do nothing;
