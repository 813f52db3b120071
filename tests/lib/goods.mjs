// SPDX-License-Identifier: Apache-2.0
// Despatch advices and receiving advices as partners write them, in the three
// families with the same content, and the orders that they are about.
import { Machine, sql, until } from "./kontor.mjs";
import { unique } from "./orders.mjs";

const compact = (d) => d.replaceAll("-", "");
const today = () => new Date().toISOString().slice(0, 10);

/** SSCC of these 17 digits. */
export const sscc = (digits) => digits + (10 - [...digits].reverse()
    .reduce((sum, d, i) => sum + Number(d) * (i % 2 ? 1 : 3), 0) % 10) % 10;
let packages = Date.now() % 1e9;
export const newSscc = () => sscc("32900000" + String(packages++)
    .padStart(9, "0"));

/** Items that only a supplier delivers, in pieces. */
export const itemsOf = (supplier, n) => sql(`select i.number, i.gtin,
	i.name_en as name from item.item i
    join item.source s on s.item_id = i.id and s.preferred
    join core.partner p on p.id = s.partner_id
    where p.slug = '${supplier}' and i.active and i.gtin is not null
    and i.unit = 'C62' order by i.id limit ${n}`);

export const post = async (machine, path, body) => {
	const r = await machine.fetch(path, { method: "POST",
	    headers: { "content-type": "application/json" },
	    body: JSON.stringify(body) });
	const data = await r.json();
	if (!r.ok)
		throw new Error(`${path}: ${r.status} ${JSON.stringify(data)}`);
	return data;
};

/**
 * An order of a distributor that its supplier has to answer: {sales, number,
 * bought, po, lines: [{line_id, item, quantity, sold, bought}]}.
 */
export async function askedOrder(buyer, supplier, quantities)
{
	const items = itemsOf(supplier, quantities.length);
	const number = unique("G");
	const day = new Date(Date.now() + 12 * 86400000).toISOString()
	    .slice(0, 10);
	const [place] = sql(`select a.public_id as id from core.address a
	    join core.partner p on p.id = a.partner_id
	    where p.slug = '${buyer}' and a.kind = 'ship_to' and a.active
	    order by a.preferred desc, a.id`);
	const sales = await post(new Machine(buyer), "/orders", {
		partner_number: number, requested_date: day, ship_to: place.id,
		lines: items.map((it, i) => ({ item: it.number,
		    quantity: String(quantities[i]) })) });
	const [po] = await until("the supplier's order", () => {
		const rows = sql(`select h.public_id as id, h.number
		    from orders.head h join orders.head s
		    on s.id = h.linked_order_id where s.public_id = '${sales.id}'
		    and h.submitted_at is not null`);
		return rows.length && rows;
	});
	const bought = await new Machine(supplier).json(`/orders/${po.id}`);
	return { sales: sales.id, number, bought: po.id, po: po.number,
		lines: bought.lines.map((l, i) => ({ line_id: l.line_id,
		    bought: l.id, sold: sales.lines[i].id,
		    sold_line_id: sales.lines[i].line_id, quantity: quantities[i],
		    gtin: items[i].gtin, number: items[i].number,
		    name: items[i].name })) };
}

/** The same, confirmed by its supplier. */
export async function confirmedOrder(buyer, supplier, quantities)
{
	const o = await askedOrder(buyer, supplier, quantities);
	await post(new Machine(supplier), "/order-lines/confirm",
	    { lines: o.lines.map((l) => l.bought) });
	return o;
}

const id = (x) => x.qualifier ? `${x.id}:${x.qualifier}` : x.id;
const stamp = () => compact(new Date().toISOString().slice(2, 10)) + ":" +
    new Date().toISOString().slice(11, 16).replace(":", "");

function unb(a, body)
{
	const control = unique();
	return [`UNB+UNOC:3+${id(a.theirs)}+${id(a.ours)}+${stamp()}+${control}`,
		...body, `UNT+${body.length + 1}+1`, `UNZ+1+${control}`, ""]
	    .join("'\n").trimEnd();
}

const F_EDIFACT = { original: "9", replace: "5", cancel: "1" };

