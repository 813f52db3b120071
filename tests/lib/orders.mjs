// SPDX-License-Identifier: Apache-2.0
// Orders as documents, made for the demo partners' agreements: EDIFACT, X12
// and UBL with the same content, each with its own numbers.
import { sql } from "./kontor.mjs";

let count = 0;
const base = Date.now() % 1e9;

/** A control reference or order number that no earlier run used. */
export const unique = (prefix = "") =>
    `${prefix}${(base * 1000 + count++).toString(36).toUpperCase()}`;

/** The agreement of a family that a demo partner has: who is who. */
export function agreement(slug, family)
{
	const [a] = sql(`select a.ours, a.theirs, a.public_id as id,
		(select i.value from core.partner_identifier i
		 where i.partner_id = a.partner_id and i.kind = 'gln') as gln
	    from exchange.agreement a
	    join core.partner p on p.id = a.partner_id
	    where p.slug = '${slug}' and a.family = '${family}'
	    and a.valid_until is null limit 1`);
	if (!a)
		throw new Error(`${slug} has no agreement for ${family}`);
	return a;
}

/** n items that some supplier delivers, at the prices of a distributor. */
export const items = (n, slug = "nordlicht") => sql(`select i.number, i.gtin,
	i.name_en as name, (select trim_scale(r.amount)::text from item.price r
	 join core.partner p on p.id = r.partner_id
	 where r.item_id = i.id and p.slug = '${slug}'
	 order by r.min_quantity limit 1) as price
    from item.item i join item.source s on s.item_id = i.id
    where i.active and i.gtin is not null and i.unit = 'C62'
    and exists (select from item.price r join core.partner p
	on p.id = r.partner_id where r.item_id = i.id and p.slug = '${slug}')
    group by i.id order by i.id limit ${n}`);

const day = (ahead) => new Date(Date.now() + ahead * 86400000)
    .toISOString().slice(0, 10);
const compact = (d) => d.replaceAll("-", "");

/** An order's content with fresh numbers. */
export function order(lines, overrides = {})
{
	return { number: unique("PO"), control: unique(), issued: day(0),
	    wanted: day(14), currency: "EUR", house_gln: null, ...overrides,
	    lines: lines.map((l, i) => ({ quantity: i + 1, price: "12.50",
	        ...l })) };
}

export function edifact(a, o)
{
	const party = (code, gln) => `NAD+${code}+${gln}::9`;
	const body = [
		`UNH+1+ORDERS:D:96A:UN:EAN008`,
		`BGM+220+${o.number}+9`,
		`DTM+137:${compact(o.issued)}:102`,
		`DTM+2:${compact(o.wanted)}:102`,
		party("BY", o.buyer_gln ?? a.gln ?? a.theirs.id),
		party("SU", o.house_gln ?? a.ours.id),
		`CUX+2:${o.currency}:9`,
		...o.lines.flatMap((l, i) => [
			`LIN+${i + 1}++${l.gtin}:EN`,
			`PIA+1+${l.number}:SA`,
			`QTY+21:${l.quantity}:PCE`,
			`PRI+AAA:${l.price}`,
		]),
		`UNS+S`,
		`CNT+2:${o.lines.length}`,
	];
	return interchange(a, o, body);
}

/** The body of one EDIFACT message, UNH first, in its envelope. */
export function interchange(a, o, body)
{
	const id = (x) => x.qualifier ? `${x.id}:${x.qualifier}` : x.id;
	const now = new Date().toISOString();
	const stamp = compact(now.slice(2, 10)) + ":" +
	    now.slice(11, 16).replace(":", "");
	return ["UNA:+.? ",
		`UNB+UNOC:3+${id(a.theirs)}+${id(a.ours)}+${stamp}+${o.control}`,
		...body, `UNT+${body.length + 1}+1`, `UNZ+1+${o.control}`,
	].join("'").replace("UNA:+.? '", "UNA:+.? '\n")
	    .replaceAll("'UN", "'\nUN") + "'";
}

/** The cancellation of an order, by ORDCHG. */
export function ordchg(a, o, change = {})
{
	return interchange(a, { control: unique() }, [
		`UNH+1+ORDCHG:D:96A:UN:EAN008`,
		`BGM+230+${change.number ?? unique("CH")}+${change.code ?? "1"}`,
		`DTM+137:${compact(o.issued)}:102`,
		`RFF+ON:${o.number}`,
		`NAD+BY+${a.gln ?? a.theirs.id}::9`,
		`NAD+SU+${a.ours.id}::9`,
		...change.lines ?? [],
		`UNS+S`,
	]);
}

