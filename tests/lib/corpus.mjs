// SPDX-License-Identifier: Apache-2.0
// Orders of other people's systems (../shared/corpus), read by small readers
// of the test's own: what the product makes of them is held against this.
import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { SHARED } from "./kontor.mjs";

const DIR = join(SHARED, "corpus");
const TYPES = { "ORDERS": "edifact", "850": "x12", "810+850": "x12",
	"Order": "ubl" };

/** The valid orders: [{file, name, family, bytes}]. */
export function orderFiles()
{
	if (!existsSync(join(DIR, "EXPECTED.tsv")))
		return [];
	return readFileSync(join(DIR, "EXPECTED.tsv"), "utf8").split("\n")
	    .map((row) => row.split("\t"))
	    .filter(([, type, , expected]) => TYPES[type] && expected === "valid")
	    .map(([file, type]) => ({ file, name: basename(file),
	        family: TYPES[type], bytes: readFileSync(join(DIR, file)) }));
}

/* EDIFACT: [[tag, [component, …], …], …]; line ends are no data. */
function edifactSegments(bytes)
{
	let text = bytes.toString("latin1").replace(/[\r\n]/g, "");
	let [component, element, , release, , end] = ":+.? '";
	if (text.startsWith("UNA")) {
		[component, element, , release, , end] = text.slice(3, 9);
		text = text.slice(9);
	}
	const out = [];
	let segment = [[""]];
	for (let i = 0; i < text.length; i++) {
		const c = text[i], last = segment.at(-1);
		if (c === release)
			last[last.length - 1] += text[++i];
		else if (c === component)
			last.push("");
		else if (c === element)
			segment.push([""]);
		else if (c === end) {
			out.push([segment[0][0], ...segment.slice(1)]);
			segment = [[""]];
		} else
			last[last.length - 1] += c;
	}
	return out;
}

const isoDay = (s) => s && `${s.slice(0, 4)}-${s.slice(4, 6)}-${s.slice(6, 8)}`;

/* What a segment says about the order or, after LIN, about its line. */
const EDIFACT = {
	CUX: (o, l, [x]) => { o.currency = x[1]; },
	NAD: (o, l, [code, who]) => { o.parties[code[0]] ??= who?.[0]; },
	DTM: (o, l, [x]) => {
		if (x[0] === "2")
			(l ?? o).date ??= isoDay(x[1]);
	},
	LIN: (o, l, [id, , item]) => {
		o.lines.push({ id: id[0], gtin: item?.[1] === "EN" && item[0] });
	},
	PIA: (o, l, [, ...items]) => {
		for (const [number, kind] of items) {
			if (kind === "SA")
				l.seller = number;
			else if (kind === "BP" || kind === "IN")
				l.buyer = number;
		}
	},
	IMD: (o, l, [, , x]) => { l.name ??= x?.slice(3).join(" "); },
	QTY: (o, l, [x]) => {
		if (x[0] === "21")
			Object.assign(l, { quantity: x[1], unit: x[2] });
	},
	PRI: (o, l, [x]) => {
		if (x[0] === "AAA")
			Object.assign(l, { price: x[1], base: x[4] });
	},
};

function readEdifact(bytes)
{
	const out = { orders: [] };
	let o;
	for (const [tag, ...e] of edifactSegments(bytes)) {
		if (tag === "UNB") {
			[out.theirs, out.ours] = [e[1], e[2]]
			    .map(([id, qualifier]) => ({ id, qualifier }));
			out.test = e[10]?.[0] === "1";
		} else if (tag === "UNH")
			out.orders.push(o = { parties: {}, lines: [],
			    version: e[1].slice(1, 3).join(".") });
		else if (tag === "BGM")
			o.number = e[1][0];
		else
			EDIFACT[tag]?.(o, o?.lines.at(-1), e);
	}
	return out;
}

const X12_ITEM = { EN: "gtin", UP: "gtin", UK: "gtin", UA: "gtin",
	BP: "buyer", IN: "buyer", CB: "buyer", PI: "buyer", SK: "buyer",
	VP: "seller", VN: "seller", VC: "seller", SN: "seller" };

