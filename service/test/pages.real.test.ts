import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { OTHER_MACHINE, openBrowser, violations } from "./browser.ts";
import { MemoryStore } from "./memory-store.ts";
import { type Service, startService } from "./service.ts";
import { FAILING_PATH, siteThatFails } from "./site-that-fails.ts";

const PATHS = ["/", "/experience", "/projects", "/contact", "/contact/thanks", "/nope", FAILING_PATH];
/** Those that are no 200. */
const STATUSES: Readonly<Record<string, number>> = { "/nope": 404, [FAILING_PATH]: 500 };
const SCHEMES = ["light", "dark"] as const;
const WIDTHS = [1280, 390, 320];
const HOME_BYTES_LIMIT = 60_000;

const store = new MemoryStore();
let service: Service;
let browser: Browser;
before(async () => {
  service = await startService({ redis: store, site: siteThatFails() });
  browser = await openBrowser();
});
after(async () => {
  await browser?.close();
  await service?.close();
});

const address = (path: string): string => `http://127.0.0.1:${service.port}${path}`;

/** A page that notes what its browser complains about. */
async function openPage(
  options: Parameters<Browser["newPage"]>[0] = {},
): Promise<{ readonly page: Page; readonly complaints: readonly string[] }> {
  const page = await browser.newPage(options);
  const complaints: string[] = [];
  page.on("console", (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
  page.on("requestfailed", (request) => complaints.push(`not loaded: ${request.url()}`));
  return { page, complaints };
}

/** How far the page's content is wider than its window, in pixels. */
async function overflow(page: Page): Promise<number> {
  const width: unknown = await page.evaluate("document.documentElement.scrollWidth - window.innerWidth");
  assert.ok(typeof width === "number");
  return width;
}

for (const path of PATHS) {
  for (const colorScheme of SCHEMES) {
    test(`${path}, ${colorScheme}: no violation, no complaint, nothing wider than the window`, async (t) => {
      const { page, complaints } = await openPage({ colorScheme });
      t.after(() => page.close());
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 900 });
        await page.goto(address(path));
        assert.deepEqual(await violations(page), [], `at ${width} px`);
        assert.ok((await overflow(page)) <= 0, `at ${width} px it is ${await overflow(page)} px too wide`);
      }
      // What the browser says of a page of a problem is that it is one.
      const status = STATUSES[path];
      assert.deepEqual(
        complaints.filter((complaint) => !(status !== undefined && complaint.includes(`status of ${status}`))),
        [],
      );
      assert.equal((await page.goto(address(path)))?.status(), status ?? 200);
    });
  }
}

test("what is wrong with a page would be found", async (t) => {
  const { page, complaints } = await openPage();
  t.after(() => page.close());
  await page.goto(address("/"));
  await page.evaluate(`document.documentElement.removeAttribute("lang");
    document.querySelector("h1").style.color = "#eee";
    document.body.append(Object.assign(document.createElement("script"), { textContent: "1" }))`);
  assert.deepEqual((await violations(page)).map((violation) => violation.split(":")[0]).sort(), [
    "color-contrast",
    "html-has-lang",
  ]);
  assert.match(complaints.join("\n"), /Content Security Policy/);
});

/** The addresses of what kept the page from being shown, as its browser tells. */
async function blocking(page: Page): Promise<readonly string[]> {
  const found: unknown = await page.evaluate(
    `performance.getEntriesByType("resource").filter(({ renderBlockingStatus }) => renderBlockingStatus !== "non-blocking")
      .map(({ name, renderBlockingStatus }) => renderBlockingStatus + " " + name)`,
  );
  assert.ok(Array.isArray(found));
  return found.map(String);
}

test("a page loads nothing but itself and its icon, and no request keeps it from being shown", async (t) => {
  for (const path of PATHS) {
    const { page } = await openPage();
    t.after(() => page.close());
    const requests: string[] = [];
    page.on("request", (request) => requests.push(new URL(request.url()).pathname));
    await page.goto(address(path), { waitUntil: "networkidle" });
    assert.deepEqual(await blocking(page), [], path);
    const [first, ...others] = requests;
    assert.equal(first, path);
    for (const other of others) {
      assert.match(other, /^\/static\/(icon|apple-touch-icon)\.[0-9a-f]{16}\.(svg|png)$/);
    }
    const font: unknown = await page.evaluate("getComputedStyle(document.querySelector('h1')).fontFamily");
    assert.match(String(font), /Palatino/, "the style sheet applies");
  }
});

test("a request that keeps a page from being shown would be found", async (t) => {
  const { page } = await openPage();
  t.after(() => page.close());
  await page.route("**/blocked", (route) =>
    route.fulfill({ contentType: "text/html", body: `<link rel="stylesheet" href="/late.css"><p>Hello</p>` }),
  );
  await page.route("**/late.css", (route) => route.fulfill({ contentType: "text/css", body: "p { color: red }" }));
  await page.goto(address("/blocked"));
  assert.deepEqual(await blocking(page), [`blocking ${address("/late.css")}`]);
});

