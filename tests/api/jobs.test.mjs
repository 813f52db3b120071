// SPDX-License-Identifier: Apache-2.0
// A job that fails says why, in the queue and in the log, whatever letters the
// reason holds and wherever it is cut.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test, { after } from "node:test";
import { sql, until, VAR } from "../lib/kontor.mjs";
import { run } from "../lib/reminders.mjs";

const made = [];
const enqueue = (order) => {
	const [{ id }] = sql(`select core.enqueue('orders_settle',
	    jsonb_build_object('order', '${order}'), null) as id`);
	made.push(id);
	return id;
};

after(() => run(`delete from core.job where id in (${made.join(",") || 0})`));

test("the reason of a failed job is kept at once", async () => {
	for (const id of ["", "x"].map((lead) => enqueue(lead + "ä".repeat(400)))) {
		const job = await until("the job's reason", () => sql(`select error
		    from core.job where id = ${id} and error is not null`)[0]);
		assert.match(job.error, /^fault: SQLSTATE 22P02: .*ä\.\.\.$/);
		const line = readFileSync(join(VAR, "log/worker.log"), "utf8")
		    .split("\n").find((l) => l.includes(`"job":"${id}"`));
		assert.equal(line.match(/"result":/g).length, 1, line);
		assert.equal(JSON.parse(line).result, "fault");
	}
});