function desadvLine(d, l, i)
{
	return [`LIN+${i + 1}++${l.gtin}:EN`,
		...l.lot ? [`PIA+1+${l.lot}:NB`] : [],
		`QTY+12:${l.shipped}:PCE`,
		...(l.serials ?? []).map((s) => `GIN+BN+${s}`),
		...l.expiry ? [`DTM+36:${compact(l.expiry)}:102`] : [],
		`RFF+ON:${l.order ?? d.order}:${l.line_id}`];
}

/** A DESADV. d: {number, function, order, tracking, packages, lines} */
export function desadv(a, d)
{
	let n = 0;
	const inside = (p) => d.lines.flatMap((l, i) =>
	    (l.package ?? null) === p ? desadvLine(d, l, i) : []);
	const level = new Map([[null, ++n]]);
	const levels = [`CPS+${n}`, ...inside(null)];
	for (const p of d.packages ?? []) {
		level.set(p.id, ++n);
		levels.push(`CPS+${n}+${level.get(p.parent ?? null)}`,
		    `PAC+1++${p.kind ?? "CT"}`,
		    ...p.sscc ? ["PCI+33E", `GIN+BJ+${p.sscc}`] : [],
		    ...inside(p.id));
	}
	return unb(a, [
		"UNH+1+DESADV:D:96A:UN:EAN005",
		`BGM+351+${d.number}+${F_EDIFACT[d.function ?? "original"]}`,
		`DTM+137:${compact(today())}:102`,
		`DTM+11:${compact(d.ship_date ?? today())}:102`,
		`RFF+ON:${d.order}`,
		`NAD+BY+${a.ours.id.length === 13 ? a.ours.id : "2900000000018"}::9`,
		`NAD+SU+${a.gln ?? a.theirs.id}::9`,
		`TDT+20+${d.tracking ?? "TR-1"}+++:::Fast Cargo`,
		...levels, `CNT+2:${d.lines.length}`,
	]);
}

const F_X12 = { original: "00", replace: "05", cancel: "01" };
let controls = Date.now() % 1e8;

/** An 856. */
export function ship856(a, d)
{
	const date = compact(today()), time = "0900";
	let n = 2;
	const body = [
		"ST*856*0001",
		`BSN*${F_X12[d.function ?? "original"]}*${d.number}*${date}*${time}`
		    + `*${d.packages?.length ? "0001" : "0004"}`,
		`DTM*011*${compact(d.ship_date ?? today())}`,
		"HL*1**S", "TD5**2*FAST**Fast Cargo",
		`REF*CN*${d.tracking ?? "TR-1"}`,
		`N1*SE**UL*${a.gln}`, "HL*2*1*O", `PRF*${d.order}`,
	];
	const lines = (p, up) => d.lines.filter((l) => (l.package ?? null) === p)
	    .forEach((l) => {
		body.push(`HL*${++n}*${up}*I`, `LIN*${l.line_id}*EN*${l.gtin}`
		    + (l.lot ? `*LT*${l.lot}` : ""), `SN1**${l.shipped}*EA`);
		for (const s of l.serials ?? [])
			body.push(`REF*SE*${s}`);
		if (l.expiry)
			body.push(`DTM*036*${compact(l.expiry)}`);
	});
	const level = new Map([[null, 2]]);
	lines(null, 2);
	for (const p of d.packages ?? []) {
		const holds = (d.packages ?? []).some((x) => x.parent === p.id);
		body.push(`HL*${++n}*${level.get(p.parent ?? null)}*` +
		    (holds ? "T" : "P"));
		level.set(p.id, n);
		if (p.sscc)
			body.push(`MAN*GM*${p.sscc}`);
		lines(p.id, n);
	}
	body.push(`CTT*${n}`);
	return interchange(a, "SH", body);
}

