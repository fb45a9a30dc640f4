import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { after, before, beforeEach, describe, test } from "node:test";
import { catalogue } from "../src/metrics/catalogue.ts";
import { samePath } from "../src/routes/theme.ts";
import { StoreUnavailable } from "../src/store/store.ts";
import { MemoryStore } from "./memory-store.ts";
import { type Answer, SESSION_KEY, type Service, sample, startService, testConfig } from "./service.ts";

const store = new MemoryStore();
let service: Service;
before(async () => {
  service = await startService({ redis: store, config: testConfig({ SESSION_TTL_SECONDS: "600" }) });
});
describe("sessions", () => {
  beforeEach(() => {
    store.values.clear();
    store.away = false;
    store.nowSeconds = 0;
  });
  after(() => service.close());

  const FORM = { "Content-Type": "application/x-www-form-urlencoded" };

  function choose(theme: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return service.ask("/theme", { method: "POST", headers: { ...FORM, ...headers }, body: `theme=${theme}&next=%2F` });
  }

  /** The cookie of an answer, as a browser sends it back. */
  function cookieOf({ headers }: Answer): string {
    const cookie = headers["set-cookie"]?.[0]?.split(";")[0];
    assert.ok(cookie, "the answer sets a cookie");
    return cookie;
  }

  async function themeShown(cookie: string): Promise<string | undefined> {
    const { status, text } = await service.ask("/", { headers: { Cookie: cookie } });
    assert.equal(status, 200);
    return /data-theme="(\w+)"/.exec(text)?.[1];
  }

  test("a visitor without anything stored gets no cookie and the page for everyone", async () => {
    const { headers } = await service.ask("/");
    assert.equal(headers["set-cookie"], undefined);
    assert.match(String(headers["cache-control"]), /^public/);
    assert.equal(store.values.size, 0);
  });

  test("a chosen theme is stored, leads back, and is shown", async () => {
    const answer = await choose("dark");
    assert.equal(answer.status, 303);
    assert.equal(answer.headers.location, "/");
    const setCookie = answer.headers["set-cookie"]?.[0] ?? "";
    for (const part of [/httponly/i, /samesite=lax/i, /path=\//i, /expires=/i]) {
      assert.match(setCookie, part);
    }
    assert.doesNotMatch(setCookie, /secure/i);
    const cookie = cookieOf(answer);
    assert.equal(await themeShown(cookie), "dark");
    assert.equal(await sample(service.metrics, "resume_sessions_total", { event: "created" }), 1);

    const again = await choose("light", { Cookie: cookie });
    assert.equal(cookieOf(again), cookie);
    assert.equal(await themeShown(cookie), "light");
    assert.equal(store.values.size, 1);
  });

  test("a visitor's own page is kept by no shared cache", async () => {
    const cookie = cookieOf(await choose("dark"));
    const { headers } = await service.ask("/", { headers: { Cookie: cookie } });
    assert.equal(headers["cache-control"], "private, no-cache");
    assert.match(String(headers.vary), /Cookie/);
    const common = await service.ask("/");
    assert.notEqual(headers.etag, common.headers.etag);
  });

  test("behind TLS the cookie is for TLS only", async () => {
    const answer = await choose("dark", { "X-Forwarded-Proto": "https" });
    assert.match(answer.headers["set-cookie"]?.[0] ?? "", /secure/i);
  });

  test("the session ends with its time to live", async () => {
    const cookie = cookieOf(await choose("dark"));
    store.nowSeconds = 600;
    assert.equal(await themeShown(cookie), "system");
  });

  test("a session lasts while its visitor is there, and is renewed once a minute at most", async () => {
    const cookie = cookieOf(await choose("dark"));
    const visit = () => service.ask("/", { headers: { Cookie: cookie } });
    const renewals = () => sample(service.metrics, catalogue.sessions.name, { event: "renewed" });
    const before = await renewals();
    store.nowSeconds = 59;
    assert.equal((await visit()).headers["set-cookie"], undefined);
    assert.equal(await renewals(), before);

    store.nowSeconds = 599;
    const late = await visit();
    assert.equal(cookieOf(late), cookie, "the browser keeps it for as long");
    assert.match(late.headers["set-cookie"]?.[0] ?? "", /expires=.*httponly/i);
    assert.equal(late.headers["cache-control"], "private, no-cache");
    assert.equal((await visit()).headers["set-cookie"], undefined);
    assert.equal(await renewals(), before + 1);

    store.nowSeconds = 1198;
    assert.equal(await themeShown(cookie), "dark");
    store.nowSeconds = 1798;
    assert.equal(await themeShown(cookie), "system");
  });

  test("a session that can't be renewed just now still has its theme", async (t) => {
    const cookie = cookieOf(await choose("dark"));
    store.nowSeconds = 599;
    t.mock.method(store, "touch", () => Promise.reject(new StoreUnavailable("just now")));
    assert.equal(await themeShown(cookie), "dark");
  });

  test("a short session is renewed twice in its time", async (t) => {
    const own = await startService({ redis: store, config: testConfig({ SESSION_TTL_SECONDS: "10" }) });
    t.after(() => own.close());
    const body = "theme=dark";
    const cookie = cookieOf(await own.ask("/theme", { method: "POST", headers: FORM, body }));
    for (const [seconds, renewed] of [
      [4, false],
      [5, true],
      [9, false],
      [10, true],
    ] as const) {
      store.nowSeconds = seconds;
      const { headers } = await own.ask("/", { headers: { Cookie: cookie } });
      assert.equal(headers["set-cookie"] !== undefined, renewed, `after ${seconds} s`);
    }
  });

  test("what is no session's cookie gets the page for everyone, which caches keep", async () => {
    const common = await service.ask("/");
    const cookies = [
      "x=resume_session",
      "x=1; y=resume_session=2",
      "not_resume_session=x",
      "resume_session_2=x",
      "resume_session=",
      "resume_session=0",
      `resume_session=${"A".repeat(32)}.${"A".repeat(43)}`,
    ];
    for (const cookie of cookies) {
      const { headers } = await service.ask("/", { headers: { Cookie: cookie } });
      assert.equal(headers["cache-control"], common.headers["cache-control"], cookie);
      assert.equal(headers.vary, common.headers.vary, cookie);
      assert.equal(headers.etag, common.headers.etag, cookie);
    }
  });

  test("forged and broken cookies are no session", async () => {
    const cookie = cookieOf(await choose("dark"));
    const [name = "", value = ""] = cookie.split("=");
    const [id = "", signature = ""] = value.split(".");
    const otherKey = createHmac("sha256", "another key of some length").update(`session:${id}`).digest("base64url");
    const otherId = `${id.slice(0, -1)}${id.endsWith("A") ? "B" : "A"}`;
    const forged = [
      `${id}.${otherKey}`,
      `${otherId}.${signature}`,
      `${id}.${signature.slice(0, -1)}`,
      id,
      `${id}.`,
      `.${signature}`,
      "",
      `${id}.${"é".repeat(43)}`,
      `${id}.${signature}.${signature}`,
      "__proto__",
    ];
    for (const attempt of forged) {
      assert.equal(await themeShown(`${name}=${encodeURI(attempt)}`), "system", attempt);
    }
    assert.ok((await sample(service.metrics, "resume_sessions_total", { event: "forged" })) >= 8);

    const valid = createHmac("sha256", SESSION_KEY).update(`session:${id}`).digest("base64url");
    assert.equal(await themeShown(`${name}=${id}.${valid}`), "dark");
  });

  test("a forged cookie is never taken over: the visitor gets a session of their own", async () => {
    const chosen = "A".repeat(32);
    const answer = await choose("dark", { Cookie: `resume_session=${chosen}.${"A".repeat(43)}` });
    assert.ok(!cookieOf(answer).includes(chosen));
  });

  test("stored data of another shape counts as no session", async () => {
    const cookie = cookieOf(await choose("dark"));
    for (const value of ["", "{", "null", "[]", '{"theme":"pink"}', '{"color":"dark"}']) {
      for (const key of store.values.keys()) {
        store.values.set(key, { value, until: 1e9 });
      }
      assert.equal(await themeShown(cookie), "system", value);
    }
  });

  test("without the store: the form says so with 503, the page goes on", async () => {
    const cookie = cookieOf(await choose("dark"));
    store.away = true;
    const refused = await choose("light", { Cookie: cookie, Accept: "text/html" });
    assert.equal(refused.status, 503);
    assert.equal(refused.headers["retry-after"], "5");
    assert.match(refused.text, /Settings can’t be stored|Settings can&#39;t be stored/);
    assert.equal(await themeShown(cookie), "system");
    assert.equal((await service.ask("/ready")).status, 503);
    store.away = false;
    assert.equal(await themeShown(cookie), "dark");
    assert.equal((await service.ask("/ready")).status, 200);
  });

  test("bad forms are refused by what is wrong with them", async () => {
    const post = (body: string, headers: Readonly<Record<string, string>>) =>
      service.ask("/theme", { method: "POST", body, headers });
    assert.equal((await choose("pink")).status, 400);
    assert.equal((await post("", FORM)).status, 400);
    assert.equal((await post('{"theme":"dark"}', { "Content-Type": "application/json" })).status, 415);
    assert.equal((await post("theme=dark", {})).status, 415);
    assert.equal((await post(`theme=dark&x=${"x".repeat(2000)}`, FORM)).status, 413);
    const chunked = { ...FORM, "Transfer-Encoding": "chunked" };
    assert.equal((await post(`theme=dark&x=${"x".repeat(2000)}`, chunked)).status, 413);
    assert.equal((await choose("dark", { "Sec-Fetch-Site": "cross-site" })).status, 403);
    assert.equal(store.values.size, 0);
  });

  test("the way back stays on this site", () => {
    const cases: readonly (readonly [string | null, string])[] = [
      ["/", "/"],
      ["/projects?x=1", "/projects?x=1"],
      [null, "/"],
      ["", "/"],
      ["projects", "/"],
      ["//evil.example.com", "/"],
      ["/\\evil.example.com", "/"],
      ["/\t/evil.example.com", "/"],
      ["/..//evil.example.com", "/"],
      ["https://evil.example.com/", "/"],
      ["javascript:alert(1)", "/"],
      ["/x\r\nSet-Cookie: a=b", "/xSet-Cookie:%20a=b"],
    ];
    for (const [next, expected] of cases) {
      assert.equal(samePath(next), expected, String(next));
    }
  });
});
