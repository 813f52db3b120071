-- SPDX-License-Identifier: Apache-2.0
--
-- Sheets are documents, too; what a message changes, or would change, is kept
-- with it, line by line.

alter table exchange.document drop constraint if exists document_family_check;
alter table exchange.document add constraint document_family_check check
    (family in ('edifact', 'x12', 'ubl', 'xml', 'csv', 'xlsx', 'unknown'));
comment on column exchange.document.family is
    'edifact, x12, ubl, xml, csv, xlsx, unknown';

alter table exchange.message add column if not exists changes jsonb;
comment on column exchange.message.changes is
    'of a preview: what it would change, line by line (exchange.rehearse)';

insert into core.migration (number, name) values (18, 'sheet')
on conflict do nothing;