/** A transaction set in its envelope. */
function interchange(a, group, body)
{
	const pad = (s, n) => String(s).padEnd(n);
	const control = String(5e8 + controls++).padStart(9, "0");
	const date = compact(today()), time = "0900";
	return [
		`ISA*00*${pad("", 10)}*00*${pad("", 10)}*ZZ*${pad(a.theirs.id, 15)}`
		    + `*ZZ*${pad(a.ours.id, 15)}*${date.slice(2)}*${time}*U*00401*`
		    + `${control}*0*P*>`,
		`GS*${group}*${a.theirs.id}*${a.ours.id}*${date}*${time}*`
		    + `${Number(control)}*X*004010`,
		...body, `SE*${body.length + 1}*0001`, `GE*1*${Number(control)}`,
		`IEA*1*${control}`, ""].join("~\n");
}

/** An 861. r as for recadv. */
export const receive861 = (a, r) => interchange(a, "RC", ["ST*861*0001",
	`BRA*${r.number}*${compact(today())}*00*2`, `REF*SI*${r.despatch}`,
	`DTM*050*${compact(today())}`, `PRF*${r.order}`,
	...r.lines.flatMap((l, i) => [`RCD*${i + 1}*${l.received}*EA` +
	    (l.rejected ? `***${l.rejected}*EA*${l.condition ?? "08"}` : ""),
	    `LIN*${l.line_id}*EN*${l.gtin}`]), `CTT*${r.lines.length}`]);

const UBL = "urn:oasis:names:specification:ubl:schema:xsd:";
const party = (tag, gln) => `<cac:${tag}><cac:Party><cac:PartyIdentification>`
    + `<cbc:ID schemeID="0088">${gln}</cbc:ID></cac:PartyIdentification>`
    + `</cac:Party></cac:${tag}>`;
const root = (name, body) => `<?xml version="1.0" encoding="UTF-8"?>
<${name} xmlns="${UBL}${name}-2"
 xmlns:cac="${UBL}CommonAggregateComponents-2"
 xmlns:cbc="${UBL}CommonBasicComponents-2">
${body}
</${name}>
`;
const reference = (order, line) => `<cac:OrderLineReference><cbc:LineID>${line
    }</cbc:LineID><cac:OrderReference><cbc:ID>${order}</cbc:ID>`
    + "</cac:OrderReference></cac:OrderLineReference>";
const item = (l, more = "") => "<cac:Item><cbc:Name>x</cbc:Name>"
    + "<cac:StandardItemIdentification>"
    + `<cbc:ID schemeID="0160">${l.gtin}</cbc:ID>`
    + `</cac:StandardItemIdentification>${more}</cac:Item>`;
const instances = (l) => (l.serials ?? [""]).map((s) => s || l.lot
	? `<cac:ItemInstance>${s && `<cbc:SerialID>${s}</cbc:SerialID>`}`
	  + (l.lot ? `<cac:LotIdentification><cbc:LotNumberID>${l.lot
	  }</cbc:LotNumberID>${l.expiry ? `<cbc:ExpiryDate>${l.expiry
	  }</cbc:ExpiryDate>` : ""}</cac:LotIdentification>` : "")
	  + "</cac:ItemInstance>" : "").join("");

/** A UBL DespatchAdvice; a package in another is a ContainedPackage. */
export function despatchAdvice(a, d)
{
	const unit = (p, tag) => `<cac:${tag}><cbc:ID>${p.id}</cbc:ID>`
	    + (p.sscc ? `<cbc:TraceID>${p.sscc}</cbc:TraceID>` : "")
	    + d.packages.filter((x) => x.parent === p.id).map((x) =>
	    unit(x, tag === "TransportHandlingUnit" ? "ActualPackage"
		: "ContainedPackage")).join("") + `</cac:${tag}>`;
	return root("DespatchAdvice", `<cbc:UBLVersionID>2.1</cbc:UBLVersionID>
<cbc:ID>${d.number}</cbc:ID><cbc:IssueDate>${today()}</cbc:IssueDate>
<cac:OrderReference><cbc:ID>${d.order}</cbc:ID></cac:OrderReference>
${party("DespatchSupplierParty", a.gln)}
${party("DeliveryCustomerParty", "2900000000315")}
${party("BuyerCustomerParty", a.ours.id)}
${party("SellerSupplierParty", a.gln)}
<cac:Shipment><cbc:ID>1</cbc:ID><cac:ShipmentStage><cac:CarrierParty>
<cac:PartyName><cbc:Name>Fast Cargo</cbc:Name></cac:PartyName>
</cac:CarrierParty></cac:ShipmentStage>
<cac:Delivery><cbc:TrackingID>${d.tracking ?? "TR-1"}</cbc:TrackingID>
<cac:Despatch><cbc:ActualDespatchDate>${d.ship_date ?? today()
}</cbc:ActualDespatchDate></cac:Despatch></cac:Delivery>
${(d.packages ?? []).filter((p) => !p.parent)
	    .map((p) => unit(p, "TransportHandlingUnit")).join("\n")}
</cac:Shipment>
${d.lines.map((l, i) => `<cac:DespatchLine><cbc:ID>${i + 1}</cbc:ID>
<cbc:DeliveredQuantity unitCode="C62">${l.shipped}</cbc:DeliveredQuantity>
${reference(l.order ?? d.order, l.line_id)}${item(l, instances(l))}
${l.package ? `<cac:Shipment><cbc:ID>1</cbc:ID><cac:TransportHandlingUnit>`
    + `<cbc:ID>${l.package}</cbc:ID></cac:TransportHandlingUnit>`
    + "</cac:Shipment>" : ""}</cac:DespatchLine>`).join("\n")}`);
}

