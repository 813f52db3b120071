-- SPDX-License-Identifier: Apache-2.0
--
-- A few documents as partners would hand them in; the worker reads them when
-- it starts: one good order, one with an item that nobody knows, one with a
-- wrong count, one from a sender without agreement, one in X12.

create function pg_temp.demo_receive(slug text, name text, type text,
	body text)
returns void language plpgsql as $$
begin
	perform pg_temp.demo_act_as(slug);
	perform exchange.receive(core.me_partner(),
		convert_to(replace(body, E'\n', ''), 'UTF8'),
		jsonb_build_object('filename', name, 'media_type', type));
	perform set_config('kontor.me', '', true);
end
$$;

create function pg_temp.demo_edifact(ref text, sender text, number text,
	item text, segments int)
returns text language sql as $$
	select format($d$UNA:+.? '
UNB+UNOC:3+%s:14+2900000000018:14+%s:0800+%s'
UNH+1+ORDERS:D:96A:UN'
BGM+220+%s+9'
DTM+137:%s:102'
DTM+2:%s:102'
NAD+BY+2900000000117::9'
NAD+SU+2900000000018::9'
NAD+DP+2900000000315::9'
CUX+2:EUR:9'
LIN+1++%s:EN'
QTY+21:5'
LIN+2++2910000000185:EN'
QTY+21:8'
UNS+S'
CNT+2:2'
UNT+%s+1'
UNZ+1+%s'$d$, sender, to_char(core.today(), 'YYMMDD'), ref, number,
		to_char(core.today(), 'YYYYMMDD'),
		to_char(core.today() + 12, 'YYYYMMDD'), item, segments, ref)
$$;

create function pg_temp.demo_x12()
returns text language sql as $$
	select format($d$ISA*00*          *00*          *ZZ*DONAUDEMO      *ZZ*KONTORDEMO     *%1$s*0800*U*00401*000000901*0*P*>~
GS*PO*DONAUDEMO*KONTORDEMO*20%1$s*0800*901*X*004010~
ST*850*0001~
BEG*00*SA*D-DEMO-901**20%1$s~
CUR*BY*EUR~
DTM*002*%2$s~
N1*BY**UL*2900000000124~
N1*SE**UL*2900000000018~
N1*ST**UL*2900000000322~
PO1*1*6*EA***EN*2910000000017~
PO1*2*10*EA***BP*D216~
CTT*2~
SE*11*0001~
GE*1*901~
IEA*1*000000901~$d$, to_char(core.today(), 'YYMMDD'),
		to_char(core.today() + 11, 'YYYYMMDD'))
$$;

do $$
begin
	if exists (select from exchange.document where filename like 'demo-%') then
		return;
	end if;
	perform pg_temp.demo_receive('nordlicht', 'demo-order.edi',
		'application/edifact', pg_temp.demo_edifact('901', '2900000000117',
		'N-DEMO-901', '2910000000017', 15));
	perform pg_temp.demo_receive('nordlicht', 'demo-unknown-item.edi',
		'application/edifact', pg_temp.demo_edifact('902', '2900000000117',
		'N-DEMO-902', '2919999999994', 15));
	perform pg_temp.demo_receive('nordlicht', 'demo-wrong-count.edi',
		'application/edifact', pg_temp.demo_edifact('903', '2900000000117',
		'N-DEMO-903', '2910000000017', 14));
	perform pg_temp.demo_receive('tyne', 'demo-unknown-sender.edi',
		'application/edifact', pg_temp.demo_edifact('904', '2900000000384',
		'N-DEMO-904', '2910000000017', 15));
	perform pg_temp.demo_receive('donau', 'demo-order.x12',
		'application/edi-x12', pg_temp.demo_x12());
end
$$;
