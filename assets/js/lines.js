// SPDX-License-Identifier: Apache-2.0
// A new order: lines are added and removed, items are looked up while their
// number is typed, the draft saves itself.
import { node, words } from "./words.js";

const form = document.querySelector("[data-draft]");
const list = form.querySelector("[data-lines]");
const options = document.getElementById("items");
const saved = form.querySelector("[data-saved]");
const known = new Map();
let typing, saving, busy = false;

function number()
{
	[...list.children].forEach((row, i) => {
		row.querySelector(".no").textContent = i + 1;
		for (const e of row.querySelectorAll("[name]"))
			e.name = e.name.replace(/\[\d+\]/, `[${i}]`);
		for (const a of ["id", "for", "aria-describedby"])
			for (const e of row.querySelectorAll(`[${a}]`))
				e.setAttribute(a,
				    e.getAttribute(a).replace(/\[\d+\]/, `[${i}]`));
	});
}

function add()
{
	const row = list.lastElementChild.cloneNode(true);
	for (const e of row.querySelectorAll("input")) {
		e.value = "";
		e.removeAttribute("aria-invalid");
	}
	row.querySelectorAll(".error").forEach((e) => e.remove());
	row.querySelector(".found").textContent = "";
	list.append(row);
	number();
	row.querySelector("input").focus();
}

form.addEventListener("click", (e) => {
	if (e.target.closest("[data-add]"))
		add();
	const remove = e.target.closest("[data-remove]");
	if (!remove)
		return;
	const row = remove.closest("li");
	if (list.children.length === 1)
		row.querySelectorAll("input").forEach((i) => { i.value = ""; });
	else
		row.remove();
	number();
	later();
});

// Money and quantities as the reader writes them.
function money(m)
{
	return new Intl.NumberFormat(document.documentElement.lang,
	    { style: "currency", currency: m.currency }).format(m.amount);
}

// Pieces go without a word; other units that browsers know get their sign.
const units = { MTR: "meter", KGM: "kilogram", GRM: "gram", LTR: "liter",
    CMT: "centimeter", MMT: "millimeter" };
function quantity(q)
{
	return new Intl.NumberFormat(document.documentElement.lang,
	    units[q.unit] ? { style: "unit", unit: units[q.unit] } : {})
	    .format(q.value);
}

function tell(input)
{
	const found = input.closest("li").querySelector(".found");
	const item = known.get(input.value.trim());
	if (!item) {
		found.textContent = "";
		return;
	}
	const parts = [item.name];
	if (item.price)
		parts.push(money(item.price));
	if (item.available)
		parts.push(`${list.dataset.available} ${quantity(item.available)}`);
	found.textContent = parts.join(" · ");
}

async function look(input)
{
	const q = input.value.trim();
	if (q.length < 2 || known.has(q)) {
		tell(input);
		return;
	}
	const answer = await fetch(
	    `${list.dataset.items}?limit=10&q=${encodeURIComponent(q)}`,
	    { headers: { accept: "application/json" } });
	if (!answer.ok)
		return;
	const { items } = await answer.json();
	options.replaceChildren(...items.map((i) => node("option",
	    { value: i.number }, i.name)));
	for (const i of items)
		for (const key of [i.number, i.gtin, i.buyers_item_id])
			if (key)
				known.set(key, i);
	tell(input);
}

list.addEventListener("input", (e) => {
	if (!/\[item\]$/.test(e.target.name))
		return;
	clearTimeout(typing);
	typing = setTimeout(() => look(e.target).catch(() => {}), 200);
});

// What a copy, a draft or a refused order brings along is told at once.
for (const e of list.querySelectorAll("[name$='[item]']"))
	if (e.value)
		look(e).catch(() => {});

// The draft: first it is made, then it is changed under its own address.
async function save()
{
	const body = new URLSearchParams(new FormData(form));
	body.set("_event", "save");
	busy = true;
	try {
		const answer = await fetch(form.action, { method: "POST", body,
		    headers: { accept: "application/json" } });
		if (!answer.ok)
			throw new Error(answer.status);
		const order = await answer.json();
		const base = form.action.replace(/\/orders(\/.*)?$/, "/orders");
		let version = form.elements.version;
		if (!version)
			form.append(version = node("input",
			    { type: "hidden", name: "version" }));
		version.value = order.version;
		form.action = `${base}/${order.id}`;
		history.replaceState(null, "", `${base}/${order.id}/edit`);
		saved.textContent = words.saved;
	} catch {
		saved.textContent = words.unsaved;
	}
	busy = false;
}

function later()
{
	clearTimeout(saving);
	// Where no draft is kept, there is no place that says so.
	if (!saved)
		return;
	saving = setTimeout(() => {
		if (busy)
			later();
		else if ([...list.querySelectorAll("[name$='[item]']")].some(
		    (i) => i.value) && !form.dataset.sent)
			save();
	}, 1500);
}
form.addEventListener("input", later);
form.addEventListener("submit", () => clearTimeout(saving));