const X12 = {
	BEG: (o, l, e) => { o.number = e[2]; },
	CUR: (o, l, e) => { o.currency = e[1]; },
	N1: (o, l, e) => { o.parties[e[0]] ??= e[3]; },
	DTM: (o, l, e) => {
		if (e[0] === "002")
			(l ?? o).date ??= isoDay(e[1]);
	},
	PO1: (o, l, e) => {
		const line = { id: e[0], quantity: e[1], unit: e[2], price: e[3] };
		for (let i = 5; i + 1 < e.length; i += 2)
			if (X12_ITEM[e[i]])
				line[X12_ITEM[e[i]]] ??= e[i + 1];
		o.lines.push(line);
	},
	PID: (o, l, e) => {
		if (l)
			l.name ??= e[4];
	},
};

function readX12(bytes)
{
	const text = bytes.toString("latin1");
	const out = { orders: [] };
	let o, release;
	for (const s of text.split(text[105])) {
		const [tag, ...e] = s.trim().split(text[3]);
		if (tag === "ISA") {
			out.theirs = { id: e[5].trim(), qualifier: e[4] };
			out.ours = { id: e[7].trim(), qualifier: e[6] };
			out.test = e[14] === "T";
		} else if (tag === "GS")
			release = e[7];
		else if (tag === "ST") {
			o = e[0] === "850" &&
			    { version: release, parties: {}, lines: [] };
			if (o)
				out.orders.push(o);
		} else if (o)
			X12[tag]?.(o, o.lines.at(-1), e);
	}
	return out;
}

/* XML as {name, text, attributes, children}, prefixes dropped; enough for
 * documents that are known to be well formed. */
function xmlTree(text)
{
	const root = { name: "", text: "", children: [] }, stack = [root];
	const marks = /<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<(\/?)(?:\w+:)?(\w+)([^>]*?)(\/?)>|([^<]+)/g;
	for (const [, close, name, attributes, empty, data] of
	    text.matchAll(marks)) {
		if (data !== undefined)
			stack.at(-1).text += data.trim();
		else if (close)
			stack.pop();
		else if (name) {
			const node = { name, text: "", attributes, children: [] };
			stack.at(-1).children.push(node);
			if (!empty)
				stack.push(node);
		}
	}
	return root.children[0];
}

const all = (node, path) => path.split("/").reduce((nodes, name) =>
	nodes.flatMap((n) => n.children.filter((c) => c.name === name)), [node]);
const first = (node, path) => all(node, path)[0];
const textOf = (node, path) => first(node, path)?.text;
const attribute = (node, name) =>
	new RegExp(`${name}="([^"]*)"`).exec(node?.attributes)?.[1];
const GLN = /schemeID="(0088|GLN)"/;
const glnOf = (party) => all(party, "Party/PartyIdentification/ID")
    .concat(all(party, "Party/EndpointID"))
    .find((n) => GLN.test(n.attributes))?.text;

function ublLine(node)
{
	const item = first(node, "LineItem/Item");
	const quantity = first(node, "LineItem/Quantity");
	return { id: textOf(node, "LineItem/ID"), quantity: quantity?.text,
		unit: attribute(quantity, "unitCode"),
		price: textOf(node, "LineItem/Price/PriceAmount"),
		date: textOf(node, "LineItem/Delivery/RequestedDeliveryPeriod/EndDate"),
		name: textOf(item, "Name"),
		seller: textOf(item, "SellersItemIdentification/ID"),
		buyer: textOf(item, "BuyersItemIdentification/ID"),
		gtin: textOf(item, "StandardItemIdentification/ID") };
}