test(`the home page weighs less than ${HOME_BYTES_LIMIT} bytes, compressed, with all it loads`, async (t) => {
  const { page } = await openPage();
  t.after(() => page.close());
  const client = await page.context().newCDPSession(page);
  await client.send("Network.enable");
  let bytes = 0;
  client.on("Network.loadingFinished", ({ encodedDataLength }) => {
    bytes += encodedDataLength;
  });
  await page.goto(address("/"), { waitUntil: "networkidle" });
  t.diagnostic(`${bytes} bytes`);
  assert.ok(bytes > 3_000, "it was measured");
  assert.ok(bytes < HOME_BYTES_LIMIT, `${bytes} bytes`);
});

test("the block of data needs no exception in the policy, and is there for search engines", async (t) => {
  const { page, complaints } = await openPage();
  t.after(() => page.close());
  await page.goto(address("/"));
  const type: unknown = await page.evaluate(
    `JSON.parse(document.querySelector('script[type="application/ld+json"]').textContent)["@type"]`,
  );
  assert.equal(type, "Person");
  assert.deepEqual(complaints, []);
});

for (const javaScriptEnabled of [true, false]) {
  test(`a message is written and sent in a browser ${javaScriptEnabled ? "with" : "without"} JavaScript`, async (t) => {
    store.streams.clear();
    store.values.clear();
    const { page } = await openPage({ javaScriptEnabled });
    t.after(() => page.close());
    await page.goto(address("/contact"));
    await page.getByLabel("Your name").fill("Ada");
    await page.getByLabel("Your e-mail address").fill("ada@localhost");
    await page.getByRole("textbox", { name: "Message" }).fill("Hello,\n\n<b>Nora</b>");
    await page.getByRole("button", { name: "Send" }).click();
    await page.getByRole("alert").waitFor();
    assert.equal(await page.getByRole("textbox", { name: "Message" }).inputValue(), "Hello,\n\n<b>Nora</b>");
    if (javaScriptEnabled) {
      assert.deepEqual(await violations(page), []);
    }

    await page.getByLabel("Your e-mail address").fill("ada@example.com");
    await page.getByRole("button", { name: "Send" }).click();
    await page.getByRole("heading", { name: "Thank you" }).waitFor();
    const [message, ...others] = store.streams.get("messages") ?? [];
    assert.equal(message?.message, "Hello,\n\n<b>Nora</b>");
    assert.deepEqual(others, []);
    assert.deepEqual(await page.context().cookies(), [], "nothing was left behind");
  });
}

test("where the browser vouches for nothing, the message is confirmed and then sent", async (t) => {
  store.streams.clear();
  store.values.clear();
  const { page } = await openPage();
  t.after(() => page.close());
  // Over plain HTTP to another machine a browser says nothing of where a form comes from but its Origin.
  await page.goto(`http://${OTHER_MACHINE}:${service.port}/contact`);
  await page.getByLabel("Your name").fill("Ada");
  await page.getByLabel("Your e-mail address").fill("ada@example.com");
  await page.getByRole("textbox", { name: "Message" }).fill("Hello");
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByRole("status").waitFor();
  assert.deepEqual(await violations(page), []);
  assert.equal(store.streams.size, 0);
  await page.getByRole("button", { name: "Yes, send it" }).click();
  await page.getByRole("heading", { name: "Thank you" }).waitFor();
  assert.equal(store.streams.get("messages")?.length, 1);
  assert.deepEqual(await page.context().cookies(), [], "the session ended with its purpose");
});

test("a chosen theme stays from page to page, whatever the system says", async (t) => {
  const { page } = await openPage({ colorScheme: "light" });
  t.after(() => page.close());
  const background = (): Promise<unknown> => page.evaluate("getComputedStyle(document.body).backgroundColor");
  await page.goto(address("/projects"));
  const light = await background();
  await page.getByRole("button", { name: "Dark" }).click();
  await page.waitForURL(address("/projects"));
  const dark = await background();
  assert.notEqual(dark, light);
  await page.getByRole("link", { name: "Contact" }).click();
  assert.equal(await background(), dark);
  assert.deepEqual(await violations(page), []);
});

test("by keyboard: the first stop leads to the content", async (t) => {
  const { page } = await openPage();
  t.after(() => page.close());
  await page.goto(address("/experience"));
  await page.keyboard.press("Tab");
  const focused: unknown = await page.evaluate("document.activeElement.textContent");
  assert.equal(focused, "Skip to the content");
  await page.keyboard.press("Enter");
  assert.equal(new URL(page.url()).hash, "#main");
});

test("on paper the résumé takes two pages at most, without what paper can't do", async (t) => {
  const { page } = await openPage();
  t.after(() => page.close());
  await page.goto(address("/"));
  const pdf = await page.pdf({ preferCSSPageSize: true });
  const pages = pdf.toString("latin1").match(/\/Type\s*\/Page\b/g)?.length ?? 0;
  assert.ok(pages >= 1 && pages <= 2, `${pages} pages`);
  await page.emulateMedia({ media: "print" });
  assert.equal(await page.locator("nav.site").isVisible(), false);
  assert.equal(await page.locator("footer").isVisible(), false);
});
