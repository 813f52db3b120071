// SPDX-License-Identifier: Apache-2.0
// The drop zone: a file is dropped or chosen, its upload shows how far it is
// and can be stopped. Without script the same form just sends the file.
import { words } from "./words.js";

const form = document.querySelector("[data-upload]");
const zone = form.querySelector("[data-drop]");
const input = form.querySelector("input[type=file]");
const progress = form.querySelector("[data-progress]");
const stop = form.querySelector("[data-stop]");
const state = form.querySelector("[data-state]");
let running;

function named()
{
	form.querySelector("[data-name]").textContent =
	    input.files[0] ? input.files[0].name : "";
}

for (const name of ["dragenter", "dragover"])
	zone.addEventListener(name, (e) => {
		e.preventDefault();
		zone.classList.add("over");
	});
for (const name of ["dragleave", "drop"])
	zone.addEventListener(name, () => zone.classList.remove("over"));
zone.addEventListener("drop", (e) => {
	e.preventDefault();
	if (e.dataTransfer.files.length) {
		input.files = e.dataTransfer.files;
		named();
	}
});
input.addEventListener("change", named);

function end(text)
{
	running = undefined;
	stop.hidden = true;
	state.textContent = text;
	for (const b of form.querySelectorAll("button[type=submit]"))
		b.removeAttribute("aria-busy");
}

// A page comes back whatever happened: the document's, or this one again.
function show(request)
{
	if (request.status === 0) {
		end(words.failed);
		return;
	}
	const page = new DOMParser().parseFromString(
	    request.responseText, "text/html");
	const main = page.getElementById("main");
	if (request.status < 400 || !main) {
		location.assign(request.responseURL);
		return;
	}
	end("");
	progress.hidden = true;
	const notice = main.querySelector("#summary");
	document.getElementById("summary")?.remove();
	if (notice) {
		form.before(document.adoptNode(notice));
		notice.focus();
	}
}

form.addEventListener("submit", (e) => {
	e.preventDefault();
	if (running)
		return;
	const request = running = new XMLHttpRequest();
	const bar = progress.querySelector("progress");
	progress.hidden = false;
	stop.hidden = false;
	bar.value = 0;
	state.textContent = words.sending;
	e.submitter?.setAttribute("aria-busy", "true");
	request.upload.addEventListener("progress", (p) => {
		bar.value = p.lengthComputable ? 100 * p.loaded / p.total : 50;
	});
	request.addEventListener("load", () => show(request));
	request.addEventListener("error", () => end(words.failed));
	request.addEventListener("abort", () => { end(""); progress.hidden = true; });
	request.open("POST", form.action);
	request.setRequestHeader("accept", "text/html");
	request.send(new FormData(form, e.submitter));
});
stop.addEventListener("click", () => running?.abort());