export function x12(a, o)
{
	const pad = (s, n) => String(s).padEnd(n);
	const q = (x) => x.qualifier ?? "ZZ";
	const now = new Date().toISOString();
	const date = compact(now.slice(0, 10));
	const time = now.slice(11, 16).replace(":", "");
	const control = String(o.control9 ??
	    (base + count++) % 1e9).padStart(9, "0");
	o.control = control;
	const body = [
		`ST*850*0001`,
		`BEG*00*SA*${o.number}**${compact(o.issued)}`,
		`CUR*BY*${o.currency}`,
		`DTM*002*${compact(o.wanted)}`,
		`N1*BY**UL*${o.buyer_gln ?? a.gln ?? a.theirs.id}`,
		...o.lines.map((l, i) =>
		    `PO1*${i + 1}*${l.quantity}*EA*${l.price}**VN*${l.number}*EN*${l.gtin}`),
		`CTT*${o.lines.length}`,
	];
	return [
		`ISA*00*${pad("", 10)}*00*${pad("", 10)}*${pad(q(a.theirs), 2)}*` +
		    `${pad(a.theirs.id, 15)}*${pad(q(a.ours), 2)}*` +
		    `${pad(a.ours.id, 15)}*${date.slice(2)}*${time}*U*00401*` +
		    `${control}*0*P*>`,
		`GS*PO*${a.theirs.id}*${a.ours.id}*${date}*${time}*` +
		    `${Number(control)}*X*004010`,
		...body, `SE*${body.length + 1}*0001`,
		`GE*1*${Number(control)}`, `IEA*1*${control}`, "",
	].join("~\n");
}

export function ubl(a, o)
{
	const party = (tag, gln) => `  <cac:${tag}><cac:Party>
    <cbc:EndpointID schemeID="0088">${gln}</cbc:EndpointID>
    <cac:PartyIdentification><cbc:ID schemeID="0088">${gln}</cbc:ID></cac:PartyIdentification>
  </cac:Party></cac:${tag}>`;
	const lines = o.lines.map((l, i) => `  <cac:OrderLine><cac:LineItem>
    <cbc:ID>${i + 1}</cbc:ID>
    <cbc:Quantity unitCode="C62">${l.quantity}</cbc:Quantity>
    <cac:Price><cbc:PriceAmount currencyID="${o.currency}">${l.price}</cbc:PriceAmount></cac:Price>
    <cac:Item><cbc:Name>${l.name.replace(/[<&]/g, "")}</cbc:Name>
      <cac:SellersItemIdentification><cbc:ID>${l.number}</cbc:ID></cac:SellersItemIdentification>
      <cac:StandardItemIdentification><cbc:ID schemeID="0160">${l.gtin}</cbc:ID></cac:StandardItemIdentification>
    </cac:Item>
  </cac:LineItem></cac:OrderLine>`).join("\n");
	return `<?xml version="1.0" encoding="UTF-8"?>
<Order xmlns="urn:oasis:names:specification:ubl:schema:xsd:Order-2"
 xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
 xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
  <cbc:UBLVersionID>2.1</cbc:UBLVersionID>
  <cbc:ID>${o.number}</cbc:ID>
  <cbc:IssueDate>${o.issued}</cbc:IssueDate>
  <cbc:OrderTypeCode>220</cbc:OrderTypeCode>
  <cbc:DocumentCurrencyCode>${o.currency}</cbc:DocumentCurrencyCode>
${party("BuyerCustomerParty", o.buyer_gln ?? a.gln ?? a.theirs.id)}
${party("SellerSupplierParty", o.house_gln ?? a.ours.id)}
  <cac:Delivery><cac:RequestedDeliveryPeriod><cbc:StartDate>${o.wanted}</cbc:StartDate><cbc:EndDate>${o.wanted}</cbc:EndDate></cac:RequestedDeliveryPeriod></cac:Delivery>
${lines}
</Order>
`;
}

export const TYPES = { edifact: "application/edifact",
	x12: "application/edi-x12", ubl: "application/xml" };
export const write = { edifact, x12, ubl };
