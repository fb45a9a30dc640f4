import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { sendBadInput } from "../../service/test/bad-input.ts";
import { eventually } from "./support/eventually.ts";
import { type Answer, ask, form, staticPath } from "./support/http.ts";
import { startLoad } from "./support/load.ts";
import { TestStack } from "./support/stack.ts";

const stack = new TestStack(`edge-${process.pid}`);
const { live } = stack;

let url: string;

/** The networks that Docker makes: this machine is a proxy that nginx trusts, so each test is a client of its own. */
const dockerNetworks = "172.16.0.0/12,192.168.0.0/16,10.0.0.0/8";
const from = (client: string, headers: Record<string, string> = {}) => ({
  headers: { "X-Forwarded-For": client, ...headers },
});

const times = <T>(count: number, what: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => what(index)));

function assertSafe({ headers }: Answer): void {
  assert.equal(headers["x-content-type-options"], "nosniff");
  assert.equal(headers["x-frame-options"], "DENY");
  assert.match(String(headers["permissions-policy"]), /camera=\(\)/);
  assert.equal(headers["referrer-policy"], "strict-origin-when-cross-origin");
  assert.match(String(headers["content-security-policy"]), /^default-src 'none'; /);
  assert.match(String(headers["x-request-id"]), /^[0-9a-f]{32}$/);
}

/** What an owner may have beside the sample's files: a file to send around, an imprint, a further language. */
function addOwnFiles(content: string): void {
  mkdirSync(join(content, "files"));
  writeFileSync(join(content, "files/letter.txt"), "Dear reader\n".repeat(100));
  writeFileSync(join(content, "imprint.md"), "# Imprint\n\nAda Example, Bristol.\n");
  const resume: unknown = JSON.parse(readFileSync(join(content, "resume.json"), "utf8"));
  writeFileSync(join(content, "resume.de.json"), JSON.stringify({ ...Object(resume), meta: { language: "de" } }));
}

