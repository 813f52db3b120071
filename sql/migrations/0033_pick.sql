-- SPDX-License-Identifier: Apache-2.0
--
-- The builder of despatch advices takes lines that were picked: its functions
-- have one more parameter. A row of a difference is told its place.

drop function if exists orders.builder_lines(orders.head, orders.despatch,
    boolean);
drop function if exists orders.builder_json(orders.head, orders.despatch,
    boolean);
drop function if exists orders.sheet_of(bigint[], text, text, text);
drop function if exists orders.place_key(jsonb);
drop function if exists exchange.difference_json(jsonb, jsonb);

insert into core.migration (number, name) values (33, 'pick')
on conflict do nothing;