function readUbl(bytes)
{
	const root = xmlTree(bytes.toString("utf8"));
	const seller = first(root, "SellerSupplierParty");
	const buyer = first(root, "BuyerCustomerParty");
	const paid = first(root, "AnticipatedMonetaryTotal/PayableAmount");
	const side = (party, otherwise) => ({ qualifier: "0088",
	    id: glnOf(party) ?? otherwise });
	return { test: false, theirs: side(buyer, "BUYER"),
		ours: side(seller, "SELLER"), orders: [{
		number: textOf(root, "ID"), version: "2.1",
		currency: textOf(root, "DocumentCurrencyCode") ??
		    attribute(paid, "currencyID"),
		date: textOf(root, "Delivery/RequestedDeliveryPeriod/EndDate"),
		parties: { BY: glnOf(buyer), SU: glnOf(seller) },
		lines: all(root, "OrderLine").map(ublLine) }] };
}

/**
 * What a file says: {theirs, ours, test, orders: [{number, version, currency,
 * date, parties, lines: [{id, quantity, unit, date, price, base, gtin, seller,
 * buyer, name}]}]}.
 */
export const read = (file) => ({ edifact: readEdifact, x12: readX12,
	ubl: readUbl })[file.family](file.bytes);

const gtinIs = (s) => /^(\d{8}|\d{12,14})$/.test(s) && [...s.padStart(14, "0")]
    .reduce((sum, c, i) => sum + Number(c) * (i % 2 ? 1 : 3), 0) % 10 === 0;
const UNITS = { PCE: "C62", CA: "CS" };
const unitOf = (l) => UNITS[l.unit] ?? l.unit ?? "C62";
/* Of orders that name none: US dollars, as American partners mean. */
export const CURRENCY = { edifact: "EUR", x12: "USD", ubl: "EUR" };

/** The items that a file names, as a list for kontorctl; "" without any. */
export function itemsCsv(f, supplier)
{
	const cell = (v) => `"${String(v ?? "").replaceAll('"', '""')}"`;
	const rows = f.orders.flatMap((o) => o.lines.filter(
	    (l) => l.seller || l.buyer || gtinIs(l.gtin)).map((l) => [
		l.seller ?? (gtinIs(l.gtin) ? `G-${l.gtin}` : `B-${l.buyer}`),
		gtinIs(l.gtin) ? l.gtin : "", unitOf(l), l.name || "Item",
		supplier, f.slug, l.buyer, l.price || "1.00", l.base ?? "1",
		o.currency ?? CURRENCY[f.family]]));
	const head = ["number", "gtin", "unit", "name_en", "supplier", "partner",
		"buyers_item_id", "price", "price_base", "currency"];
	return rows.length
	    ? [head, ...rows].map((r) => r.map(cell).join(",")).join("\n") : "";
}

const ACK = { edifact: "contrl", x12: "997", ubl: "none" };
const GUIDES = { edifact: "edifact/orders-d96a", x12: "x12/850-004010",
	ubl: "ubl/order-2.1" };

/* The places of delivery that a file gives by number alone. */
const places = (f) => [...new Set(f.orders.map((o) => o.parties.DP))]
    .filter(Boolean).map((gln) => `[address]
kind = ship_to
gln = ${gln}
name = Place ${gln}
city = Somewhere
country = DE
`).join("");

/** partner.conf of a distributor who sends such files. */
export const partnerConf = (f) => `[partner]
name = Sender of ${f.name}
roles = distributor
language = en
time_zone = UTC
[agreement ${f.slug}]
family = ${f.family}
ours.id = ${f.ours.id}
ours.qualifier = ${f.ours.qualifier}
theirs.id = ${f.theirs.id}
theirs.qualifier = ${f.theirs.qualifier}
guides.order = ${GUIDES[f.family]}
options.ack = ${ACK[f.family]}
options.test = accept
${places(f)}`;

/** partner.conf of the supplier of all these items. */
export const supplierConf = (slug) => `[partner]
name = Supplier of real orders
roles = supplier
language = en
time_zone = UTC
[agreement ${slug}]
family = portal
`;

/** The same file without its test mark (UNB 0035, ISA15). */
export function unmarkTest(f)
{
	const text = f.bytes.toString("latin1");
	return Buffer.from(f.family === "x12"
	    ? `${text.slice(0, 102)}P${text.slice(103)}`
	    : text.replace(/(UNB[^']*?)\+1'/, "$1'"), "latin1");
}
