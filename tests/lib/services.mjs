// SPDX-License-Identifier: Apache-2.0
// The services of the set-up that runs, to stop them and to stand in for them.
import { spawn } from "node:child_process";
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync }
    from "node:fs";
import { join } from "node:path";
import { URL_BASE, VAR } from "./kontor.mjs";

/** Process id of a service; 0 when it does not run. */
export const service = (name) => Number(
    readFileSync(join(VAR, "run/services"), "utf8").split("\n")
	.map((l) => l.split(" ")).find((l) => l[0] === name)?.[1] ?? 0);
export const children = (pid) => readdirSync("/proc").filter((p) => {
	try {
		const stat = readFileSync(`/proc/${p}/stat`, "utf8");
		return /^\d+$/.test(p) && Number(stat.slice(
		    stat.lastIndexOf(")") + 2).split(" ")[1]) === pid;
	} catch {
		return false;
	}
}).map(Number);
export const alive = (pid) => {
	try {
		process.kill(pid, 0);
		return true;
	} catch {
		return false;
	}
};
export const ready = async () => {
	try {
		return (await fetch(`${URL_BASE}/readyz`)).status === 200;
	} catch {
		return false;
	}
};
/** Changes when another instance takes the socket over. */
export const socket = () => {
	try {
		return statSync(join(VAR, "run/kontor.sock")).ino;
	} catch {
		return 0;
	}
};

/** Lets the supervisor keep a service running, or end it. */
export function wants(name, runs)
{
	const file = join(VAR, "run/want", name);
	if (runs)
		writeFileSync(file, "");
	else
		rmSync(file, { force: true });
}

/**
 * A process of a service beside the supervised one, as the supervisor would
 * start it, with further settings as { KONTOR_NAME: value }.
 */
export function stand(name, settings = {})
{
	const line = readFileSync(join(VAR, "run/services.list"), "utf8")
	    .split("\n").find((l) => l.startsWith(`${name} `));
	const [, user, , ...command] = line.split(" ");
	const env = Object.entries(settings)
	    .map(([k, v]) => `export ${k}='${v}'; `);
	const args = ["sh", "-c", env.join("") + command.join(" ")];
	return user === "-"
	    ? spawn(args[0], args.slice(1), { stdio: "ignore" })
	    : spawn("runuser", ["-u", user, "--", ...args],
		{ stdio: "ignore" });
}

/** A second instance of Kore; it takes the socket over. */
export const successor = (settings = {}) => stand("kore", settings);
