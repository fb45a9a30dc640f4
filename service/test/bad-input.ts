import { createHmac } from "node:crypto";
import { type RawAnswer, sendRaw } from "./raw.ts";
import { SESSION_KEY } from "./service.ts";

/** One thing that no well-meaning client sends. */
export interface Case {
  readonly name: string;
  readonly bytes: string | Buffer;
  /** What is allowed; "4xx" when any refusal is, "closed" also allows an end without a word. */
  readonly expect: readonly (number | "4xx" | "closed")[];
}

const group = (what: string, cases: readonly Case[]): readonly Case[] =>
  cases.map((one) => ({ ...one, name: `${what}: ${one.name}` }));

/** A name for a log: short, printable. */
const shown = (text: string): string => JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}...` : text);

/** Targets that have an answer of their own beside a refusal: those that mean a page lead to it. */
const meant: Readonly<Record<string, readonly number[]>> = {
  "/?": [200],
  "//": [308],
  "/contact/": [308],
  "/CONTACT": [308],
};

const HOST = "Host: site.example";
const FORM = "Content-Type: application/x-www-form-urlencoded";

const request = (line: string, headers: readonly string[] = [HOST], body = ""): string =>
  `${[line, ...headers].join("\r\n")}\r\n\r\n${body}`;
/** A GET as bytes, whatever its target is. */
export const get = (target: string, headers: readonly string[] = []): string =>
  request(`GET ${target} HTTP/1.1`, [HOST, ...headers]);
const post = (path: string, headers: readonly string[], body = ""): string =>
  request(`POST ${path} HTTP/1.1`, [HOST, ...headers], body);
/** A form with its length. */
const form = (path: string, body: string, headers: readonly string[] = []): string =>
  post(path, [FORM, `Content-Length: ${Buffer.byteLength(body)}`, ...headers], body);

const notHttp: readonly Case[] = group(
  "not HTTP",
  [
    "hello\r\n\r\n",
    "\r\n\r\n\r\n\r\nhello\r\n\r\n",
    "\u0000\u0000\u0000\u0000\r\n\r\n",
    "GET\r\n\r\n",
    "GET / HTTP\r\n\r\n",
    "GET / HTTP/9.9\r\n\r\n",
    "GET / HTTP/1.1.1\r\nHost: x\r\n\r\n",
    "GET / HTTPS/1.1\r\nHost: x\r\n\r\n",
    "GET / http/1.1\r\nHost: x\r\n\r\n",
    "get / HTTP/1.1\r\nHost: x\r\n\r\n",
    " GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    "GET / HTTP/1.1 extra\r\nHost: x\r\n\r\n",
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "SSH-2.0-OpenSSH_9.6\r\n",
    "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003",
    "*1\r\n$4\r\nPING\r\n",
    "EHLO mail.example\r\n",
    "{}\r\n\r\n",
  ].map((bytes) => ({ name: shown(bytes), bytes: Buffer.from(bytes, "latin1"), expect: ["4xx", 505] })),
);

/** Odd, but clear: the parser takes it. */
const oddHttp: readonly Case[] = group(
  "odd HTTP",
  [
    "GET /nope\r\n\r\n",
    "GET /nope HTTP/1.0\r\n\r\n",
    "GET /nope HTTP/2.0\r\nHost: x\r\n\r\n",
    "GET  /nope HTTP/1.1\r\nHost: x\r\n\r\n",
  ].map((bytes) => ({ name: shown(bytes), bytes, expect: ["4xx", 505] })),
);

const headers: readonly Case[] = group("headers", [
  { name: "none, not even Host", bytes: request("GET / HTTP/1.1", []), expect: ["4xx"] },
  { name: "two hosts", bytes: get("/", ["Host: other.example"]), expect: ["4xx", 200] },
  { name: "an empty host", bytes: request("GET / HTTP/1.1", ["Host:"]), expect: ["4xx", 200] },
  { name: "a host with a line feed", bytes: request("GET / HTTP/1.1", ["Host: a\nX: b"]), expect: ["4xx", 200] },
  { name: "a host that is markup", bytes: request("GET /nope HTTP/1.1", ["Host: <script>"]), expect: ["4xx"] },
  ...[
    "X: \u0000",
    "X: a\u0000b",
    "X: \u0007",
    "X: a\rb",
    "X\u0000: a",
    "X Y: a",
    "X : a",
    ": a",
    "X",
    "X(Y): a",
    "X{}: a",
    "Xé: a",
    " X: a",
    "\tX: folded",
  ].map((line): Case => ({ name: shown(line), bytes: Buffer.from(get("/", [line]), "latin1"), expect: ["4xx"] })),
  { name: "a folded one", bytes: get("/", ["X: a\r\n b"]), expect: ["4xx", 200] },
  { name: "bytes that are no UTF-8", bytes: Buffer.from(get("/", ["X: \u00ff\u00fe\u0080"]), "latin1"), expect: [200] },
  { name: "one of 20 kB", bytes: get("/", [`X: ${"a".repeat(20_000)}`]), expect: [431] },
  { name: "one of 1 MB", bytes: get("/", [`X: ${"a".repeat(1_000_000)}`]), expect: [431, "closed"] },
  { name: "a name of 20 kB", bytes: get("/", [`${"a".repeat(20_000)}: x`]), expect: [431] },
  {
    name: "many small, 20 kB",
    bytes: get(
      "/",
      Array.from({ length: 1000 }, (_, i) => `X-${i}: ${"a".repeat(12)}`),
    ),
    expect: [431],
  },
  {
    name: "two thousand and more",
    bytes: get(
      "/",
      Array.from({ length: 2500 }, () => "X:1"),
    ),
    expect: [200, "4xx"],
  },
  { name: "an endless one", bytes: `GET / HTTP/1.1\r\nHost: x\r\nX: ${"a".repeat(100_000)}`, expect: [431, "closed"] },
  { name: "a cookie of 15 kB", bytes: get("/", [`Cookie: ${"a=b; ".repeat(3000)}`]), expect: [200] },
  ...[
    "Accept",
    "Accept-Encoding",
    "Accept-Language",
    "If-None-Match",
    "If-Match",
    "Range",
    "X-Request-Id",
    "X-Forwarded-For",
    "X-Forwarded-Proto",
    "User-Agent",
    "Referer",
    "Origin",
  ].flatMap((name) =>
    [";;;,,,===", "\u00ff".repeat(200), "%00%0d%0a", '"', `${"a,".repeat(2000)}`].map(
      (value): Case => ({
        name: `${name} is ${shown(value)}`,
        bytes: Buffer.from(get("/nope", [`${name}: ${value}`]), "latin1"),
        expect: [404],
      }),
    ),
  ),
  { name: "an unknown expectation", bytes: get("/", ["Expect: a miracle"]), expect: [417] },
  {
    name: "an upgrade to something else",
    bytes: get("/", ["Connection: Upgrade", "Upgrade: h2c, websocket", "Sec-WebSocket-Key: x"]),
    expect: [200, "4xx"],
  },
  {
    name: "connection options without end",
    bytes: get("/", [`Connection: ${"close, ".repeat(1000)}`]),
    expect: [200, "4xx"],
  },
]);

const targets: readonly Case[] = group(
  "target",
  [
    "/..",
    "/../../../../etc/passwd",
    "/static/../../package.json",
    "/static/..%2f..%2fpackage.json",
    "/static/%2e%2e/%2e%2e/package.json",
    "/static/..%252f..%252fpackage.json",
    "/static/..%c0%af..%c0%afetc/passwd",
    "/static/..\\..\\package.json",
    "/static/....//....//package.json",
    "/static/%00",
    "/static/style.css%00.png",
    "/static//etc/passwd",
    "/static/.",
    "/static/..",
    "/static/%",
    "/static/__proto__",
    "/static/constructor",
    "/static/style.css/",
    "/__proto__",
    "/constructor/prototype",
    "/toString",
    "/%",
    "/%0",
    "/%zz",
    "/%00",
    "/%0d%0aSet-Cookie:%20a=b",
    "/%ff%fe%fd",
    "/%c0%80",
    "/%ed%a0%80",
    "/%F0%9F%98%80",
    "/%u0041",
    "//",
    "///etc/passwd",
    "//evil.example/%2f..",
    "/\\evil.example",
    "/.git/config",
    "/.env",
    "/wp-login.php",
    "/;/",
    "/?",
    "/nope?%",
    "/nope?a[__proto__]=b",
    `/nope?${"a=b&".repeat(3000)}`,
    "/contact/",
    "/contact/..",
    "/contact%2fthanks",
    "/CONTACT",
    "/api/resume/..",
    "/api/resume/summary/x",
    `/${"a".repeat(10_000)}`,
    `/${"a/".repeat(5_000)}`,
    `/${"%2e".repeat(3_000)}`,
    "/<script>alert(1)</script>",
    "/'\"><img>",
    "/{{7*7}}",
    "/$(id)",
    "/|id",
    "/`id`",
    "http://evil.example/nope",
    "http://evil.example:99999/",
    "http://[::1/",
    "http://[::1",
    "http://",
    "http:///nope",
    "http:nope",
    "//[::1/#",
    "//[::1/nope",
    "/nope#//[::1/",
    "https://user:secret@evil.example/nope",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "evil.example:443",
    "nope",
    "*",
    "?",
    "#",
    "/nope#fragment",
  ].map((target) => ({ name: shown(target), bytes: get(target), expect: ["4xx", ...(meant[target] ?? [])] })),
);

const rawTargets: readonly Case[] = group(
  "target with raw bytes",
  [
    "/\u00ff",
    "/\u00e9",
    "//[::1/\u00a0",
    "/\u00a0",
    "http://[\u00a0/",
    "/\u0000",
    "/a\tb",
    "/a b",
    "/\u007f",
    "/\r",
    "/\u001b[2J",
  ].map((target) => ({
    name: shown(target),
    bytes: Buffer.from(get(target), "latin1"),
    expect: ["4xx"],
  })),
);

const methods: readonly Case[] = group("method", [
  ...["POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "SEARCH", "PURGE", "LINK", "M-SEARCH", "QUERY"].map(
    (method): Case => ({ name: `${method} /`, bytes: request(`${method} / HTTP/1.1`), expect: [405] }),
  ),
  ...["PUT", "DELETE", "PATCH", "TRACE"].flatMap((method) =>
    ["/contact", "/health", "/static/x.css", "/api/resume", "/theme"].map(
      (path): Case => ({ name: `${method} ${path}`, bytes: request(`${method} ${path} HTTP/1.1`), expect: [405] }),
    ),
  ),
  ...["GETT", "FOO", "get", "G\u0000T", "GET,POST", `${"A".repeat(3000)}`].map(
    (method): Case => ({ name: shown(method), bytes: request(`${method} / HTTP/1.1`), expect: ["4xx", 501] }),
  ),
  { name: "CONNECT", bytes: request("CONNECT evil.example:443 HTTP/1.1"), expect: ["4xx"] },
  { name: "CONNECT /", bytes: request("CONNECT / HTTP/1.1"), expect: ["4xx"] },
  { name: "OPTIONS *", bytes: request("OPTIONS * HTTP/1.1"), expect: [204, "4xx"] },
  { name: "GET /theme", bytes: get("/theme"), expect: [405] },
  { name: "an override is no method", bytes: get("/theme", ["X-HTTP-Method-Override: POST"]), expect: [405] },
  {
    name: "GET with a body",
    bytes: request("GET /nope HTTP/1.1", [HOST, "Content-Length: 5"], "hello"),
    expect: [404],
  },
]);

/** Two lengths, or a doubtful one: whoever stands in front may see another request than we do. One answer at most. */
const smuggling: readonly Case[] = group("smuggling", [
  ...[
    ["Content-Length: 5", "Transfer-Encoding: chunked"],
    ["Transfer-Encoding: chunked", "Content-Length: 5"],
    ["Content-Length: 5", "Content-Length: 6"],
    ["Content-Length: 5", "Content-Length: 5"],
    ["Content-Length: 5, 5"],
    ["Content-Length: +5"],
    ["Content-Length: -5"],
    ["Content-Length: 5 5"],
    ["Content-Length: 0x5"],
    ["Content-Length: 5.0"],
    ["Content-Length: 5e0"],
    ["Content-Length: ٥"],
    ["Content-Length:"],
    ["Content-Length: five"],
    ["Content-Length: 99999999999999999999999"],
    ["Content-Length : 5"],
    ["Content-Length\t: 5"],
    ["Content_Length: 5", "Transfer-Encoding : chunked"],
    ["Transfer-Encoding: xchunked"],
    ["Transfer-Encoding: chunked, identity"],
    ["Transfer-Encoding: identity, chunked, identity"],
    ["Transfer-Encoding: chunked", "Transfer-Encoding: identity"],
    ["Transfer-Encoding: chunked, chunked", "Content-Length: 3"],
    ["Transfer-Encoding:\u000bchunked"],
    ["Transfer-Encoding: \u0000chunked"],
    ["Transfer-Encoding: gzip"],
    ["Transfer-Encoding\n: chunked"],
    ["X: y\nTransfer-Encoding: chunked", "Content-Length: 4"],
  ].map(
    (lines): Case => ({
      name: shown(lines.join(" | ")),
      bytes: Buffer.from(
        post("/theme", [FORM, ...lines], "0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"),
        "utf8",
      ),
      expect: ["4xx"],
    }),
  ),
  ...[
    "zz\r\nabc\r\n0\r\n\r\n",
    "-1\r\nabc\r\n0\r\n\r\n",
    "+3\r\nabc\r\n0\r\n\r\n",
    "0x3\r\nabc\r\n0\r\n\r\n",
    " 3\r\nabc\r\n0\r\n\r\n",
    "3 \r\nabc\r\n0\r\n\r\n",
    "3\nabc\n0\n\n",
    "3\r\nabcdef\r\n0\r\n\r\n",
    "3\rabc\r\n0\r\n\r\n",
    "fffffffffffffffff\r\nabc\r\n0\r\n\r\n",
    `ffffffffffffffff\r\n${"x".repeat(2000)}`,
    `3;${"a".repeat(20_000)}\r\nabc\r\n0\r\n\r\n`,
    "3;a\u0000b\r\nabc\r\n0\r\n\r\n",
    `0\r\n${"X: a\r\n".repeat(5000)}\r\n`,
    "\r\n\r\n\r\n",
  ].map(
    (body): Case => ({
      name: `chunks ${shown(body)}`,
      bytes: Buffer.from(post("/theme", [FORM, "Transfer-Encoding: chunked"], body), "latin1"),
      expect: ["4xx", "closed"],
    }),
  ),
  {
    name: "a trailer that would be a header",
    bytes: post(
      "/theme",
      [FORM, "Transfer-Encoding: chunked"],
      "3\r\nabc\r\n0\r\nContent-Length: 50\r\nHost: evil\r\n\r\n",
    ),
    expect: ["4xx"],
  },
]);

const bodies: readonly Case[] = group("body", [
  { name: "larger than it may be", bytes: form("/theme", "x".repeat(5000)), expect: [413] },
  { name: "of 1 MB, said", bytes: form("/contact", "x".repeat(1_000_000)), expect: [413, "closed"] },
  {
    name: "of 10 GB, said but not sent",
    bytes: post("/contact", [FORM, "Content-Length: 10000000000"], "x"),
    expect: [413],
  },
  {
    name: "of 1 MB in chunks",
    bytes: post("/contact", [FORM, "Transfer-Encoding: chunked"], `f4240\r\n${"x".repeat(1_000_000)}\r\n0\r\n\r\n`),
    expect: [413, "closed"],
  },
  ...[
    "application/json",
    "text/plain",
    "multipart/form-data",
    "multipart/form-data; boundary=",
    "application/xml",
    "",
    ";",
    "a",
    "/",
    "application/x-www-form-urlencodedx",
    "\u00ff/\u00ff",
  ].map(
    (type): Case => ({
      name: `type ${shown(type)}`,
      bytes: Buffer.from(post("/contact", [`Content-Type: ${type}`, "Content-Length: 3"], "a=b"), "latin1"),
      expect: [415],
    }),
  ),
  { name: "compressed", bytes: form("/contact", "\u001f\u008b", ["Content-Encoding: gzip"]), expect: [415] },
  {
    name: "a bomb, said to be brotli",
    bytes: form("/contact", "x", ["Content-Encoding: br, gzip, br"]),
    expect: [415],
  },
  ...[
    "",
    "&&&===",
    "%",
    "%zz=%",
    "theme=%ff%fe",
    "theme=%00",
    "theme[]=dark",
    "theme[__proto__]=dark",
    "__proto__[theme]=dark",
    "theme=DARK",
    "theme=dark%0d%0aSet-Cookie:a=b",
    `theme=${"a".repeat(900)}`,
    "x&".repeat(500),
  ].map((body): Case => ({ name: `theme form ${shown(body)}`, bytes: form("/theme", body), expect: [400] })),
  ...[
    "",
    "name=%ff&email=%fe&message=%fd",
    "name=a&email=a@b.co%0aBcc:c@d.co&message=",
    "name[]=a&email[]=b&message[]=c",
    "name=a&name=b&email=c&message=d",
    `name=${"a".repeat(10_000)}&email=a@b.co&message=x`,
    `name=a&email=${"a".repeat(10_000)}@b.co&message=x`,
    `name=a&email=${"a@".repeat(5_000)}&message=x`,
    `name=a&email=a@b.co&message=${"x".repeat(50_000)}`,
    `name=a&email=a@b.co&message=${"%0a".repeat(15_000)}`,
    "&".repeat(60_000),
    "a=b&".repeat(15_000),
  ].map((body): Case => ({ name: `contact form ${shown(body)}`, bytes: form("/contact", body), expect: [422] })),
  ...[
    "token=x",
    `token=${"A".repeat(16)}.${"A".repeat(43)}`,
    `token=${"%00".repeat(60)}`,
    "token=__proto__",
    "token=a&token=b",
  ].map(
    (token): Case => ({
      name: `contact form with a forged ${shown(token)}`,
      bytes: form("/contact", `name=a&email=a@b.co&message=x&${token}`),
      expect: [200],
    }),
  ),
  ...["https://evil.example", "null", "file://", "http://site.example.evil", "x", "http://"].map(
    (origin): Case => ({
      name: `contact form from ${shown(origin)}`,
      bytes: form("/contact", "name=a&email=a@b.co&message=x", [`Origin: ${origin}`]),
      expect: [403],
    }),
  ),
]);

const sign = (id: string, key = SESSION_KEY) => createHmac("sha256", key).update(`session:${id}`).digest("base64url");
const ID = "A".repeat(32);

const cookies: readonly Case[] = group(
  "cookie",
  [
    "resume_session",
    "resume_session=",
    "resume_session=;",
    "resume_session==",
    "resume_session=.",
    'resume_session=""',
    `resume_session=${ID}`,
    `resume_session=${ID}.`,
    `resume_session=${ID}.${"A".repeat(43)}`,
    `resume_session=${ID}.${sign(ID, "another key")}`,
    `resume_session=${ID}.${sign(ID)}`,
    `resume_session=${ID}.${sign(ID)}x`,
    `resume_session=${ID.toLowerCase()}.${sign(ID)}`,
    `resume_session=${"../".repeat(10)}xx.${sign("../".repeat(10))}`,
    `resume_session=%00.${sign("\u0000")}`,
    "resume_session=%",
    "resume_session=%zz",
    "resume_session=__proto__",
    "resume_session=[object Object]",
    "resume_session={}; resume_session=[]",
    `resume_session=${"A".repeat(10_000)}`,
    "resume_session=\u00ff\u00fe",
    `resume_session.sig=x; resume_session=${ID}.${sign(ID)}`,
    "; ; ;",
    "=resume_session",
    "resume_session\t=\tx",
  ].map((cookie) => ({
    name: shown(cookie),
    bytes: Buffer.from(get("/", [`Cookie: ${cookie}`]), "latin1"),
    expect: [200],
  })),
);

/** A replica ignores ranges: nginx answers them. */
const ranges: readonly Case[] = group(
  "range",
  [
    "bytes",
    "bytes=",
    "bytes=-",
    "bytes=a-b",
    "bytes=5-1",
    "bytes=--5",
    "bytes=1-2-3",
    "bytes=0-0,2-2",
    `bytes=${"0-0,".repeat(2000)}0-0`,
    "bytes=0x0-0x5",
    "bytes=1.5-2.5",
    "bytes=NaN-Infinity",
    "lines=0-5",
    "=0-5",
    "bytes 0-5",
    "bytes=999999-",
    "bytes=999999-9999999",
    "bytes=-0",
    `bytes=${"9".repeat(400)}-`,
    "bytes=0-999999999999",
    `bytes=-${"9".repeat(400)}`,
    `bytes=0-${"9".repeat(400)}`,
  ].map((range) => ({ name: shown(range), bytes: get("/resume.json", [`Range: ${range}`]), expect: [200] })),
);

/** All of them. */
export const badInput: readonly Case[] = [
  ...notHttp,
  ...oddHttp,
  ...headers,
  ...targets,
  ...rawTargets,
  ...methods,
  ...smuggling,
  ...bodies,
  ...cookies,
  ...ranges,
];

const leaks = /\bat \S+ \(|node:internal|node_modules|\.[tj]s:\d|\bError:|ECONN|HPE_/;

/** What is wrong with an answer, whoever gave it; undefined when there is at most one, and it tells nothing it should not. */
export function indiscretion({ statuses, text }: RawAnswer): string | undefined {
  if (leaks.test(text)) {
    return `it tells of its inside: ${text}`;
  }
  return statuses.length > 1 ? `one request was answered ${statuses.length} times: ${statuses.join(", ")}` : undefined;
}

/**
 * Sends all of it, some at once, and judges each answer.
 * @returns a line for each that is not as it should be
 */
export async function sendBadInput(
  port: number,
  judge: (one: Case, answer: RawAnswer) => string | undefined,
): Promise<string[]> {
  const faults: string[] = [];
  const queue = [...badInput];
  const worker = async (): Promise<void> => {
    for (let one = queue.shift(); one !== undefined; one = queue.shift()) {
      const answer = await sendRaw(port, one.bytes).catch((error: unknown) => String(error));
      const wrong = typeof answer === "string" ? answer : (indiscretion(answer) ?? judge(one, answer));
      if (wrong !== undefined) {
        faults.push(`${one.name}: ${wrong}`);
      }
    }
  };
  await Promise.all(Array.from({ length: 24 }, worker));
  return faults;
}
