// SPDX-License-Identifier: Apache-2.0
// The list of keys that this page knows, and the switch for them.
import { keysOff } from "./words.js";

const dialog = document.getElementById("keys");
const box = dialog.querySelector("input");

box.addEventListener("change", () => keysOff(!box.checked));

export function help()
{
	if (dialog.open)
		return;
	for (const row of dialog.querySelectorAll("[data-where]"))
		row.hidden = !document.querySelector(row.dataset.where);
	box.checked = !keysOff();
	dialog.showModal();
}
