-- SPDX-License-Identifier: Apache-2.0
--
-- What a mail says of an event beyond its timeline.

alter table core.mail_kind add column if not exists words text;
comment on column core.mail_kind.words is
    'function(uuid, text) that says, of the event''s object and in a language, '
    'what a mail tells besides the event''s data; null: nothing';

insert into core.migration (number, name) values (41, 'mail_words')
on conflict do nothing;
