// SPDX-License-Identifier: Apache-2.0
// What the scripts share. Sentences stand in the page, in the reader's
// language.
export const words = document.getElementById("words")?.dataset ?? {};

export const door = document.body.dataset.door ?? "";

// Tells the result of the user's own action, and goes away by itself.
export function say(text, button)
{
	const box = document.querySelector(".toasts");
	const toast = document.createElement("div");
	toast.className = "toast";
	toast.append(document.createTextNode(text));
	if (button)
		toast.append(button);
	box?.append(toast);
	setTimeout(() => toast.remove(), 8000);
	return toast;
}

export function node(name, attributes, ...children)
{
	const e = document.createElement(name);
	for (const [k, v] of Object.entries(attributes ?? {}))
		e.setAttribute(k, v);
	e.append(...children);
	return e;
}

// Keys of one character can be switched off, for this browser.
export function keysOff(wish)
{
	try {
		if (wish !== undefined)
			localStorage.setItem("keys", wish ? "off" : "on");
		return localStorage.getItem("keys") === "off";
	} catch {
		return false;
	}
}

// A key meant for the page: not typed into a field, not a browser's own.
export const forPage = (e) => !e.ctrlKey && !e.metaKey && !e.altKey &&
    !keysOff() && !e.target.closest(
	"input:not([type=checkbox]), select, textarea, dialog[open]");

// What scrolls inside the page can be reached by keyboard.
const sizes = new ResizeObserver((all) => {
	for (const { target } of all)
		if (target.scrollWidth > target.clientWidth)
			target.tabIndex = 0;
		else
			target.removeAttribute("tabindex");
});

export function watch()
{
	sizes.disconnect();
	for (const e of document.querySelectorAll(".scroll"))
		sizes.observe(e);
	// Of many views the present one is in sight.
	const tab = document.querySelector(".tabs [aria-current]");
	if (tab)
		tab.parentElement.scrollLeft += tab.getBoundingClientRect().right -
		    tab.parentElement.getBoundingClientRect().right;
}
