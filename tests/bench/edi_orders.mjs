// SPDX-License-Identifier: Apache-2.0
// The same orders as EDIFACT, X12 and UBL, as many as wanted, in pieces:
// the files that reading is measured with.
const GOODS = ["Hex bolt M8x40 A2-70", "O'Ring 24x3 NBR 70", "Cable gland M20: IP68",
    "Hydraulic hose 1/2\" 2SN + fittings", "Gear oil ISO VG 220, 20 l",
    "Pneumatic valve 5/2 G1/4", "Safety relay 24V DC", "Drive belt SPB 2000"];
const PLACES = [["Nordwind Handel GmbH", "Hafenstrasse 7", "Hamburg", "20457", "DE"],
    ["Atelier Dubois & Fils", "Rue de la Gare 48", "Lyon", "69002", "FR"],
    ["O'Brien Hydraulics Ltd", "High Street 112", "Leeds", "LS1 4AP", "GB"],
    ["Officine Rossi S.p.A.", "Via Roma 9", "Torino", "10121", "IT"]];
const LINES = 10;

const digit = (s) => String((10 - [...s].reduce((sum, c, i) =>
    sum + Number(c) * (i % 2 ? 3 : 1), 0) % 10) % 10);
const gs1 = (s) => s + digit(s);
const money = (cents) => (cents / 100).toFixed(2);
const day = (n, mark) => new Date(Date.UTC(2026, 0, 5 + n)).toISOString()
    .slice(0, 10).replaceAll("-", mark);

/** Numbers that look like chance and are the same every time. */
function order(n, count = LINES)
{
	let seed = n * 2654435761 % 4294967296;
	const any = (to) => {
		seed = (seed * 1664525 + 1013904223) % 4294967296;
		return Math.floor(seed / 4294967296 * to);
	};
	const party = (role) => ({ role, gln: gs1(`2900000${String(any(99999))
	    .padStart(5, "0")}`), place: PLACES[any(4)] });
	const lines = Array.from({ length: count }, (_, i) => {
		const item = any(90000);
		return { i: i + 1, gtin: gs1(`29${String(item).padStart(10, "0")}`),
		    item, text: GOODS[item % 8], quantity: 1 + any(240),
		    price: 45 + any(49000), due: n % 240 + 3 + any(9) };
	});
	return { number: `PO${String(n).padStart(9, "0")}`, day: n % 240,
	    parties: ["BY", "SU", "DP", "IV"].map(party), lines,
	    total: lines.reduce((s, l) => s + l.quantity * l.price, 0) };
}

