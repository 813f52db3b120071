// SPDX-License-Identifier: Apache-2.0
// The mails that the set-up's mail server has put into somebody's box, as a
// mail program shows them.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { until, VAR } from "./kontor.mjs";

/** Is there a mail server at all? (Where another one is installed: not.) */
export const hasMail = existsSync(join(VAR, "mail/port"));

const quoted = (s) => Buffer.from(s.replace(/=\r?\n/g, "")
    .replace(/=([0-9A-F]{2})/g, (_, x) => String.fromCharCode(
	parseInt(x, 16))), "latin1").toString("utf8");

/** Encoded words of a header (RFC 2047). */
const words = (s) => s.replace(/\?=\s+=\?/g, "?==?").replace(
    /=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_, how, text) =>
	how.toLowerCase() === "b" ? Buffer.from(text, "base64").toString("utf8")
	    : quoted(text.replaceAll("_", " ")));

/** {name: value} of the headers, and the body. */
export function readMail(bytes)
{
	const at = bytes.search(/\r?\n\r?\n/);
	const head = bytes.slice(0, at).replace(/\r?\n[ \t]+/g, " ");
	const headers = Object.fromEntries(head.split(/\r?\n/).map((l) =>
	    [l.slice(0, l.indexOf(":")).toLowerCase(),
		words(l.slice(l.indexOf(":") + 2))]));
	return { headers, body: quoted(bytes.slice(at)).trim() };
}

/** All mails in somebody's box. */
export function mailsOf(login)
{
	const dir = join(VAR, "mail/box", login, "new");
	return existsSync(dir) ? readdirSync(dir).map((f) =>
	    readMail(readFileSync(join(dir, f), "latin1"))) : [];
}

/** The mail in somebody's box whose text has a number, as soon as it is there. */
export const mailAbout = (login, number, ms = 40000) =>
    until(`a mail to ${login} about ${number}`, () => mailsOf(login)
	.find((m) => m.body.includes(number)), ms);
