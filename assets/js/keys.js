// SPDX-License-Identifier: Apache-2.0
// The list of keys that this page knows, and the switch for them.
import { keysOff } from "./words.js";

const dialog = document.getElementById("keys");
const box = dialog.querySelector("input");
let from;

box.addEventListener("change", () => keysOff(!box.checked));

// entry: of a menu, that asked for it, if one did
export function help(entry)
{
	if (dialog.open)
		return;
	from = entry;
	for (const row of dialog.querySelectorAll("[data-where]"))
		row.hidden = !document.querySelector(row.dataset.where);
	box.checked = !keysOff();
	dialog.showModal();
}

// The browser gives the focus back to what opened the list; what stands in a
// menu that closed meanwhile cannot take it, the menu's button can.
dialog.addEventListener("close", () => {
	const at = document.activeElement;
	if (from && (at === document.body || dialog.contains(at)))
		from.closest("details").querySelector("summary").focus();
});
