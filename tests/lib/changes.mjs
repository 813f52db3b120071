// SPDX-License-Identifier: Apache-2.0
// Changes of orders and answers to them as partners write them: as ORDCHG and
// ORDRSP, and by our own converter in the other families.
import { document, ordrsp } from "./answers.mjs";
import { unique } from "./orders.mjs";

const compact = (d) => d.replaceAll("-", "");
const who = (x) => `${x.id}:${x.qualifier}`;
const HOUSE = { id: "2900000000018", qualifier: "14" };

/**
 * A change: {order, date, code: 4 change, 1 cancel, 5 replace, number,
 * lines: [{line_id, action, gtin, ordered, date}], text}
 */
export function ordchg(a, c)
{
	const control = unique();
	const body = [
		"UNH+1+ORDCHG:D:96A:UN:EAN008",
		`BGM+230+${c.number ?? unique("CH")}+${c.code ?? "4"}`,
		`DTM+137:${compact(c.date)}:102`,
		...c.text ? [`FTX+AAI+++${c.text}`] : [],
		`RFF+ON:${c.order}`, `DTM+171:${compact(c.date)}:102`,
		`NAD+BY+${a.gln ?? a.theirs.id}::9`, `NAD+SU+${HOUSE.id}::9`,
		"CUX+2:EUR:9",
		...(c.lines ?? []).flatMap((l) => [
			`LIN+${l.line_id}+${l.action}+${l.gtin}:EN`,
			`QTY+21:${l.ordered ?? 0}:PCE`,
			...l.wanted ? [`DTM+2:${compact(l.wanted)}:102`] : [],
		]),
		"UNS+S",
	];
	return ["UNA:+.? ", `UNB+UNOC:3+${who(a.theirs)}+${who(a.ours)}+` +
	    `${compact(c.date).slice(2)}:0800+${control}`, ...body,
	    `UNT+${body.length + 1}+1`, `UNZ+1+${control}`, ""].join("'\n");
}

const convert = (bytes, a, to) => document("convert", bytes, "--to", to,
    "--sender", who(a.theirs), "--receiver", who(a.ours),
    "--ref", String(Math.floor(Math.random() * 1e9)));

/** The same change in the family of an agreement. */
export function change(family, a, c)
{
	const bytes = ordchg({ ...a, ours: HOUSE, theirs: { id: a.gln,
	    qualifier: "14" } }, c);
	if (family === "edifact")
		return Buffer.from(bytes);
	return convert(bytes, a, family === "x12" ? "x12/860-004010"
	    : c.code === "1" ? "ubl/order-cancellation-2.1"
	    : "ubl/order-change-2.1");
}

/** A supplier's answer to a change: 865 where X12 is spoken. */
export function answerToChange(family, a, content)
{
	const bytes = ordrsp({ ours: HOUSE, theirs: { id: a.gln,
	    qualifier: "14" } }, content);
	if (family === "edifact")
		return Buffer.from(bytes);
	return convert(bytes, a, family === "x12" ? "x12/865-004010"
	    : content.lines?.length ? "ubl/order-response-2.1"
	    : "ubl/order-response-simple-2.1");
}
