// SPDX-License-Identifier: Apache-2.0
// HT-2: what could be read in two ways is refused, by nginx and by the
// application itself, and the connection ends.
import assert from "node:assert/strict";
import { test } from "node:test";
import { raw, SOCKETS } from "../lib/raw.mjs";

const H = "Host: 127.0.0.1\r\n";
const REFUSED = {
	"two lengths": `POST /login HTTP/1.1\r\n${H}Content-Length: 1\r\nContent-Length: 2\r\n\r\nxy`,
	"the same length twice": `POST /login HTTP/1.1\r\n${H}Content-Length: 1\r\nContent-Length: 1\r\n\r\nx`,
	"a signed length": `POST /login HTTP/1.1\r\n${H}Content-Length: +1\r\n\r\nx`,
	"a list of lengths": `POST /login HTTP/1.1\r\n${H}Content-Length: 1, 1\r\n\r\nx`,
	"a length in hex": `POST /login HTTP/1.1\r\n${H}Content-Length: 0x1\r\n\r\nx`,
	"chunked beside a length": `POST /login HTTP/1.1\r\n${H}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
	"an unknown coding": `POST /login HTTP/1.1\r\n${H}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`,
	"chunked named twice": `POST /login HTTP/1.1\r\n${H}Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n`,
	"no host": "GET /livez HTTP/1.1\r\nAccept: */*\r\n\r\n",
	"two hosts": `GET /livez HTTP/1.1\r\n${H}Host: b\r\n\r\n`,
	"a blank before the colon": "GET /livez HTTP/1.1\r\nHost : a\r\n\r\n",
	"a bare CR in a value": `GET /livez HTTP/1.1\r\n${H}X: a\rY: b\r\n\r\n`,
	"a NUL in a value": `GET /livez HTTP/1.1\r\n${H}X: a\0b\r\n\r\n`,
	"an encoded separator": `GET /desk%2forders HTTP/1.1\r\n${H}\r\n`,
	"an encoded backslash": `GET /desk%5corders HTTP/1.1\r\n${H}\r\n`,
	"a step up": `GET /desk/../livez HTTP/1.1\r\n${H}\r\n`,
	"an encoded step up": `GET /desk/%2e%2e/livez HTTP/1.1\r\n${H}\r\n`,
	"an empty segment": `GET /desk//orders HTTP/1.1\r\n${H}\r\n`,
	"an encoded NUL": `GET /desk/%00 HTTP/1.1\r\n${H}\r\n`,
};
// nginx answers these rightly by itself; behind it they must not arrive.
const INSIDE = {
	"a name without colon": `GET /livez HTTP/1.1\r\n${H}X\r\n\r\n`,
	"chunked alone": `POST /login HTTP/1.1\r\n${H}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
	"a body with GET": `GET /livez HTTP/1.1\r\n${H}Content-Length: 1\r\n\r\nx`,
	"a second request behind the first": `GET /livez HTTP/1.1\r\n${H}\r\nGET /readyz HTTP/1.1\r\n${H}\r\n`,
	"bytes behind the body": `POST /login HTTP/1.1\r\n${H}Content-Length: 1\r\n\r\nxGET /readyz HTTP/1.1\r\n${H}\r\n`,
	"a header that looks like host": `GET /livez HTTP/1.1\r\n${H}Hostile: b\r\n\r\n`,
	"a folded header": `GET /livez HTTP/1.1\r\n${H} X: b\r\n\r\n`,
	"LF alone": "GET /livez HTTP/1.1\nHost: a\n\n",
	"an absolute address": `GET http://127.0.0.1/livez HTTP/1.1\r\n${H}\r\n`,
};

for (const [peer, open] of Object.entries(SOCKETS)) {
	const vectors = peer === "nginx" ? REFUSED : { ...REFUSED, ...INSIDE };
	for (const [name, bytes] of Object.entries(vectors))
		test(`HT-2 ${peer} refuses ${name} and closes`, async () => {
			const r = await raw(open, bytes);
			assert.equal(r.statuses.length, 1, r.text);
			assert.ok(r.statuses[0] === 400 || r.statuses[0] === 501,
			    r.text);
			assert.ok(r.closed);
		});

	test(`HT-2 ${peer} answers one request once`, async () => {
		const r = await raw(open,
		    `GET /livez HTTP/1.1\r\n${H}Connection: close\r\n\r\n`);
		assert.deepEqual(r.statuses, [200]);
	});

	test(`HT-3 ${peer} refuses a head of 20 KiB with 431`, async () => {
		const r = await raw(open, `GET /livez HTTP/1.1\r\n${H}` +
		    `X-Long: ${"a".repeat(20000)}\r\n\r\n`);
		assert.deepEqual(r.statuses, [431]);
	});
}

test("HT-3 the application refuses more than 22 headers with 431", async () => {
	const r = await raw(SOCKETS["the application"],
	    `GET /livez HTTP/1.1\r\n${H}${"X-A: b\r\n".repeat(22)}\r\n`);
	assert.deepEqual(r.statuses, [431]);
});

for (const method of ["TRACE", "CONNECT", "PROPFIND", "get"])
	test(`HT-6 the method ${method} is not known`, async () => {
		for (const open of Object.values(SOCKETS)) {
			const r = await raw(open,
			    `${method} /livez HTTP/1.1\r\n${H}\r\n`);
			assert.ok([400, 405, 501].includes(r.statuses[0]), r.text);
		}
	});

test("HT-2 a body never outgrows its declared length", async () => {
	const r = await raw(SOCKETS["the application"],
	    `POST /login HTTP/1.1\r\n${H}Content-Length: 3\r\n\r\nabc` +
	    "GET /readyz HTTP/1.1\r\n\r\n");
	assert.equal(r.statuses.length, 1);
	assert.equal(r.statuses[0], 400);
});