/** A RECADV. r: {number, despatch, order, lines: [{line_id, gtin, received,
 * rejected}]} */
export const recadv = (a, r) => unb(a, [
	"UNH+1+RECADV:D:96A:UN:EAN005", `BGM+632+${r.number}+9`,
	`DTM+137:${compact(today())}:102`, `DTM+50:${compact(today())}:102`,
	`RFF+AAK:${r.despatch}`, `RFF+ON:${r.order}`,
	`NAD+BY+${a.gln}::9`, `NAD+SU+${a.ours.id}::9`, "CPS+1",
	...r.lines.flatMap((l, i) => [`LIN+${i + 1}++${l.gtin}:EN`,
	    `QTY+48:${l.received}:PCE`,
	    ...l.rejected ? [`QTY+195:${l.rejected}:PCE`] : [],
	    `RFF+ON:${r.order}:${l.line_id}`]),
	`CNT+2:${r.lines.length}`]);

/** A UBL ReceiptAdvice. */
export const receiptAdvice = (a, r) => root("ReceiptAdvice",
    `<cbc:UBLVersionID>2.1</cbc:UBLVersionID>
<cbc:ID>${r.number}</cbc:ID><cbc:IssueDate>${today()}</cbc:IssueDate>
<cac:OrderReference><cbc:ID>${r.order}</cbc:ID></cac:OrderReference>
<cac:DespatchDocumentReference><cbc:ID>${r.despatch}</cbc:ID>
</cac:DespatchDocumentReference>
${party("DeliveryCustomerParty", a.gln)}
${party("DespatchSupplierParty", a.ours.id)}
${party("BuyerCustomerParty", a.gln)}
${party("SellerSupplierParty", a.ours.id)}
${r.lines.map((l, i) => `<cac:ReceiptLine><cbc:ID>${i + 1}</cbc:ID>
<cbc:ReceivedQuantity unitCode="C62">${l.received}</cbc:ReceivedQuantity>
${l.rejected ? `<cbc:RejectedQuantity unitCode="C62">${l.rejected
}</cbc:RejectedQuantity>` : ""}${l.reason ? `<cbc:RejectReasonCode>${l.reason
}</cbc:RejectReasonCode>` : ""}${reference(r.order, l.line_id)}${item(l)}
</cac:ReceiptLine>`).join("\n")}`);

export const despatch = { edifact: desadv, x12: ship856,
	ubl: despatchAdvice };
export const receipt = { edifact: recadv, x12: receive861,
	ubl: receiptAdvice };

/** Hands a document in; answers it when it has been read. */
export async function handIn(machine, bytes, type)
{
	const sent = await machine.send(bytes, type);
	if (sent.status !== 202)
		throw new Error(await sent.text());
	const { id } = await sent.json();
	return until("the document is read", async () => {
		const d = await machine.json(`/documents/${id}`);
		return d.state !== "received" && d.state !== "checked" && d;
	}, 15000);
}
