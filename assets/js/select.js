// SPDX-License-Identifier: Apache-2.0
// Rows that are selected and answered together: count, select all, keys
// (j k x c s outside of fields), and the panel of details as a dialog.
import { forPage, node, say, words } from "./words.js";

let at = -1;

const boxes = () => [...document.querySelectorAll(
    "[data-select] input[name='lines[]']")];

function count()
{
	const all = boxes(), n = all.filter((b) => b.checked).length;
	const bar = document.querySelector("[data-bulk]");
	const every = document.querySelector("[data-all]");
	const whole = document.querySelector("[data-matching]")?.checked;
	bar?.toggleAttribute("data-none", n === 0 && !whole);
	const text = bar?.querySelector("[data-count]");
	if (text) {
		text.dataset.hint ??= text.textContent;
		text.textContent = n ? `${n} ${words.selected}` : text.dataset.hint;
	}
	if (every) {
		every.checked = n > 0 && n === all.length;
		every.indeterminate = n > 0 && n < all.length;
	}
	for (const b of all)
		b.closest("tr").setAttribute("aria-selected", b.checked);
}

function move(step)
{
	const all = boxes();
	all[at]?.closest("tr").classList.remove("at");
	at = Math.max(0, Math.min(all.length - 1, at + step));
	const row = all[at]?.closest("tr");
	row?.classList.add("at");
	row?.scrollIntoView({ block: "nearest" });
	all[at]?.focus({ preventScroll: true });
}

function any()
{
	const some = boxes().some((b) => b.checked) ||
	    document.querySelector("[data-matching]")?.checked;
	if (!some)
		say(words.none);
	return some;
}

// One dialog for every step; only what the step needs is shown.
function openPanel(step, opener)
{
	const panel = document.querySelector("[data-panel]");
	const title = opener.textContent.replace(/[ …]+$/, "");
	let dialog = panel.closest("dialog");
	if (!dialog) {
		dialog = node("dialog");
		panel.replaceWith(dialog);
		const cancel = node("button",
		    { type: "button", class: "button" }, words.cancel);
		cancel.addEventListener("click", () => dialog.close());
		panel.querySelector(".actions").append(cancel);
		panel.prepend(node("h2"));
		dialog.append(panel);
	}
	dialog.setAttribute("aria-label", title);
	panel.querySelector("h2").textContent = title;
	for (const part of panel.querySelectorAll("[data-for]")) {
		const wanted = part.dataset.for.split(" ").includes(step);
		part.hidden = !wanted;
		for (const field of part.querySelectorAll("input, select, textarea"))
			field.disabled = !wanted;
		for (const field of part.querySelectorAll("input, select"))
			field.required = wanted && part.dataset.need === step;
	}
	dialog.showModal();
	panel.querySelector("[data-for]:not([hidden]) :is(input, select)")?.focus();
}

function key(e)
{
	if (!forPage(e) || !document.querySelector("[data-select]"))
		return;
	if (e.key === "j" || e.key === "k") {
		move(e.key === "j" ? 1 : -1);
	} else if (e.key === "x" && at >= 0) {
		boxes()[at].checked = !boxes()[at].checked;
		count();
	} else if (e.key === "c" || e.key === "s") {
		document.querySelector(`[data-bulk] [data-key=${e.key}]`)?.click();
	} else {
		return;
	}
	e.preventDefault();
}

// Return in the dialog means its own button, not the first of the form.
document.addEventListener("keydown", (e) => {
	if (e.key !== "Enter" || !e.target.matches("dialog [data-for] input"))
		return;
	e.preventDefault();
	e.target.closest("dialog").querySelector(
	    ".actions [data-for]:not([hidden])")?.click();
});
document.addEventListener("keydown", key);
document.addEventListener("change", (e) => {
	if (e.target.matches("[data-all]"))
		for (const b of boxes())
			b.checked = e.target.checked;
	if (e.target.matches("[data-select] input, [data-matching]"))
		count();
});
document.addEventListener("click", (e) => {
	const opener = e.target.closest("[data-open]");
	if (opener && any())
		openPanel(opener.dataset.open, opener);
});
document.addEventListener("submit", (e) => {
	if (e.target.id === "bulk" && !any()) {
		e.preventDefault();
		delete e.target.dataset.sent;
		e.submitter?.removeAttribute("aria-busy");
	}
});

// Again after the page's main part was exchanged.
export function start()
{
	at = -1;
	count();
}
start();
