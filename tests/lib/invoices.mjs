// SPDX-License-Identifier: Apache-2.0
// Invoices as a supplier sends them: an INVOIC about one line of Elbe's.
import assert from "node:assert/strict";
import { Machine, sql, until } from "./kontor.mjs";
import { agreement, interchange, TYPES, unique } from "./orders.mjs";

export const elbe = new Machine("elbe");
export const terms = agreement("elbe", "edifact");
const compact = (d) => d.replaceAll("-", "");
const today = new Date().toISOString().slice(0, 10);

/** A line of Elbe's that was shipped and never charged. */
export const shipped = () => sql(`select h.number, h.public_id as order, l.line_id,
	l.public_id as id, l.price::float as price, l.price_base::float as base,
	l.shipped::float as shipped
    from orders.line l join orders.head h on h.id = l.order_id
    join core.partner p on p.id = h.partner_id
    where p.slug = 'elbe' and h.kind = 'purchase' and l.shipped >= 2
    and h.currency = 'EUR' and not exists (select from orders.invoice_line i
	where i.line_id = l.id) order by h.id limit 1`)[0];

/** An INVOIC about one line; code 381 is a credit note. */
export function invoic(l, o)
{
	const amount = o.amount ?? (o.quantity * o.price / l.base).toFixed(2);
	return interchange(terms, { control: unique() }, [
		"UNH+1+INVOIC:D:96A:UN",
		`BGM+${o.code ?? 380}+${o.number}+9`,
		`DTM+137:${compact(today)}:102`,
		`RFF+ON:${o.order ?? l.number}`,
		...o.credited ? [`RFF+IV:${o.credited}`] : [],
		"NAD+BY+2900000000018::9",
		`NAD+SU+${terms.gln}::9`,
		"CUX+2:EUR:4",
		"LIN+1",
		`QTY+47:${o.quantity}`,
		`MOA+203:${amount}`,
		`PRI+AAA:${o.price}:::${l.base}`,
		`RFF+ON:${o.order ?? l.number}:${l.line_id}`,
		"UNS+S", "CNT+2:1", `MOA+79:${amount}`, `MOA+125:${amount}`,
		"MOA+124:0", `MOA+77:${amount}`,
	]);
}

/** Sends bytes for Elbe and waits until they are read. */
export async function sent(bytes)
{
	const r = await elbe.send(bytes, TYPES.edifact,
	    { "idempotency-key": unique() });
	assert.equal(r.status, 202, await r.clone().text());
	const { id } = await r.json();
	return until("the document is read", async () => {
		const d = await elbe.json(`/documents/${id}`);
		return !["received", "reading"].includes(d.state) && d;
	}, 20000);
}
