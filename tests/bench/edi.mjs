// SPDX-License-Identifier: Apache-2.0
// Reading EDIFACT, X12 and UBL, each beside its peers in the same run; prints
// every RESULT line and a Markdown table. Seconds are of the processor. Needs
// no set-up. BENCH_BIG (default 1000) is the size in MB of the file whose
// memory is measured, 0 for none.
import { execFileSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, statSync,
    writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BIN, SCHEMAS } from "../lib/ctl.mjs";
import { interchange, ubl } from "./edi_orders.mjs";

const dir = mkdtempSync(join(tmpdir(), "edi-"));
process.on("exit", () => rmSync(dir, { recursive: true }));
const here = (name) => new URL(name, import.meta.url).pathname;
const PEERS = { edifact: ["edifact", "ts-edifact", "perl"],
    x12: ["node-x12", "x12-parser"] };
const UBL_LINES = 10000;
const BIG = Number(process.env.BENCH_BIG ?? 1000) * 1e6;

/** node edi.mjs edifact ubl: only these parts. */
const want = (part) => process.argv.length < 3 || process.argv.includes(part);
const run = (command, args) => execFileSync(command, args,
    { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });

/** The last RESULT line as numbers, all lines shown. */
function results(command, args)
{
	const lines = run(command, args).trim().split("\n");
	lines.forEach((line) => console.error(line));
	return lines.map((line) => Object.fromEntries(line.split(" ").slice(2)
	    .map((f) => f.split("=")).map(([k, v]) => [k, k === "lib" ? v : +v])));
}

const row = (what, ours, peer, unit, bar) => console.log(`| ${what} | ` +
    `${ours.toFixed(ours < 10 ? 1 : 0)} ${unit} | ` +
    `${peer.toFixed(peer < 10 ? 1 : 0)} ${unit} | ` +
    `${(ours / peer).toFixed(2)} | ${bar} |`);

/** Pieces are written as they come, until there are enough of them. */
function write(name, pieces)
{
	const file = join(dir, name), fd = openSync(file, "w");
	let text = "";
	for (const piece of pieces) {
		text += piece;
		if (text.length > 1 << 20) {
			writeSync(fd, Buffer.from(text, "latin1"));
			text = "";
		}
	}
	writeSync(fd, Buffer.from(text, "latin1"));
	closeSync(fd);
	return file;
}

const bench = (file, ...args) => results(join(BIN, "kontorctl"),
    ["document", "bench", "--limit", "4G", ...args, file]);
const peer = (lib, file) => results(...lib === "perl"
    ? ["perl", [here("edi_peer.pl"), file]]
    : ["node", [here("edi_peer.mjs"), lib, file]])[0].cpu_MB_ps;

function family(name)
{
	let checked;
	for (const n of [1, 1000, 10000]) {
		const file = write(`${n}.${name}`, interchange(name, n));
		for (const [how, args, bar] of [["syntax", [], "≥ 0.9"],
		    ["guide and canonical document", ["--check"], "≥ 0.25"]]) {
			const [loop, ours] = bench(file, ...args);
			row(`${name}, ${n} order${n > 1 ? "s" : ""}, ${how}; a loop over ` +
			    "the bytes",
			    ours.cpu_MB_ps, loop.cpu_MB_ps, "MB/s", bar);
			checked = n === 1000 ? ours.cpu_MB_ps : checked;
		}
	}
	for (const lib of PEERS[name])
		row(`${name}, 1000 orders, guide and canonical document; ${lib}`,
		    checked, peer(lib, join(dir, `1000.${name}`)), "MB/s", "> 1");
}

/** Processor seconds of a command. */
function seconds(command, args)
{
	const out = run("sh", ["-c", '"$@" >/dev/null 2>&1 || exit 9; times',
	    "sh", command, ...args]);
	return out.trim().split("\n")[1].split(" ").reduce((sum, t) => {
		const [, min, sec] = /(\d+)m([\d.]+)s/.exec(t);
		return sum + 60 * min + Number(sec);
	}, 0);
}

/*
 * One order of many lines, less one of ten: xmllint compiles the schema again
 * for every file it streams.
 */
function schemas()
{
	const [few, many] = [10, UBL_LINES].map((lines) => {
		const file = join(dir, `${lines}.xml`);
		writeFileSync(file, ubl(1, lines));
		return file;
	});
	const bytes = statSync(many).size - statSync(few).size;
	const commands = { ours: [join(BIN, "kontorctl"), "document", "check",
	    "--schemas", SCHEMAS], peer: ["xmllint", "--stream", "--noout",
	    "--schema", join(SCHEMAS, "maindoc/UBL-Order-2.1.xsd")] };
	const rate = { ours: [], peer: [] };
	for (let i = 0; i < 5; i++)
		for (const [who, [command, ...args]] of Object.entries(commands))
			rate[who].push(bytes / 1e6 /
			    (seconds(command, [...args, many]) -
			    seconds(command, [...args, few])));
	const median = (list) => list.sort((x, y) => x - y)[2];
	row("UBL with schema, guide and canonical document; xmllint --stream " +
	    "with schema", median(rate.ours), median(rate.peer), "MB/s", "≥ 0.5");
}

function big()
{
	let size = 0, n = 0;
	for (const piece of interchange("edifact", 2))
		size = Math.max(size, piece.length);
	n = Math.ceil(BIG / (size * 0.99));
	const file = write("big.edifact", interchange("edifact", n));
	const [, ours] = bench(file, "--check");
	row(`memory for an interchange of ${Math.round(ours.bytes / 1e6)} MB; ` +
	    "what it may be", ours.peak_kB / 1000, 64, "MB", "≤ 1");
	row("its speed; that of 1000 orders", ours.cpu_MB_ps,
	    bench(write("few.edifact", interchange("edifact", 1000)),
		"--check")[1].cpu_MB_ps, "MB/s",
	    "about 1");
	rmSync(file);
}

console.log("| What; beside | Kontor | Peer | Ratio | Bar |\n|---|---|---|---|---|");
for (const name of Object.keys(PEERS))
	if (want(name))
		family(name);
if (want("ubl") && SCHEMAS)
	schemas();
else if (want("ubl"))
	console.log("| UBL: no schemas here (KONTOR_UBL_SCHEMAS) | | | | |");
if (BIG && want("big"))
	big();
