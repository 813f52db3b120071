// SPDX-License-Identifier: Apache-2.0
// The route table as the server has it, for tests over all members.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./kontor.mjs";

/** [{method, path, who, input, operation, page}] of src/web/routes.def. */
export const routes = [...readFileSync(join(ROOT, "src/web/routes.def"), "utf8")
    .matchAll(/^ROUTE\((\w+),\s*"([^"]+)",\s*(\w+),\s*(\w+),\s*(\w+),\s*(?:NULL|"([^"]+)")\)/gm)]
    .map(([, method, path, who, input, operation, page]) =>
	({ method, path, who, input, operation, page: page ?? null }));

export const DOORS = ["distributor", "supplier", "desk"];

/** Doors behind which a route exists. */
export const doorsOf = (route) => ({
	DISTRIBUTOR: ["distributor"], SUPPLIER: ["supplier"], DESK: ["desk"],
	PARTNER: ["distributor", "supplier"], SELLING: ["supplier", "desk"],
	BUYING: ["distributor", "desk"],
	ANY: DOORS, PUBLIC: [],
})[route.who];