describe("the edge", { timeout: 10 * 60_000 }, () => {
  before(async () => {
    addOwnFiles(join(stack.project.folder, "service/content"));
    await stack.initialise({ "resume:trustedProxies": dockerNetworks });
    await stack.up();
    url = await stack.address("url");
    await eventually(20, async () => assert.equal((await ask(url, "/ready")).status, 200));
  });
  after(() => stack.remove());

  test("pages and nginx' own answers say how a browser is to treat them", async () => {
    for (const path of ["/", "/contact", "/nowhere", "/metrics"]) {
      assertSafe(await ask(url, path, { headers: { Accept: "text/html" } }));
    }
  });

  for (const [path, type, text] of [
    ["/files/letter.txt", /^text\/plain/, /^Dear reader\n/],
    ["/imprint", /^text\/html/, /Ada Example, Bristol/],
    ["/resume.pdf", /^application\/pdf/, /^%PDF-/],
    ["/de/", /^text\/html/, /<html lang="de"/],
    ["/de/resume.pdf", /^application\/pdf/, /^%PDF-/],
  ] as const) {
    test(`the owner's ${path} is there, is cached, and a browser that has it gets 304`, async () => {
      const { status, headers, body } = await ask(url, path);
      assert.equal(status, 200);
      assert.match(String(headers["content-type"]), type);
      assert.match(body.toString("latin1"), text);
      const again = await times(20, () => ask(url, path));
      assert.ok(again.some((answer) => answer.headers["x-cache-status"] === "HIT"));
      const kept = await ask(url, path, { headers: { "If-None-Match": String(headers.etag) } });
      assert.equal(kept.status, 304);
    });
  }

  test("what is not there under a further language's path is said in it", async () => {
    const { status, body } = await ask(url, "/de/nowhere", { headers: { Accept: "text/html" } });
    assert.equal(status, 404);
    assert.match(body.toString("utf8"), /<html lang="de"/);
    assert.equal((await ask(url, "/files/none.txt")).status, 404);
  });

  test("forty quick POSTs: some are held back, are told for how long, and as safely as all else", async () => {
    const answers = await times(40, () => ask(url, "/theme", form({ theme: "dark" }, "203.0.113.1")));
    const held = answers.filter(({ status }) => status === 429);
    assert.ok(held.length >= 10 && held.length < 40, `${held.length} were held back`);
    for (const answer of held) {
      assert.equal(answer.headers["retry-after"], "2");
      assertSafe(answer);
    }
    assert.ok(answers.every(({ status }) => status === 429 || status === 303));
    const other = await ask(url, "/theme", form({ theme: "dark" }, "203.0.113.2"));
    assert.equal(other.status, 303, "another client is not held back");
    const probes = await times(40, () => ask(url, "/health", form({}, "203.0.113.3")));
    assert.ok(
      probes.some(({ status }) => status === 429),
      "a POST to a probe is one, too",
    );
  });

  test("of an IPv6 network of 64 bits all addresses are one client", async () => {
    const post = (client: string) => ask(url, "/theme", form({ theme: "dark" }, client));
    const same = await times(40, (index) => post(`2001:db8:0:1::${(index + 1).toString(16)}`));
    assert.ok(same.some(({ status }) => status === 429));
    const others = await times(40, (index) => post(`2001:db8:0:${(index + 16).toString(16)}::1`));
    assert.ok(others.every(({ status }) => status === 303));
  });

  test("what the cache can't answer is limited for each client; its pages are not, nor what the owner's own networks ask", async () => {
    const statuses = async (path: (index: number) => string, headers: Record<string, string>) =>
      new Set((await times(300, (index) => ask(url, path(index), { headers }))).map(({ status }) => status));
    const session = { cookie: "resume_session=whatever" };
    assert.ok((await statuses(() => "/", from("203.0.113.4", session).headers)).has(429));
    assert.ok((await statuses((index) => `/lost-${index}`, from("203.0.113.5").headers)).has(429));
    assert.ok((await statuses((index) => `/static/lost-${index}.css`, from("203.0.113.9").headers)).has(429));
    // nginx does not store a page whose range it refuses, so each of these reaches a replica.
    assert.ok(
      (await statuses(() => "/resume.json", { ...from("203.0.113.31").headers, Range: "bytes=9999999-" })).has(429),
    );
    const file = await staticPath(url);
    assert.deepEqual(await statuses(() => file, from("203.0.113.4").headers), new Set([200]));
    assert.deepEqual(await statuses(() => "/projects", from("203.0.113.4").headers), new Set([200]));
    const [, name, , type] = /^(\/static\/[^.]+)(\.[^.]+)(\..+)$/.exec(file) ?? [];
    for (const [index, path] of ["/health", "/ready", `${name}${type}`].entries()) {
      const visitors = await statuses(() => path, from(`203.0.113.${20 + index}`).headers);
      assert.deepEqual(visitors, new Set([200, 429]), `${path} for a client from the internet`);
      for (const own of ["10.9.8.7", "192.168.7.7", "100.64.1.2", "fd00::7"]) {
        assert.deepEqual(await statuses(() => path, from(own).headers), new Set([200]), `${path} for ${own}`);
      }
    }
  });

  test("a flood that is refused adds fewer than 100 lines a second to the logs, and a client that is refused once is in them", async (context) => {
    const client = "203.0.113.30";
    const answers = await times(150, (index) => ask(url, `/once-${index}`, from(client)));
    assert.ok(answers.some(({ status }) => status === 429));

    // One kind that the rate limit refuses, and one that nginx refuses by itself.
    const load = startLoad(url, ["/flood", "/metrics"]);
    // The first second has the burst that the limit allows.
    await pause(2000);
    const start = Date.now();
    await pause(4000);
    const end = Date.now();
    const { sent } = await load.stop();
    await pause(1500);

    const edge = await live.jsonLines("nginx");
    const lines = [...edge, ...(await live.jsonLines("resume"))].filter(({ time, uri, path }) => {
      const at = Date.parse(String(time));
      return at >= start && at < end && ["/flood", "/metrics"].includes(String(uri ?? path));
    });
    const perSecond = lines.length / ((end - start) / 1000);
    context.diagnostic(`${sent} requests sent in 6 s; ${perSecond.toFixed(0)} lines a second`);
    assert.ok(sent > 1000, `only ${sent} requests were sent`);
    assert.ok(perSecond < 100, `${perSecond} lines a second`);
    assert.ok(edge.some(({ uri }) => uri === "/metrics") && edge.some(({ uri }) => uri === "/flood"));
    assert.ok(edge.some(({ remote, limit }) => remote === client && limit === "reached"));
  });

  test("twenty at once for one dead address: all are answered within a second", async () => {
    // Three tries, for a machine that is busy with something else: one at a time would miss them all by far.
    const slowest: number[] = [];
    for (let attempt = 0; attempt < 3 && slowest.every((ms) => ms >= 1000); attempt++) {
      const lasted = await times(20, async () => {
        const start = performance.now();
        assert.equal((await ask(url, `/dead-${attempt}`, from("203.0.113.6"))).status, 404);
        return performance.now() - start;
      });
      slowest.push(Math.max(...lasted));
    }
    assert.ok(Math.min(...slowest) < 1000, `the slowest took ${slowest.map(Math.round).join(", ")} ms`);
  });

  test("HEAD, parts and conditions are answered through the cache as RFC 9110 says", async () => {
    const whole = await ask(url, "/resume.json");
    assert.equal(whole.status, 200);
    const { etag } = whole.headers;
    assert.ok(etag !== undefined);
    const under = (headers: Record<string, string>) => ask(url, "/resume.json", { headers });

    const head = await ask(url, "/resume.json", { method: "HEAD" });
    assert.equal(head.status, 200);
    assert.equal(head.body.length, 0);
    assert.equal(head.headers["content-length"], String(whole.body.length));
    assert.equal(head.headers.etag, etag);

    const known = await under({ "If-None-Match": etag });
    assert.equal(known.status, 304);
    assert.equal(known.body.length, 0);
    assert.equal((await under({ "If-None-Match": '"another"' })).status, 200);

    const part = await under({ Range: "bytes=5-14" });
    assert.equal(part.status, 206);
    assert.equal(part.headers["content-range"], `bytes 5-14/${whole.body.length}`);
    assert.deepEqual(part.body, whole.body.subarray(5, 15));
    assert.equal((await under({ Range: "bytes=5-14", "If-Range": etag })).status, 206);
    assert.equal((await under({ Range: "bytes=5-14", "If-Range": '"another"' })).status, 200);
    assert.equal((await under({ Range: "bytes=5-14", "If-Range": `W/${etag}` })).status, 200);
    const end = await under({ Range: "bytes=-1" });
    assert.equal(end.status, 206);
    assert.deepEqual(end.body, whole.body.subarray(-1));
    const behind = await under({ Range: "bytes=9999999-" });
    assert.equal(behind.status, 416);
    assert.equal(behind.headers["content-range"], `bytes */${whole.body.length}`);

    assert.equal((await under({ "If-Match": etag })).status, 200);
    assert.equal((await under({ "If-Match": "*" })).status, 200);
    assert.equal((await under({ "If-Match": `"another", ${etag}` })).status, 200);
    assert.equal((await under({ "If-Match": '"another"' })).status, 412);
    assert.equal((await under({ "If-Match": `W/${etag}` })).status, 412);
    assert.equal((await under({ Range: "bytes=5-14", "If-None-Match": etag })).status, 304);
    assert.equal((await under({ Range: "bytes=5-14", "If-Match": '"another"' })).status, 412);
    const encoded = await under({ "Accept-Encoding": "gzip" });
    const encodedPart = await under({ "Accept-Encoding": "gzip", Range: "bytes=5-14" });
    assert.equal(encodedPart.headers.etag, encoded.headers.etag);
    assert.deepEqual(encodedPart.body, encoded.body.subarray(5, 15));
  });

  test("a trusted proxy is believed who the visitor is and that they came by HTTPS", async () => {
    const theme = form({ theme: "dark" }, "203.0.113.7");
    const cookieBy = async (scheme: string) => {
      const answer = await ask(url, "/theme", { ...theme, headers: { ...theme.headers, "X-Forwarded-Proto": scheme } });
      assert.equal(answer.status, 303);
      return { cookie: String(answer.headers["set-cookie"]), id: answer.headers["x-request-id"], answer };
    };
    const secure = await cookieBy("https");
    assert.match(secure.cookie, /; secure/i);
    assert.match(String(secure.answer.headers["strict-transport-security"]), /max-age=\d+/);
    const plain = await cookieBy("http");
    assert.doesNotMatch(plain.cookie, /; secure/i);
    assert.equal(plain.answer.headers["strict-transport-security"], undefined);
    await eventually(5, async () => {
      const line = (await live.jsonLines("nginx")).find(({ id }) => id === secure.id);
      assert.equal(line?.remote, "203.0.113.7");
    });
  });

  test("an answer's id leads to its lines in nginx' and in its replica's log", async () => {
    const { headers } = await ask(url, "/nowhere?token=private", from("203.0.113.8"));
    await eventually(5, async () => {
      const atEdge = (await live.jsonLines("nginx")).find(({ id }) => id === headers["x-request-id"]);
      assert.equal(atEdge?.replica, headers["x-replica"]);
      assert.equal(atEdge?.uri, "/nowhere");
      const inService = (await live.jsonLines("resume")).find(({ requestId }) => requestId === headers["x-request-id"]);
      assert.equal(inService?.replica, headers["x-replica"]);
    });
  });

  test("bad input: refused or ignored, never a failure of ours", async (context) => {
    const seen = new Map<number | undefined, number>();
    const faults = await sendBadInput(Number(new URL(url).port), (_, { statuses: [status] }) => {
      seen.set(status, (seen.get(status) ?? 0) + 1);
      return status !== undefined && (status < 200 || status >= 500) ? `it was answered with ${status}` : undefined;
    });
    context.diagnostic(JSON.stringify(Object.fromEntries(seen)));
    assert.deepEqual(faults, []);
    assert.ok((seen.get(429) ?? 0) < 150, "most were looked at");
    assert.equal((await ask(url, "/")).status, 200);
    for (const { id, name } of await live.containers()) {
      const { RestartCount, State } = await live.engine.getContainer(id).inspect();
      assert.ok(State.Running && RestartCount === 0, `${name} died of it`);
    }
  });
});