const quote = (s) => s.replace(/[?':+]/g, "?$&");

function edifact(n)
{
	const o = order(n);
	const s = [`UNH+${n}+ORDERS:D:96A:UN:EAN008`, `BGM+220+${o.number}+9`,
	    `DTM+137:${day(o.day, "")}:102`, `DTM+2:${day(o.day + 5, "")}:102`,
	    "FTX+DEL+++Gate 4 between 7 and 15 h", `RFF+CT:C${n}`,
	    "DTM+171:20260101:102"];
	for (const { role, gln, place: [name, street, city, code, country] }
	    of o.parties)
		s.push(`NAD+${role}+${gln}::9++${quote(name)}+${street}+${city}` +
		    `++${code}+${country}`);
	s.push("TAX+7+VAT+++:::19+S", "CUX+2:EUR:9", "PAT+1++5:3:D:30",
	    "TOD+3++DAP");
	for (const l of o.lines)
		s.push(`LIN+${l.i}++${l.gtin}:EN`,
		    `PIA+1+S${l.item}/${l.i}:SA+B-${l.item}:IN`,
		    `IMD+F++:::${quote(l.text)}`, `QTY+21:${l.quantity}:PCE`,
		    `DTM+2:${day(l.due, "")}:102`,
		    `MOA+203:${money(l.price * l.quantity)}`,
		    `PRI+AAA:${money(l.price)}::NTP:1:PCE`);
	s.push("UNS+S", `MOA+86:${money(o.total)}`, `CNT+2:${LINES}`);
	s.push(`UNT+${s.length + 1}+${n}`);
	return s.map((x) => `${x}'`).join("");
}

function x12(n)
{
	const o = order(n), ref = String(n).padStart(4, "0");
	const role = { DP: "ST", IV: "BT" };
	const s = [`ST*850*${ref}`,
	    `BEG*00*SA*${o.number}**${day(o.day, "")}*C${n}`, "CUR*BY*EUR",
	    "ITD*01*3*****30", `DTM*002*${day(o.day + 5, "")}`, "N9*L1*DEL",
	    "MSG*Gate 4 between 7 and 15 h"];
	for (const p of o.parties)
		s.push(`N1*${role[p.role] ?? p.role}*${p.place[0]}*UL*${p.gln}`,
		    `N3*${p.place[1]}`, `N4*${p.place[2]}**${p.place[3]}*${p.place[4]}`);
	for (const l of o.lines)
		s.push(`PO1*${l.i}*${l.quantity}*EA*${money(l.price)}*NT*EN*` +
		    `${l.gtin}*BP*B-${l.item}*VP*S${l.item}/${l.i}`,
		    `PID*F****${l.text}`, `DTM*002*${day(l.due, "")}`,
		    `AMT*1*${money(l.price * l.quantity)}`);
	s.push(`CTT*${LINES}`, `AMT*TT*${money(o.total)}`);
	s.push(`SE*${s.length + 1}*${ref}`);
	return s.map((x) => `${x}~`).join("");
}

const tag = (name, text, attributes = "") =>
    `<cbc:${name}${attributes}>${text.replaceAll("&", "&amp;")}</cbc:${name}>`;
const party = (role, { gln, place: [name, street, city, code, country] }) =>
    `<cac:${role}><cac:Party>${tag("EndpointID", gln, ' schemeID="0088"')}` +
    `<cac:PartyName>${tag("Name", name)}</cac:PartyName><cac:PostalAddress>` +
    tag("StreetName", street) + tag("CityName", city) + tag("PostalZone", code) +
    `<cac:Country>${tag("IdentificationCode", country)}</cac:Country>` +
    `</cac:PostalAddress></cac:Party></cac:${role}>`;
const NAMES = "urn:oasis:names:specification:ubl:schema:xsd:";

export function ubl(n, lines)
{
	const o = order(n, lines), eur = ' currencyID="EUR"', unit = ' unitCode="C62"';
	return `<?xml version="1.0" encoding="UTF-8"?>\n<Order xmlns="${NAMES}` +
	    `Order-2" xmlns:cac="${NAMES}CommonAggregateComponents-2" xmlns:cbc="` +
	    `${NAMES}CommonBasicComponents-2">` + tag("UBLVersionID", "2.1") +
	    tag("ID", o.number) + tag("IssueDate", day(o.day, "-")) +
	    tag("OrderTypeCode", "220") + tag("Note", "Gate 4") +
	    tag("DocumentCurrencyCode", "EUR") +
	    party("BuyerCustomerParty", o.parties[0]) +
	    party("SellerSupplierParty", o.parties[1]) +
	    party("AccountingCustomerParty", o.parties[3]) +
	    "<cac:AnticipatedMonetaryTotal>" +
	    tag("LineExtensionAmount", money(o.total), eur) +
	    tag("PayableAmount", money(o.total), eur) +
	    "</cac:AnticipatedMonetaryTotal>" + o.lines.map((l) =>
		`<cac:OrderLine><cac:LineItem>${tag("ID", String(l.i))}` +
		tag("Quantity", String(l.quantity), unit) +
		tag("LineExtensionAmount", money(l.price * l.quantity), eur) +
		`<cac:Price>${tag("PriceAmount", money(l.price), eur)}` +
		tag("BaseQuantity", "1", unit) +
		`</cac:Price><cac:Item>${tag("Name", l.text)}` +
		"<cac:BuyersItemIdentification>" + tag("ID", `B-${l.item}`) +
		"</cac:BuyersItemIdentification><cac:StandardItemIdentification>" +
		tag("ID", l.gtin, ' schemeID="0160"') +
		"</cac:StandardItemIdentification></cac:Item></cac:LineItem>" +
		"</cac:OrderLine>\n").join("") + "</Order>\n";
}

const pad = (s) => s.padEnd(15);

/** An interchange of n orders, one piece after the other. */
export function* interchange(family, n)
{
	if (family === "edifact") {
		yield "UNA:+.? 'UNB+UNOC:3+2900000000117:14+2900000000018:14+" +
		    "260105:0830+1++ORDERS'";
		for (let i = 1; i <= n; i++)
			yield edifact(i);
		yield `UNZ+${n}+1'`;
		return;
	}
	yield `ISA*00*          *00*          *ZZ*${pad("2900000000117")}*ZZ*` +
	    `${pad("2900000000018")}*260105*0830*U*00401*000000001*0*P*>~` +
	    "GS*PO*2900000000117*2900000000018*20260105*0830*1*X*004010~";
	for (let i = 1; i <= n; i++)
		yield x12(i);
	yield `GE*${n}*1~IEA*1*000000001~`;
}
