// SPDX-License-Identifier: Apache-2.0
// Answers of suppliers as documents: written as ORDRSP, and by our own
// converter as 855 and OrderResponse.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BIN, ROOT } from "./kontor.mjs";
import { unique } from "./orders.mjs";

const compact = (d) => d.replaceAll("-", "");

/** Runs f with the path of a file that holds the bytes. */
export function inFile(bytes, f)
{
	const dir = mkdtempSync(join(tmpdir(), "answers-"));
	try {
		writeFileSync(join(dir, "file"), bytes);
		return f(join(dir, "file"));
	} finally {
		rmSync(dir, { recursive: true });
	}
}

/** What `kontorctl document` prints about bytes. */
export function document(verb, bytes, ...more)
{
	return inFile(bytes, (path) => {
		const r = spawnSync(join(BIN, "kontorctl"),
		    ["document", verb, "--quiet", ...more, path],
		    { encoding: "buffer", cwd: ROOT, env: { ...process.env,
		    LC_ALL: "C.UTF-8" }, maxBuffer: 1 << 28 });
		if (r.status !== 0)
			throw new Error(`document ${verb}: ${r.stderr} ${r.stdout}`);
		return r.stdout;
	});
}

/**
 * An answer to a purchase order.
 *   a  agreement {ours, theirs}; lines [{line_id, gtin, action, ordered,
 *   confirmed, backordered, price, reason, substitute, schedule: [{quantity, date}] or
 *   date}]
 */
export function ordrsp(a, { number, order, date, code = "4", currency = "EUR",
	lines = [] })
{
	const body = [
		"UNH+1+ORDRSP:D:96A:UN",
		`BGM+231+${number}+${code}`,
		`DTM+137:${compact(date)}:102`,
		`RFF+ON:${order}`, `DTM+171:${compact(date)}:102`,
		`NAD+BY+${a.ours.id}::9`, `NAD+SU+${a.theirs.id}::9`,
		`CUX+2:${currency}:9`,
		...lines.flatMap((l) => [
			`LIN+${l.line_id}+${l.action}+${l.gtin}:EN`,
			...l.substitute ? [`PIA+3+${l.substitute}:EN`] : [],
			`QTY+21:${l.ordered}:PCE`, `QTY+12:${l.confirmed}:PCE`,
			...l.backordered ? [`QTY+83:${l.backordered}:PCE`] : [],
			...l.date ? [`DTM+69:${compact(l.date)}:102`] : [],
			...l.reason ? [`FTX+ACD+++${l.reason}`] : [],
			...l.price ? [`PRI+AAA:${l.price}`] : [],
			...(l.schedule ?? []).flatMap((x) => ["SCC+1",
			    `QTY+113:${x.quantity}:PCE`,
			    `DTM+69:${compact(x.date)}:102`]),
		]),
		"UNS+S",
	];
	const id = (x) => `${x.id}:${x.qualifier}`;
	const control = unique();
	return ["UNA:+.? ", `UNB+UNOC:3+${id(a.theirs)}+${id(a.ours)}+` +
	    `${compact(date).slice(2)}:0800+${control}`, ...body,
	    `UNT+${body.length + 1}+1`, `UNZ+1+${control}`, ""].join("'\n");
}

/** The same answer in the family of an agreement. */
export function answer(family, a, content)
{
	const bytes = ordrsp({ ours: { id: "2900000000018", qualifier: "14" },
	    theirs: { id: "2900000000216", qualifier: "14" } }, content);
	if (family === "edifact")
		return Buffer.from(bytes);
	const to = { x12: "x12/855-004010", ubl: "ubl/order-response-2.1" };
	const who = (x) => `${x.id}:${x.qualifier}`;
	return document("convert", bytes, "--to", to[family],
	    "--sender", who(a.theirs), "--receiver", who(a.ours),
	    "--ref", String(Date.now() % 1e9));
}
