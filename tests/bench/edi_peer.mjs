// SPDX-License-Identifier: Apache-2.0
// How fast an npm package reads a file: node edi_peer.mjs LIB FILE. Rounds
// until two seconds are over, the first not counted; medians.
import { createReadStream, readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const [lib, file] = process.argv.slice(2);
let segments = 0;

const READERS = {
	edifact() {
		const Parser = require("edifact/parser.js");
		const Validator = require("edifact/validator.js");
		return () => {
			const parser = new Parser(new Validator());
			parser.encoding("UNOC"); // it reads no UNB
			parser.on("closesegment", () => segments++);
			parser.write(readFileSync(file, "latin1"));
			parser.end();
		};
	},
	"ts-edifact"() {
		// its index asks for a package that it does not name
		const { Parser } = require("ts-edifact/lib/parser.js");
		const { Configuration } =
		    require("ts-edifact/lib/configuration.js");
		const { NullValidator } =
		    require("ts-edifact/lib/validator.js");
		return () => {
			const parser = new Parser(new Configuration({
			    charset: "UNOC", validator: new NullValidator() }));
			parser.onCloseSegment = () => segments++;
			parser.write(readFileSync(file, "latin1"));
			parser.end();
		};
	},
	async "node-x12"() {
		const { X12Parser } = await import("node-x12");
		return () => {
			const parsed = new X12Parser().parse(
			    readFileSync(file, "latin1"));
			for (const group of parsed.functionalGroups)
				for (const t of group.transactions)
					segments += t.segments.length;
		};
	},
	async "x12-parser"() {
		const { X12parser } = await import("x12-parser");
		return () => new Promise((done, fail) => {
			createReadStream(file).pipe(new X12parser())
			    .on("data", () => segments++)
			    .on("error", fail).on("end", done);
		});
	},
};

const once = await READERS[lib]();
const took = [];
const begun = performance.now();
for (let round = 0; round < 2 || performance.now() - begun < 2000; round++) {
	const cpu = process.cpuUsage(), wall = performance.now();
	segments = 0;
	await once();
	const { user, system } = process.cpuUsage(cpu);
	if (round)
		took.push([(user + system) / 1e6,
		    (performance.now() - wall) / 1e3]);
}
if (!segments)
	throw new Error(`${lib} has read nothing`);
const median = (i) => took.map((t) => t[i]).sort((a, b) => a - b)
    [took.length >> 1];
const bytes = statSync(file).size, cpu = median(0), wall = median(1);
console.log(`RESULT edi lib=${lib} bytes=${bytes} segs=${segments} ` +
    `wall_s=${wall.toFixed(6)} cpu_s=${cpu.toFixed(6)} ` +
    `MBps=${(bytes / 1e6 / wall).toFixed(1)} ` +
    `cpu_MB_ps=${(bytes / 1e6 / cpu).toFixed(1)} ` +
    `peak_kB=${process.resourceUsage().maxRSS}`);
