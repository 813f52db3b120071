-- SPDX-License-Identifier: Apache-2.0
--
-- Sixty items, fifteen from each supplier, with a price for each distributor.

create temp table demo_kind (n int, supplier text, en text, de text,
	sizes text[], price numeric) on commit drop;
insert into demo_kind values
	(0, 'elbe', 'Electric motor', 'Elektromotor',
		array['0.25 kW', '0.55 kW', '1.1 kW', '2.2 kW', '4 kW'], 180),
	(1, 'elbe', 'Gear unit', 'Getriebe',
		array['i=5', 'i=10', 'i=20', 'i=40', 'i=80'], 140),
	(2, 'elbe', 'Coupling', 'Kupplung',
		array['19 mm', '24 mm', '28 mm', '38 mm', '48 mm'], 38),
	(3, 'isar', 'Pressure sensor', 'Drucksensor',
		array['6 bar', '10 bar', '16 bar', '25 bar', '40 bar'], 96),
	(4, 'isar', 'Temperature probe', 'Temperaturfühler',
		array['50 mm', '100 mm', '150 mm', '200 mm', '300 mm'], 44),
	(5, 'isar', 'Flow meter', 'Durchflussmesser',
		array['DN 10', 'DN 15', 'DN 25', 'DN 40', 'DN 50'], 310),
	(6, 'neckar', 'Control cable', 'Steuerleitung',
		array['3x0.75', '5x0.75', '7x1', '12x1', '25x1'], 1.9),
	(7, 'neckar', 'Motor cable', 'Motorleitung',
		array['4x1.5', '4x2.5', '4x4', '4x6', '4x10'], 4.6),
	(8, 'neckar', 'Cable gland', 'Kabelverschraubung',
		array['M12', 'M16', 'M20', 'M25', 'M32'], 2.4),
	(9, 'severn', 'Pump', 'Pumpe',
		array['HX 8', 'HX 16', 'HX 22', 'HX 32', 'HX 45'], 480),
	(10, 'severn', 'Seal kit', 'Dichtungssatz',
		array['HX 8', 'HX 16', 'HX 22', 'HX 32', 'HX 45'], 36),
	(11, 'severn', 'Impeller', 'Laufrad',
		array['HX 8', 'HX 16', 'HX 22', 'HX 32', 'HX 45'], 88);

create temp table demo_item on commit drop as
select k.n * 5 + s.i - 1 as n, k.supplier,
	upper(left(k.supplier, 2)) || '-' || (1000 + k.n * 100 + s.i * 10)
		as number,
	'29100000' || lpad((k.n * 5 + s.i)::text, 4, '0') as gtin12,
	case when k.n in (6, 7) then 'MTR' else 'C62' end as unit,
	k.en || ' ' || s.size as name_en, k.de || ' ' || s.size as name_de,
	k.n in (0, 5, 9) as serialised, round(k.price * (1 + s.i * 0.35), 2) price
from demo_kind k, unnest(k.sizes) with ordinality s (size, i);

select item.import(jsonb_agg(jsonb_build_object('number', number, 'gtin',
	gtin12 || (10 - (select sum(substr(gtin12, i, 1)::int
		* case when i % 2 = 0 then 3 else 1 end)
		from generate_series(1, 12) i) % 10) % 10,
	'unit', unit, 'name_en', name_en, 'name_de', name_de,
	'serialised', serialised::text,
	'warranty_months', case when serialised then '24' else '12' end,
	'supplier', supplier, 'suppliers_item_id', 'S' || (70000 + n),
	'partner', supplier, 'price', round(price * 0.62, 2)::text,
	'valid_from', '2026-01-01', 'stock', case when n % 11 = 3 then '0'
		else (n * 37 % 400)::text end,
	'stock_on', case when n % 11 = 3 then (core.today() + 9)::text end)
	order by n), false)
from demo_item
where not exists (select from item.item i where i.number = 'EL-1010');

select item.import(jsonb_agg(jsonb_build_object('number', i.number,
	'partner', d.slug, 'valid_from', '2026-01-01',
	'price', round(i.price * d.factor * q.factor, 2)::text,
	'min_quantity', q.least, 'buyers_item_id',
	d.prefix || (200 + i.n))), false)
from demo_item i, (values ('nordlicht', 1.0, 'NL-'), ('donau', 1.04, 'D'),
	('tyne', 0.97, 'TY')) d (slug, factor, prefix),
	(values ('0', 1.0), ('50', 0.92)) q (least, factor)
where not exists (select from item.reference r
	where r.buyers_item_id = 'NL-200');
