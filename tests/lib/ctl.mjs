// SPDX-License-Identifier: Apache-2.0
// kontorctl without any set-up: what its commands about documents and guides
// say needs no database.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), "../..");
export const BIN = resolve(process.env.KONTOR_BIN || join(ROOT, "build"));
const SHARED = join(ROOT, "../shared");

/** The OASIS UBL 2.1 schemas and the corpus, where they are, else null. */
const here = (setting, path, probe) => {
	const dir = process.env[setting] || join(SHARED, path);
	return existsSync(join(dir, probe)) ? dir : null;
};
export const SCHEMAS = here("KONTOR_UBL_SCHEMAS", "schemas/ubl-2.1",
    "maindoc/UBL-Order-2.1.xsd");
export const CORPUS = here("KONTOR_CORPUS", "corpus", "EXPECTED.tsv");

/** Runs kontorctl; answers {status, out, err}, out as bytes where wanted. */
export function ctl(args, options = {})
{
	const env = { ...process.env, LC_ALL: "C.UTF-8", ...options.env };
	delete env.KONTOR_VAR;
	delete env.KONTOR_CONF;
	const r = spawnSync(join(BIN, "kontorctl"), args, { cwd: options.cwd ?? ROOT, env,
	    input: options.input ?? "", encoding: options.bytes ? null : "utf8",
	    maxBuffer: 1 << 30 });
	return { status: r.status, out: r.stdout, err: String(r.stderr) };
}
