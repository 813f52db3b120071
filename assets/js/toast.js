// SPDX-License-Identifier: Apache-2.0
// What can be undone for a moment goes away when the moment is over.
for (const e of document.querySelectorAll("[data-until]")) {
	const left = Date.parse(e.dataset.until) - Date.now();
	if (left > -60000)
		setTimeout(() => e.remove(), Math.max(left, 0) + 1000);
}
