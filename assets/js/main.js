// SPDX-License-Identifier: Apache-2.0
// What every page gets; the rest is fetched where a page asks for it.
import { forPage, watch, words } from "./words.js";

const root = document.documentElement;
root.classList.add("js");

const parts = {
	"[data-door]:has(.nav)": "./live.js",
	"[data-select]": "./select.js",
	"[data-upload]": "./upload.js",
	"[data-lines], [data-draft]": "./lines.js",
	"[data-until]": "./toast.js",
};
for (const [selector, file] of Object.entries(parts))
	if (document.querySelector(selector))
		import(file);

// What was done is said once, not at every reload.
const here = new URL(location.href);
if (here.searchParams.has("done")) {
	here.searchParams.delete("done");
	history.replaceState(null, "", here);
}

// A refused form: its summary takes focus.
document.getElementById("summary")?.focus();

document.addEventListener("click", async (e) => {
	const copy = e.target.closest("[data-copy]");
	if (copy) {
		await navigator.clipboard.writeText(copy.dataset.copy);
		copy.textContent = words.copied;
		return;
	}
	const keys = e.target.closest("[data-keys]");
	if (keys)
		(await import("./keys.js")).help(keys);
	const show = e.target.closest("[data-peek]");
	if (show) {
		const input = show.previousElementSibling;
		const hidden = input.type === "password";
		input.type = hidden ? "text" : "password";
		show.textContent = hidden ? words.hide : words.show;
	}
	// A menu closes when something else is clicked.
	for (const menu of document.querySelectorAll("details.menu[open]"))
		if (!menu.contains(e.target))
			menu.open = false;
});

// ? lists the keys, / goes to the search.
document.addEventListener("keydown", async (e) => {
	const search = e.key === "/" && document.getElementById("q");
	if (!forPage(e) || !(search || e.key === "?"))
		return;
	e.preventDefault();
	if (search)
		search.focus();
	else if (document.getElementById("keys"))
		(await import("./keys.js")).help();
});

document.addEventListener("keydown", (e) => {
	if (e.key !== "Escape")
		return;
	const menu = e.target.closest?.("details.menu[open]");
	if (menu) {
		menu.open = false;
		menu.querySelector("summary").focus();
	}
});

for (const input of document.querySelectorAll("input[type=password]")) {
	const button = document.createElement("button");
	const row = document.createElement("div");
	row.className = "password";
	button.type = "button";
	button.className = "button";
	button.dataset.peek = "";
	button.textContent = words.show;
	input.replaceWith(row);
	row.append(input, button);
}

// Nothing is sent twice by an impatient hand.
document.addEventListener("submit", (e) => {
	const form = e.target;
	if (form.method !== "post" || form.dataset.upload !== undefined)
		return;
	if (form.dataset.sent) {
		e.preventDefault();
		return;
	}
	form.dataset.sent = "1";
	e.submitter?.setAttribute("aria-busy", "true");
});
addEventListener("pageshow", () => {
	for (const form of document.querySelectorAll("form[data-sent]"))
		delete form.dataset.sent;
	for (const b of document.querySelectorAll("button[aria-busy]"))
		b.removeAttribute("aria-busy");
});

// What a link points at is opened.
function open()
{
	const at = location.hash.length > 1 &&
	    document.getElementById(decodeURIComponent(location.hash.slice(1)));
	const fold = at && at.closest("details");
	if (fold) {
		fold.open = true;
		at.scrollIntoView({ block: "center" });
	}
}
addEventListener("hashchange", open);
open();

watch();

// Lists grow at their end instead of changing the page.
document.addEventListener("click", async (e) => {
	const more = e.target.closest("[data-more]");
	const list = more?.closest("section, main")?.querySelector("tbody, ol");
	if (!more || !list || e.ctrlKey || e.metaKey || e.shiftKey)
		return;
	e.preventDefault();
	more.setAttribute("aria-busy", "true");
	try {
		const answer = await fetch(more.href, { headers: { accept: "text/html" } });
		if (!answer.ok)
			throw new Error(answer.status);
		const next = new DOMParser().parseFromString(
		    await answer.text(), "text/html");
		const from = next.querySelector("[data-more]");
		list.append(...(next.querySelector(`main ${list.localName}`)
		    ?.children ?? []));
		if (from)
			more.replaceWith(document.adoptNode(from));
		else
			more.parentElement.remove();
	} catch {
		location.assign(more.href);
	}
});
