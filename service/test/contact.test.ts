import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { checkContact, readContact } from "../src/contact/message.ts";
import { catalogue, type MessageResult } from "../src/metrics/catalogue.ts";
import { network } from "../src/store/rate-limit.ts";
import { MemoryStore } from "./memory-store.ts";
import { type Answer, type Service, sample, startService, testConfig } from "./service.ts";

const store = new MemoryStore();
let service: Service;
before(async () => {
  service = await startService({ redis: store, config: testConfig({ CONTACT_LIMIT: "5" }) });
});
describe("the contact form", () => {
  beforeEach(() => {
    store.values.clear();
    store.streams.clear();
    store.away = false;
    store.nowSeconds = 0;
  });
  after(() => service.close());

  const GOOD = { name: "Ada Lovelace", email: "ada@example.com", message: "Dear Nora,\r\n\r\nhello & <goodbye>" };
  const OWN = { "Sec-Fetch-Site": "same-origin" };

  interface Sent {
    readonly fields?: Readonly<Record<string, string>>;
    readonly headers?: Readonly<Record<string, string>>;
  }

  function send({ fields = GOOD, headers = {} }: Sent = {}): Promise<Answer> {
    const form = { "Content-Type": "application/x-www-form-urlencoded", Host: "site.example" };
    const body = new URLSearchParams(fields).toString();
    return service.ask("/contact", { method: "POST", headers: { ...form, ...headers }, body });
  }

  const messages = () => store.streams.get("messages") ?? [];
  const counted = (result: MessageResult) => sample(service.metrics, catalogue.messages.name, { result });

  /** The cookie of an answer, as a browser sends it back. */
  function cookieOf({ headers }: Answer): string {
    const cookie = headers["set-cookie"]?.[0]?.split(";")[0];
    assert.ok(cookie, "the answer sets a cookie");
    return cookie;
  }

  function tokenOf({ text }: Answer): string {
    const token = /name="token" value="([^"]+)"/.exec(text)?.[1];
    assert.ok(token, "the form holds a token");
    return token;
  }

  /** Whether the form shows what was typed. */
  function assertKept({ text, headers }: Answer): void {
    assert.ok(text.includes('value="Ada Lovelace"'));
    assert.ok(text.includes('value="ada@example.com"'));
    assert.ok(text.includes("Dear Nora,\n\nhello &amp; &lt;goodbye&gt;</textarea>"));
    assert.equal(headers["cache-control"], "no-store");
  }

  test("the page with the form is everyone's: no cookie, no token, cached as any page", async () => {
    const { headers, text } = await service.ask("/contact");
    assert.match(String(headers["cache-control"]), /^public, max-age=0, s-maxage=1/);
    assert.equal(headers["set-cookie"], undefined);
    assert.doesNotMatch(text, /name="token"/);
  });

  test("a form that the browser vouches for is stored at once, without a session", async () => {
    const before = await counted("stored");
    const answer = await send({ headers: OWN });
    assert.equal(answer.status, 303);
    assert.equal(answer.headers.location, "/contact/thanks");
    assert.equal(answer.headers["set-cookie"], undefined);
    assert.equal(messages().length, 1);
    const { requestId, ...stored } = messages()[0] ?? {};
    assert.deepEqual(stored, { ...GOOD, message: "Dear Nora,\n\nhello & <goodbye>" });
    assert.equal(requestId, answer.headers["x-request-id"]);
    assert.equal((await counted("stored")) - before, 1);
    assert.deepEqual(
      [...store.values.keys()].filter((key) => key.startsWith("session:")),
      [],
    );
  });

  test("any other form is confirmed first, with a session and its token, once", async () => {
    const asked = await send();
    assert.equal(asked.status, 200);
    assertKept(asked);
    assert.match(asked.text, /Is this your message\?/);
    assert.deepEqual(messages(), []);

    const cookie = cookieOf(asked);
    const confirmed = { fields: { ...GOOD, token: tokenOf(asked) }, headers: { Cookie: cookie } };
    const sent = await send(confirmed);
    assert.equal(sent.status, 303);
    assert.equal(messages().length, 1);
    assert.match(sent.headers["set-cookie"]?.[0] ?? "", /^resume_session=; .*expires=Thu, 01 Jan 1970/);

    const replayed = await send(confirmed);
    assert.equal(replayed.status, 200, "the token is used up");
    assert.equal(messages().length, 1);
  });

  test("of forms that are sent at once with one token, one is stored, and the others may be confirmed", async () => {
    const asked = await send();
    const headers = { Cookie: cookieOf(asked) };
    const token = tokenOf(asked);
    const sent = await Promise.all(
      ["one", "two", "three", "four"].map((message) => send({ fields: { ...GOOD, message, token }, headers })),
    );
    assert.deepEqual(sent.map(({ status }) => status).sort(), [200, 200, 200, 303]);
    assert.equal(messages().length, 1);
    const other = sent.find(({ status }) => status === 200);
    assert.ok(other);
    const again = { ...GOOD, message: "again", token: tokenOf(other) };
    assert.equal((await send({ fields: again, headers: { Cookie: cookieOf(other) } })).status, 303);
  });

  for (const theme of ["system", "light"]) {
    test(`a theme that is chosen while the form is sent does not bring its token back (theme before: ${theme})`, async (t) => {
      const form = { "Content-Type": "application/x-www-form-urlencoded" };
      const first = await service.ask("/theme", { method: "POST", headers: form, body: `theme=${theme}` });
      const asked = await send({ headers: { Cookie: cookieOf(first) } });
      const headers = { Cookie: cookieOf(asked) };
      const confirmed = { fields: { ...GOOD, token: tokenOf(asked) }, headers };
      const read = store.read.bind(store);
      let sent: Answer | undefined;
      // Between the theme's reading of the session and its writing the form is sent and its token used up.
      t.mock.method(store, "read", async (key: string) => {
        const value = await read(key);
        if (sent === undefined) {
          t.mock.restoreAll();
          sent = await send(confirmed);
        }
        return value;
      });
      const chosen = await service.ask("/theme", {
        method: "POST",
        headers: { ...form, ...headers },
        body: "theme=dark",
      });
      assert.equal(sent?.status, 303);
      assert.equal(chosen.status, 303);
      for (const cookie of [headers.Cookie, cookieOf(chosen)]) {
        const replayed = await send({
          ...confirmed,
          fields: { ...confirmed.fields, message: "more" },
          headers: { Cookie: cookie },
        });
        assert.equal(replayed.status, 200, "the token is used up");
      }
      assert.equal(messages().length, 1);
      assert.match((await service.ask("/", { headers: { Cookie: cookieOf(chosen) } })).text, /data-theme="dark"/);
    });
  }

  test("a token of another session, a forged one, and one without its cookie confirm nothing", async () => {
    const [one, two] = [await send(), await send()];
    const token = tokenOf(one);
    const forged = `${token.slice(0, -1)}${token.endsWith("A") ? "B" : "A"}`;
    const attempts: readonly (readonly [string, string])[] = [
      [token, cookieOf(two)],
      [forged, cookieOf(one)],
      [token, ""],
      ["", cookieOf(one)],
      ["é".repeat(30), ""],
    ];
    for (const [attempt, cookie] of attempts) {
      const headers = { Cookie: cookie, "X-Forwarded-For": "192.0.2.9" };
      const answer = await send({ fields: { ...GOOD, token: attempt }, headers });
      assert.equal(answer.status, 200);
      assert.match(answer.text, /Is this your message\?/);
    }
    assert.deepEqual(messages(), []);
  });

  test("each rendering of the form holds another token, each good for the session", async () => {
    const asked = await send();
    const cookie = cookieOf(asked);
    const wrong = await send({ fields: { ...GOOD, email: "no", token: tokenOf(asked) }, headers: { Cookie: cookie } });
    assert.equal(wrong.status, 422);
    assert.notEqual(tokenOf(wrong), tokenOf(asked));
    const sent = await send({ fields: { ...GOOD, token: tokenOf(wrong) }, headers: { Cookie: cookie } });
    assert.equal(sent.status, 303);
  });

  test("the right to send comes with a new session id, and the theme stays", async () => {
    const form = { "Content-Type": "application/x-www-form-urlencoded" };
    const themed = cookieOf(await service.ask("/theme", { method: "POST", headers: form, body: "theme=dark" }));
    const asked = await send({ headers: { Cookie: themed } });
    const cookie = cookieOf(asked);
    assert.notEqual(cookie, themed);
    assert.match(asked.text, /data-theme="dark"/);
    assert.match(
      (await service.ask("/", { headers: { Cookie: themed } })).text,
      /data-theme="system"/,
      "the old id is gone",
    );

    const sent = await send({ fields: { ...GOOD, token: tokenOf(asked) }, headers: { Cookie: cookie } });
    assert.equal(sent.status, 303);
    const last = cookieOf(sent);
    assert.notEqual(last, cookie);
    assert.match((await service.ask("/", { headers: { Cookie: last } })).text, /data-theme="dark"/);
    assert.match((await service.ask("/", { headers: { Cookie: cookie } })).text, /data-theme="system"/);
  });

  test("choosing a theme keeps the right to send", async () => {
    const asked = await send();
    const cookie = cookieOf(asked);
    const form = { "Content-Type": "application/x-www-form-urlencoded", Cookie: cookie };
    await service.ask("/theme", { method: "POST", headers: form, body: "theme=dark" });
    const sent = await send({ fields: { ...GOOD, token: tokenOf(asked) }, headers: { Cookie: cookie } });
    assert.equal(sent.status, 303);
  });

  test("another site's form is refused", async () => {
    const foreign = [
      { "Sec-Fetch-Site": "cross-site" },
      { "Sec-Fetch-Site": "same-site" },
      { Origin: "https://evil.example" },
      { Origin: "null" },
      { Origin: "http://site.example.evil.example" },
      { Origin: "http://site.example:8080" },
    ];
    for (const headers of foreign) {
      assert.equal((await send({ headers })).status, 403, JSON.stringify(headers));
    }
    assert.equal((await send({ headers: { Origin: "http://site.example" } })).status, 200);
    assert.deepEqual(messages(), []);
  });

  test("what is wrong is said at its field, and what was typed stays", async () => {
    const fields = { ...GOOD, email: "ada at example" };
    const answer = await send({ fields, headers: OWN });
    assert.equal(answer.status, 422);
    assert.match(answer.text, /<title>Not sent: /);
    assert.match(
      answer.text,
      /<input id="email"[^>]* aria-describedby="email-hint email-error" aria-invalid="true" autofocus/,
    );
    assert.match(answer.text, /<p class="error" id="email-error">This is not an e-mail address/);
    assert.match(answer.text, /role="alert"[\s\S]*<a href="#email">/);
    assert.ok(answer.text.includes('value="ada at example"'));
    assert.equal(answer.text.match(/ aria-invalid=/g)?.length, 1);

    const empty = await send({ fields: {}, headers: OWN });
    assert.equal(empty.status, 422);
    assert.equal(empty.text.match(/ aria-invalid=/g)?.length, 3);
    assert.equal(empty.text.match(/autofocus/g)?.length, 1);
    assert.deepEqual(messages(), []);
  });

  test("a filled trap is answered, so that no person's message vanishes", async () => {
    const answer = await send({ fields: { ...GOOD, "subject-line": "buy" }, headers: OWN });
    assert.equal(answer.status, 422);
    assertKept(answer);
    assert.match(answer.text, /A field that only robots see/);
    assert.doesNotMatch(answer.text, /value="buy"/);
    assert.deepEqual(messages(), []);
  });

  test("a client that sends too much is told when to come back; others go on", async () => {
    let number = 0;
    const from = (address: string) => ({
      fields: { ...GOOD, message: `${number++}\n${GOOD.message}` },
      headers: { ...OWN, "X-Forwarded-For": address },
    });
    for (let index = 0; index < 5; index += 1) {
      assert.equal((await send(from("192.0.2.1"))).status, 303);
    }
    const limited = await send(from("192.0.2.1"));
    assert.equal(limited.status, 429);
    assert.equal(limited.headers["retry-after"], "600");
    assert.ok(limited.text.includes("5\nDear Nora,"), "what was typed stays");
    assert.match(limited.text, /again in 10 minutes/);
    assert.equal((await send(from("192.0.2.2"))).status, 303);
    assert.equal(messages().length, 6);
    assert.ok(![...store.values.keys()].some((key) => key.includes("192.0.2")), "no address is stored");
    store.nowSeconds = 600;
    assert.equal((await send(from("192.0.2.1"))).status, 303);
  });

  test("forms to confirm are counted before they get a session", async () => {
    const sessions = () => [...store.values.keys()].filter((key) => key.startsWith("session:")).length;
    for (let index = 0; index < 5; index += 1) {
      assert.equal((await send()).status, 200);
    }
    const limited = await send();
    assert.equal(limited.status, 429);
    assertKept(limited);
    assert.equal(limited.headers["set-cookie"], undefined);
    assert.equal(sessions(), 5);
    assert.equal((await send({ headers: OWN })).status, 303, "messages have a count of their own");
  });

  test("the same message is stored once, however often it is sent, until some time is over", async () => {
    for (let index = 0; index < 2; index += 1) {
      assert.equal((await send({ headers: OWN })).status, 303);
    }
    assert.equal(messages().length, 1);
    assert.equal((await send({ fields: { ...GOOD, email: "eve@example.com" }, headers: OWN })).status, 303);
    assert.equal(messages().length, 2, "another's is another");
    store.nowSeconds = 600;
    assert.equal((await send({ headers: OWN })).status, 303);
    assert.equal(messages().length, 3);
  });

  test("one client is an IPv4 address, or an IPv6 network", () => {
    const cases: readonly (readonly [string, string])[] = [
      ["192.0.2.1", "192.0.2.1"],
      ["::ffff:192.0.2.1", "192.0.2.1"],
      ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2"],
      ["2001:db8:1:2::9", "2001:db8:1:2"],
      ["2001:0db8:0001:0002::", "2001:db8:1:2"],
      ["2001:db8::1", "2001:db8:0:0"],
      ["::1", "0:0:0:0"],
      ["fe80::1%eth0", "fe80:0:0:0"],
      ["nonsense", "nonsense"],
    ];
    for (const [address, expected] of cases) {
      assert.equal(network(address), expected, address);
    }
  });

  test("when the store is away the form says so, and keeps what was typed", async () => {
    store.away = true;
    for (const headers of [OWN, {}]) {
      const answer = await send({ headers });
      assert.equal(answer.status, 503);
      assert.equal(answer.headers["retry-after"], "5");
      assertKept(answer);
      assert.match(answer.text, /Messages can&#39;t be stored right now/);
    }
    store.away = false;
    assert.equal((await send({ headers: OWN })).status, 303);
  });

  test("a confirmed form keeps its token while the store is away", async () => {
    const asked = await send();
    const headers = { Cookie: cookieOf(asked) };
    store.away = true;
    const refused = await send({ fields: { ...GOOD, token: tokenOf(asked) }, headers });
    assert.equal(refused.status, 503);
    store.away = false;
    assert.equal((await send({ fields: { ...GOOD, token: tokenOf(refused) }, headers })).status, 303);
  });

  test("without Redis at all the form says so as well", async (t) => {
    const alone = await startService();
    t.after(() => alone.close());
    const headers = { "Content-Type": "application/x-www-form-urlencoded", ...OWN };
    const answer = await alone.ask("/contact", { method: "POST", headers, body: new URLSearchParams(GOOD).toString() });
    assert.equal(answer.status, 503);
    assertKept(answer);
  });

  test("a full mailbox refuses rather than to forget", async () => {
    store.streams.set(
      "messages",
      Array.from({ length: 10_000 }, () => ({})),
    );
    const answer = await send({ headers: OWN });
    assert.equal(answer.status, 503);
    assertKept(answer);
    assert.match(answer.text, /The mailbox is full/);
    assert.equal(answer.headers["retry-after"], "3600");
    assert.equal(messages().length, 10_000);
    assert.match(JSON.stringify(service.logged()), /the mailbox is full/);
  });

  test("the longest message fits, one character more is told", async () => {
    const longest = { ...GOOD, message: "字".repeat(5000) };
    assert.equal((await send({ fields: longest, headers: OWN })).status, 303);
    const longer = await send({ fields: { ...GOOD, message: "字".repeat(5001) }, headers: OWN });
    assert.equal(longer.status, 422);
    assert.match(longer.text, /within 5000 characters; it has 5001/);
  });

  test("forms of another kind are refused", async () => {
    const post = (headers: Readonly<Record<string, string>>, body: string) =>
      service.ask("/contact", { method: "POST", headers: { ...OWN, ...headers }, body });
    const type = { "Content-Type": "application/x-www-form-urlencoded" };
    assert.equal((await post({ "Content-Type": "application/json" }, JSON.stringify(GOOD))).status, 415);
    assert.equal((await post({ "Content-Type": "multipart/form-data; boundary=x" }, "--x--")).status, 415);
    assert.equal((await post({ ...type, "Content-Encoding": "gzip" }, "x")).status, 415);
    assert.equal((await post(type, "x".repeat(70_000))).status, 413);
  });

  test("values are cleaned: line ends, control characters, spaces", () => {
    const form = new URLSearchParams({
      name: "  Ada\r\nBcc: evil@example.com \u0000\u001b[31m ",
      email: " ada@example.com\n",
      message: "\r\n one \r two\u202e\u001b]0;x\u0007\tend \r\n\r\n",
    });
    assert.deepEqual(readContact(form), {
      name: "Ada Bcc: evil@example.com [31m",
      email: "ada@example.com",
      message: "one\n two]0;x  end",
    });
  });

  test("e-mail addresses", () => {
    const error = (email: string) => checkContact({ ...GOOD, email }).email;
    for (const good of ["a@b.co", "a.b+c@d-e.example", "ünï@exämple.org", "a'b@c.museum"]) {
      assert.equal(error(good), undefined, good);
    }
    for (const bad of [
      "",
      "a",
      "a@",
      "@b.co",
      "a@b",
      "a b@c.de",
      "a@b@c.de",
      "a@b.c",
      "<a@b.co>",
      "a@b.co,c@d.co",
      `${"a".repeat(250)}@b.co`,
    ]) {
      assert.notEqual(error(bad), undefined, bad);
    }
  });
});
