// SPDX-License-Identifier: Apache-2.0
// Changes made elsewhere reach an open page. One tab of the browser holds the
// stream of events (a lock elects it) and tells the others; when the stream
// fails, it asks every 5 s. An event only says that something changed: the
// page is fetched again and its main part exchanged, unless somebody is busy
// in it; then a button offers it.
import { door, node, say, watch, words } from "./words.js";

const channel = new BroadcastChannel(`kontor${door}`);
const object = document.body.dataset.object;
let since = 0, waiting, pill, reading = false;

function busy()
{
	const main = document.getElementById("main");
	const at = document.activeElement;
	return document.querySelector("dialog[open]") ||
	    main.querySelector("[data-draft], [data-upload]") ||
	    main.querySelector("tbody tr:hover, [data-matching]:checked, " +
		"input:checked[name='lines[]']") ||
	    (main.contains(at) && at.matches("input, select, textarea")) ||
	    main.querySelector("form[data-sent]") ||
	    [...main.querySelectorAll("input[type=file]")].some((i) => i.value) ||
	    [...main.querySelectorAll("details[open] form")].length > 0;
}

function offer()
{
	if (pill)
		return;
	const button = node("button", { type: "button", class: "button" },
	    words.changed);
	button.addEventListener("click", () => exchange(true));
	pill = node("div", { class: "live" }, button);
	document.getElementById("main").prepend(pill);
}

// The same address once more; only the main part is taken.
async function exchange(asked)
{
	if (reading)
		return;
	if (!asked && busy()) {
		offer();
		return;
	}
	reading = true;
	try {
		const answer = await fetch(location.href,
		    { headers: { accept: "text/html" } });
		if (answer.redirected && new URL(answer.url).pathname === "/login")
			location.assign(answer.url);
		if (!answer.ok)
			return;
		const page = new DOMParser().parseFromString(
		    await answer.text(), "text/html");
		// What somebody began meanwhile counts as what he began before.
		if (!asked && busy()) {
			offer();
			return;
		}
		const main = page.getElementById("main");
		main.querySelector("p[role=status].notice[data-tone=ok]")?.remove();
		document.getElementById("main").replaceWith(
		    document.adoptNode(main));
		pill = undefined;
		watch();
		if (document.querySelector("[data-select]"))
			(await import("./select.js")).start();
		if (asked)
			say(words.updated);
	} finally {
		reading = false;
	}
}

// Several events at once are one change.
function changed(event)
{
	const section = document.querySelector("[data-live]");
	const kinds = section?.dataset.live.split(" ");
	const other = object && event.id && event.id !== object &&
	    !document.querySelector(`[id$="${CSS.escape(event.id)}"]`) &&
	    !/order|document/.test(event.object ?? event.type ?? "");
	if (other || (kinds && event.object && !kinds.some(
	    (k) => event.object.startsWith(k))))
		return;
	clearTimeout(waiting);
	waiting = setTimeout(() => exchange(false), 300);
}

channel.addEventListener("message", (e) => changed(e.data));

function tell(event)
{
	channel.postMessage(event);
	changed(event);
}

async function ask()
{
	const address = since ? `${door}/activity?since=${since}`
	    : `${door}/activity?limit=1`;
	const answer = await fetch(address,
	    { headers: { accept: "application/json" } });
	if (!answer.ok)
		return;
	const { items, latest } = await answer.json();
	if (since)
		items.forEach(tell);
	since = latest ?? since;
}

function stream(release)
{
	const source = new EventSource(`${door}/events`);
	let timer;
	source.addEventListener("change", (e) => {
		since = Number(e.lastEventId) || since;
		tell(JSON.parse(e.data));
	});
	source.addEventListener("open", () => clearInterval(timer));
	source.addEventListener("error", () => {
		clearInterval(timer);
		timer = setInterval(() => ask().catch(() => {}), 5000);
		if (source.readyState === EventSource.CLOSED)
			setTimeout(() => { clearInterval(timer); release(); }, 15000);
	});
}

// The tab that holds the lock streams until it is closed.
function elect()
{
	const run = () => new Promise((release) => stream(release));
	if (!navigator.locks) {
		run().then(elect);
		return;
	}
	navigator.locks.request(`kontor${door}`, run).then(elect, () => {});
}
elect();

// Without a connection the page stays readable and says how it stands.
let away;
addEventListener("offline", () => {
	away ??= node("p", { class: "toast", role: "status" }, words.offline);
	document.querySelector(".toasts")?.append(away);
});
addEventListener("online", () => {
	away?.remove();
	exchange(false);
});

// A document that is being read is asked for until it is.
if (document.querySelector("[data-waiting]")) {
	const again = setInterval(() => {
		if (document.querySelector("[data-waiting]"))
			exchange(false);
		else
			clearInterval(again);
	}, 1000);
}
