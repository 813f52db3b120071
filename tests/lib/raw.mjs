// SPDX-License-Identifier: Apache-2.0
// Bytes to nginx and to the application's own socket, as they are: for
// requests that no client library would send.
import { connect } from "node:net";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { connect as tlsConnect } from "node:tls";
import { URL_BASE, VAR } from "./kontor.mjs";

const { hostname, port } = new URL(URL_BASE);

export const SOCKETS = {
	"nginx": () => tlsConnect({ host: hostname, port: Number(port),
	    ca: readFileSync(join(VAR, "tls/ca.pem")),
	    ALPNProtocols: ["http/1.1"] }),
	"the application": () => connect(join(VAR, "run/kontor.sock")),
};

/**
 * Sends the bytes and reads until the other side closes or ms are over.
 * Answers {statuses, text, closed}.
 */
export function raw(open, bytes, ms = 3000)
{
	return new Promise((done) => {
		const socket = open();
		let text = "";
		const finish = (closed) => {
			clearTimeout(timer);
			socket.destroy();
			done({ text, closed, statuses: [...text.matchAll(
			    /(?:^|\r\n|\n|\})HTTP\/1\.[01] (\d{3})/g)]
			    .map((m) => Number(m[1])) });
		};
		const timer = setTimeout(() => finish(false), ms);
		socket.on("data", (d) => text += d.toString("latin1"));
		socket.on("close", () => finish(true));
		socket.on("error", () => finish(true));
		socket.write(Buffer.from(bytes, "latin1"));
	});
}
