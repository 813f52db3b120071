// SPDX-License-Identifier: Apache-2.0
// Chromium on the running set-up: one browser a file, a context a visitor.
// The set-up's own authority is unknown to Chromium, so its key is named.
import assert from "node:assert/strict";
import { createHash, X509Certificate } from "node:crypto";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { login, portalOf, URL_BASE, VAR } from "./kontor.mjs";

const axe = readFileSync(createRequire(import.meta.url)
    .resolve("axe-core/axe.min.js"), "utf8");

/** What Chromium must believe: the hash of the server's public key. */
const spki = () => createHash("sha256").update(new X509Certificate(
    readFileSync(join(VAR, "tls/server.pem"))).publicKey
    .export({ type: "spki", format: "der" })).digest("base64");

export async function launch()
{
	return chromium.launch({
		executablePath: ["/usr/bin/chromium", "/usr/bin/chromium-browser"]
		    .find(existsSync),
		args: ["--headless", "--no-sandbox", "--disable-gpu",
		    "--disable-quic", "--no-first-run",
		    "--disable-background-networking",
		    "--disable-component-update", "--disable-sync",
		    `--ignore-certificate-errors-spki-list=${spki()}`],
	});
}

/**
 * A page of a visitor. options: lang "en" | "de", script (false: without
 * JavaScript), phone, dark.
 */
export async function visit(browser, options = {})
{
	const context = await browser.newContext({
		baseURL: URL_BASE,
		locale: options.lang ?? "en",
		javaScriptEnabled: options.script !== false,
		viewport: options.phone ? { width: 320, height: 740 }
		    : { width: 1280, height: 900 },
		colorScheme: options.dark ? "dark" : "light",
		acceptDownloads: true,
	});
	context.setDefaultTimeout(10000);
	const page = await context.newPage();
	page.trouble = [];
	page.on("pageerror", (e) => page.trouble.push(`script: ${e.message}`));
	page.on("console", (m) => {
		if (m.type() === "error" && !/status of 4\d\d/.test(m.text()))
			page.trouble.push(m.text());
	});
	return page;
}

export async function signIn(page, name)
{
	const l = login(name);
	await page.goto("/login");
	await page.fill("input[name=name]", l.login);
	await page.fill("input[name=password]", l.password);
	await page.keyboard.press("Enter");
	await page.waitForURL(`**/${portalOf(l)}/**`);
	return page;
}

/**
 * Opens a person's portal; the context is closed at the end of the test.
 * options as visit.
 */
export async function enter(t, browser, name, options)
{
	const page = await visit(browser, options);
	t.after(() => page.context().close());
	return signIn(page, name);
}

/** What axe finds on the page, as short lines; [] is clean. */
export async function axeFindings(page)
{
	await page.evaluate(axe);
	/* Colours on their way from one to another are nobody's choice. */
	await page.evaluate(() => Promise.allSettled(document.getAnimations()
	    .filter((a) => a instanceof CSSTransition)
	    .map((a) => a.finished)).then(() => null));
	const found = await page.evaluate(() => window.axe.run(document, {
		runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa",
		    "best-practice"] }));
	return found.violations.map((v) => `${v.id}: ${v.help} ` +
	    `(${v.nodes.slice(0, 3).map((n) => n.target.join(" ")).join("; ")})`);
}

/** A page without findings, errors of scripts, names of members in place of
 * what they hold, or anything too wide. */
export async function looksRight(page, options)
{
	/* What lies under the bar at the top is no smaller for it. */
	await page.evaluate(() => scrollTo(0, 0));
	if (options.script !== false)
		assert.deepEqual(await axeFindings(page), [], page.url());
	assert.deepEqual(page.trouble, [], page.url());
	const wide = await page.evaluate(() => document.documentElement
	    .scrollWidth - document.documentElement.clientWidth);
	assert.ok(wide <= 0, `${page.url()}: ${wide} px too wide`);
	assert.doesNotMatch(await page.textContent("body"),
	    /\{\{|\bundefined\b|\[object/, page.url());
}

/** Opens a page with lines to select, and waits until their script is there. */
export async function openLines(page, path)
{
	await page.goto(path);
	await page.waitForSelector("[data-select] tr[aria-selected]");
}

/** Presses a button or link by keyboard, wherever a bar may lie over it. */
export async function press(page, selector)
{
	await page.focus(selector);
	await page.keyboard.press("Enter");
}

/** A picture under KONTOR_VAR/pictures, for people. */
export async function picture(page, name)
{
	const dir = join(VAR, "pictures");
	mkdirSync(dir, { recursive: true });
	await page.screenshot({ path: join(dir, `${name}.png`), fullPage: true });
}
