import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createHash, X509Certificate } from "node:crypto";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { connect, type IncomingHttpHeaders } from "node:http2";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { promisify, stripVTControlCharacters } from "node:util";
import type Docker from "dockerode";
import { selfSigned } from "../../lib/certificate.ts";
import { stackLabels } from "../labels.ts";
import { purgeCommand } from "../system/purge-command.ts";
import { engineNofile } from "../targets/docker/nofile.ts";
import { dynamicPort, portOwner } from "../targets/docker/preflight.ts";
import { eventually } from "./support/eventually.ts";
import { changeContent, FormerVersion, removePage } from "./support/publish.ts";
import { smokeTest } from "./support/smoke-test.ts";
import { expectNoFailure, hasGrafana, TestStack } from "./support/stack.ts";

const name = `test-${process.pid}`;

/** How old a page of nginx' cache may get while replicas answer, in seconds, and what rounding adds. */
const sharedCacheSeconds = 1 + 20 + 2;

/** The headers of an answer by HTTP/2, from a server that must show this certificate. */
async function askByHttp2(url: string, certificate: string, path: string): Promise<IncomingHttpHeaders> {
  const session = connect(url, { ca: certificate });
  try {
    const stream = session.request({ ":path": path });
    const [headers] = await Promise.race([
      once(stream, "response"),
      once(session, "error").then(([error]) => Promise.reject(error)),
    ]);
    return headers;
  } finally {
    session.destroy();
  }
}

/** Opens a page in Chromium, which must come by QUIC, from a server with this certificate. */
async function askByQuic(url: string, certificate: string, path: string): Promise<void> {
  const key = new X509Certificate(certificate).publicKey.export({ type: "spki", format: "der" });
  const profile = mkdtempSync(join(tmpdir(), "resume-quic-"));
  try {
    await promisify(execFile)(
      process.env.RESUME_TEST_CHROMIUM || "/usr/bin/chromium",
      [
        "--headless",
        "--disable-gpu",
        // Chromium's own sandbox refuses root.
        ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
        `--user-data-dir=${profile}`,
        `--origin-to-force-quic-on=${new URL(url).host}`,
        `--ignore-certificate-errors-spki-list=${createHash("sha256").update(key).digest("base64")}`,
        "--dump-dom",
        `${url}${path}`,
      ],
      { timeout: 60_000 },
    );
  } finally {
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

describe("the stack on Docker", { timeout: 20 * 60_000 }, () => {
  const stack = new TestStack(name);
  const { live } = stack;

  const busy = createServer();
  let keeper: Docker.Container | undefined;

  before(() => stack.initialise());
  // An engine that the toolchain has started would stop with the last container.
  before(async () => {
    const image = process.env.RESUME_TEST_BUSYBOX_IMAGE ?? "";
    keeper = await live.engine.createContainer({ Image: image, Cmd: ["sleep", "3600"] });
    await keeper.start();
  });
  after(() => keeper?.remove({ force: true }));
  after(() => stack.remove());
  after(() => busy.close());

  test("comes up from nothing", async () => {
    // What is searched for first is taken now, and free later: the port that was found instead has to stay.
    const first = await dynamicPort(portOwner(stackLabels("resume", name), "port"), () => true);
    await new Promise<void>((resolve) => busy.listen(first, "127.0.0.1", resolve));
    // No key asks for a secret here; that it stays one is seen below.
    await stack.set("--secret", "resume:sessionTtl", "7654321s");
    const said = await stack.up();
    assert.doesNotMatch(said, /using pulumi-\S+ from \$PATH/);
    if (!hasGrafana) {
      assert.match(said, /Grafana is left out/);
    }
    busy.close();
    assert.notEqual(Number(new URL(await stack.address("url")).port), first);
  });

  smokeTest(stack);

  test("idle, it uses less than 700 MB in all and a replica less than 90 MB", async () => {
    const used = await live.memory();
    for (const { component, bytes } of used) {
      if (component === "resume") {
        assert.ok(bytes < 90e6, `a replica uses ${bytes} bytes`);
      }
    }
    const total = used.reduce((sum, { bytes }) => sum + bytes, 0);
    assert.ok(total < 700e6, JSON.stringify(used));
  });

  test("mounts no host path and uses no host network", async () => {
    for (const { id, name } of await live.containers()) {
      const { Mounts, HostConfig } = await live.engine.getContainer(id).inspect();
      assert.deepEqual(
        Mounts.filter(({ Type }) => Type === "bind"),
        [],
        name,
      );
      assert.notEqual(HostConfig.NetworkMode, "host", name);
    }
  });

  test("scales from 4 to 8 and back to 2 without a failed request, and without touching nginx", async () => {
    const nginx = await live.idOf("nginx");
    for (const replicas of [8, 2]) {
      await stack.set("resume:replicas", String(replicas));
      expectNoFailure(await stack.underLoad(() => stack.up()));
      await stack.expectReplicas(replicas);
    }
    assert.equal(await live.idOf("nginx"), nginx);
  });

  test("a new version of the service rolls without a failed request, and nothing of the old one is given out", async () => {
    const nginx = await live.idOf("nginx");
    const old = await live.containers("resume");
    const url = await stack.address("url");
    const former = await FormerVersion.read(url);
    changeContent(stack.project.folder, "Rolled without a gap");
    removePage(stack.project.folder);

    const publish = async () => {
      // Visitors ask for everything until the last moment, so that nginx has the former version.
      let isUp = false;
      const up = stack.up().finally(() => {
        isUp = true;
      });
      while (!isUp) {
        await former.remains();
      }
      await up;
      await live.exec("nginx", purgeCommand);
      for (let time = 0; time < 10; time++) {
        assert.deepEqual(await former.remains(), []);
      }
    };
    expectNoFailure(await stack.underLoad(publish));

    await stack.expectReplicas(2);
    const now = await live.containers("resume");
    for (const { id, image } of old) {
      assert.ok(now.every((container) => container.id !== id && container.image !== image));
    }
    assert.match(await (await fetch(url)).text(), /Rolled without a gap/);
    assert.equal(await live.idOf("nginx"), nginx);

    await Promise.all(now.map(({ id }) => live.engine.getContainer(id).stop()));
    assert.deepEqual(await former.remains(), [], "while no replica answers");
    await Promise.all(now.map(({ id }) => live.engine.getContainer(id).start()));
    await eventually(20, async () => assert.equal(await live.healthy("resume"), 2));
  });

  test("the key of sessions and Redis' password are made anew without a failed request; visitors get new sessions", async () => {
    const url = await stack.address("url");
    const choose = async (theme: string, cookie = "") => {
      const body = new URLSearchParams({ theme });
      const { status, headers } = await fetch(`${url}/theme`, {
        method: "POST",
        body,
        headers: { cookie },
        redirect: "manual",
      });
      return { status, cookie: headers.getSetCookie().at(0)?.split(";").at(0) ?? "" };
    };
    const { cookie } = await choose("dark");
    assert.match(cookie, /^resume_session=./);
    const [nginx, redis, old] = [await live.idOf("nginx"), await live.idOf("redis"), await live.containers("resume")];
    const before = await stack.outputs("--show-secrets");

    for (const secret of ["sessionKey", "redisPassword"]) {
      await stack.set("--path", `resume:rotated.${secret}`, "1");
    }
    const former = await FormerVersion.read(url);
    changeContent(stack.project.folder, "Of a plain pulumi up");
    expectNoFailure(await stack.underLoad(() => stack.up()));
    const silence = pause(sharedCacheSeconds * 1000);

    await stack.expectReplicas(2);
    const kept = (await live.containers("resume")).filter(({ id }) => old.some((replica) => replica.id === id));
    assert.deepEqual(kept, []);
    assert.equal(await live.idOf("nginx"), nginx);
    assert.notEqual(await live.idOf("redis"), redis);
    assert.notEqual((await stack.outputs("--show-secrets")).redisPassword, before.redisPassword);
    await eventually(10, async () => assert.equal((await fetch(`${url}/ready`)).status, 200));
    assert.equal((await fetch(url, { headers: { cookie } })).status, 200);
    const fresh = await choose("light", cookie);
    assert.equal(fresh.status, 303);
    assert.match(fresh.cookie, /^resume_session=./);
    assert.notEqual(fresh.cookie, cookie);

    // A plain `pulumi up` can't purge nginx' cache: the first visitors after a silence get the new version all the same.
    await silence;
    assert.deepEqual(await former.remains(), []);
  });

  test("a container that was killed by hand is healed by an up with refresh", async () => {
    const [victim] = await live.containers("resume");
    assert.ok(victim);
    await live.engine.getContainer(victim.id).kill();
    await stack.up("--refresh");
    await stack.expectReplicas(2);
    await stack.expectNoChange();
  });

  test("no secret is in an image, a log, a plain output, the state or what the CLI says", async () => {
    const plain = await stack.outputs();
    const shown = await stack.outputs("--show-secrets");
    const secrets = [shown.redisPassword, shown.grafanaPassword].map(String);
    for (const secret of secrets) {
      assert.match(secret, /^[A-Za-z0-9]{32}$/);
    }

    secrets.push("TTL_SECONDS=7654321");
    assert.ok(
      (await stack.project.must("stack", "export", "--show-secrets", "--stack", name)).includes(secrets[2] ?? ""),
    );

    const places: [string, string][] = [
      ["the plain outputs", JSON.stringify(plain)],
      ["the state", await stack.project.must("stack", "export", "--stack", name)],
      ["a preview with details", await stack.project.must("preview", "--diff", "--stack", name)],
    ];
    for (const { id, name, image } of await live.containers()) {
      places.push([`the log of ${name}`, await live.logs(id)]);
      places.push([`the image of ${name}`, JSON.stringify(await live.engine.getImage(image).inspect())]);
      places.push([`the history of ${name}'s image`, JSON.stringify(await live.engine.getImage(image).history())]);
    }
    for (const [place, text] of places) {
      for (const secret of secrets) {
        assert.ok(!text.includes(secret), `a secret is in ${place}`);
      }
    }
  });

  /** Runs a command of the toolchain on the stack. @returns both outputs in one */
  async function toolchain(command: string, ...args: string[]): Promise<string> {
    const { code, output } = await stack.project.toolchain(command, "--stack", name, ...args);
    assert.equal(code, 0, output);
    return output;
  }

  /** The messages, as `npm run messages` prints them. */
  async function messages(): Promise<string[]> {
    return (await toolchain("messages", "--json")).split("\n").filter((line) => line.startsWith("{"));
  }

  test("a backup brings back deleted messages once and leaves new ones; a damaged one changes nothing", async () => {
    const contact = `${await stack.address("url")}/contact`;
    const send = async (message: string) => {
      const body = new URLSearchParams({ name: "Ada", email: "ada@example.com", message });
      const headers = { "sec-fetch-site": "same-origin" };
      assert.equal((await fetch(contact, { method: "POST", body, headers, redirect: "manual" })).status, 303);
    };
    await send("first é\nof two lines");
    await send("second");
    const all = await messages();
    const file = join(stack.project.folder, "backup.tar.gz");
    assert.match(await toolchain("backup", file), new RegExp(`${all.length} messages of ${name} are in `));
    assert.equal(statSync(file).mode & 0o777, 0o600);

    await send("third");
    const ids = (await messages()).map((line) => /"id":"(.*?)"/.exec(line)?.[1] ?? "");
    await toolchain("messages", "--delete-before", ids.at(-1) ?? "");
    const left = await messages();
    assert.equal(left.length, 1);
    const damaged = join(stack.project.folder, "damaged.tar.gz");
    writeFileSync(damaged, readFileSync(file).subarray(0, -100));
    const refused = await stack.project.toolchain("restore", "--stack", name, damaged);
    assert.equal(refused.code, 1, refused.output);
    assert.match(
      refused.output,
      /damaged\.tar\.gz is no backup of this project, or is damaged: .* Nothing was changed\./,
    );
    assert.deepEqual(await messages(), left);

    assert.match(await toolchain("restore", file), new RegExp(`${all.length} of ${all.length} messages added`));
    assert.deepEqual(await messages(), [...all, ...left]);
    assert.match(await toolchain("restore", file), new RegExp(`0 of ${all.length} messages added`));
    assert.deepEqual(await messages(), [...all, ...left]);
    await send("fourth");
    assert.equal((await messages()).length, all.length + 2);
  });

  test("with a certificate the site is there by HTTPS and HTTP/2, takes a browser's HTTP/3, and plain HTTP leads there", async () => {
    const { certificate, key } = await selfSigned(["127.0.0.1"]);
    const plain = await stack.address("url");
    await stack.set("resume:tlsPort", "0");
    await stack.set("resume:tls", JSON.stringify({ certificate, key }));
    const inPlain = await stack.project.pulumi("up", "--yes", "--stack", name);
    assert.notEqual(inPlain.code, 0);
    assert.match(inPlain.output, /config set --secret --path resume:tls\.key --stack \S+ < key\.pem/);
    await stack.set("--secret", "resume:tls", JSON.stringify({ certificate, key }));
    await stack.set("--secret", "resume:publicUrl", "https://hidden.example.com");
    await stack.up();
    await stack.expectNoChange();

    const url = await stack.address("url");
    assert.match(url, /^https:/);
    await eventually(10, async () => {
      const answer = await askByHttp2(url, certificate, "/health");
      assert.equal(answer[":status"], 200);
      assert.match(String(answer["strict-transport-security"]), /max-age=\d+/);
      assert.equal(answer["alt-svc"], `h3=":${new URL(url).port}"; ma=86400`);
    });
    const led = await fetch(`${plain}/contact?x=1`, { redirect: "manual" });
    assert.equal(led.status, 308);
    assert.equal(led.headers.get("location"), `${url}/contact?x=1`);
    await askByQuic(url, certificate, "/nowhere-by-quic");
    await eventually(5, async () => {
      const line = (await live.jsonLines("nginx")).find(({ uri }) => uri === "/nowhere-by-quic");
      assert.equal(line?.protocol, "HTTP/3.0");
    });
    const state = await stack.project.must("stack", "export", "--stack", name);
    for (const secret of [key, certificate, "hidden.example.com"]) {
      assert.ok(
        !state.includes(JSON.stringify(secret).slice(1, -1)),
        `${secret.slice(0, 30)} is in the state as it is`,
      );
    }
  });

  test("nginx that was removed by hand is back on the port that it had", async () => {
    const url = await stack.address("url");
    await live.engine.getContainer(await live.idOf("nginx")).remove({ force: true });
    const { output } = await stack.project.pulumi("preview", "--refresh", "--diff", "--stack", name);
    assert.ok(output.includes(`: ${new URL(url).port}`), `the preview has another port:\n${output}`);
    await stack.up("--refresh");
    assert.equal(await stack.address("url"), url);
    await eventually(10, async () => assert.equal(await live.healthy("nginx"), 1));
  });

  test("down asks; --keep-data leaves volumes and passwords, which an up finds; then it leaves nothing", async () => {
    const before = { messages: await messages(), outputs: await stack.outputs("--show-secrets") };
    const there = await live.leftovers();
    const asked = await stack.project.toolchain("down", "--stack", name);
    assert.equal(asked.code, 1, asked.output);
    assert.match(
      asked.output,
      new RegExp(`down: This deletes the ${name} stack with ${before.messages.length} messages .*--yes`),
    );
    assert.deepEqual(await live.leftovers(), there);

    await toolchain("down", "--keep-data");
    const volumes = await live.leftovers();
    assert.deepEqual(
      volumes.sort(),
      there.filter((left) => /-data-[0-9a-f]{7}$/.test(left)).sort(),
      "volumes alone are left",
    );
    await stack.up();
    assert.deepEqual(await stack.outputs("--show-secrets"), before.outputs);
    assert.deepEqual(await messages(), before.messages);

    await toolchain("down", "--yes");
    assert.deepEqual(await live.leftovers(), []);
  });
});

describe("a bad config", { timeout: 5 * 60_000 }, () => {
  const stack = new TestStack(`${name}-bad`);
  const { project } = stack;

  before(() => stack.initialise());
  after(() => stack.remove());

  /** Sets one key, expects the sentence and that nothing was made, and takes the key back. */
  async function expectRefusal(key: string, value: string, sentence: RegExp): Promise<void> {
    const before = await project.pulumi("config", "get", key, "--stack", stack.name);
    await project.must("config", "set", "--stack", stack.name, key, value);
    const { code, output } = await project.pulumi("up", "--yes", "--skip-preview", "--stack", stack.name);
    assert.notEqual(code, 0, output);
    assert.match(output, sentence);
    assert.doesNotMatch(output, /^ +at .*\.ts:/m, "a stack trace is shown");
    assert.deepEqual(await stack.live.leftovers(), []);
    if (before.code === 0) {
      await project.must("config", "set", "--stack", stack.name, key, before.output.trim());
    } else {
      await project.must("config", "rm", "--stack", stack.name, key);
    }
  }

  const wrong: [string, string, RegExp][] = [
    ["resume:replicas", "0", /resume:replicas is "0"; allowed: a whole number from 1 to 64\./],
    ["resume:replicas", "65", /resume:replicas is "65"; allowed: a whole number from 1 to 64\./],
    ["resume:replicas", "abc", /resume:replicas is "abc"; allowed: a whole number from 1 to 64\./],
    // An address that is for documentation only.
    ["resume:bindAddress", "192.0.2.1", /resume:bindAddress is "192\.0\.2\.1"; allowed: an address of the Docker host/],
    ["resume:target", "moon", /resume:target is "moon"; allowed: docker or kubernetes\./],
  ];
  for (const [key, value, sentence] of wrong) {
    test(`${key}=${value} is one sentence and makes nothing`, () => expectRefusal(key, value, sentence));
  }

  test("--secret for a key, or a part of it, that shows in resources is one sentence that does not show it", async () => {
    for (const [key, value] of [
      ["resume:images.redis", "do-not-show:1"],
      ["docker:host", "unix:///do-not-show.sock"],
    ] as const) {
      await project.must("config", "set", "--secret", "--path", "--stack", stack.name, key, value);
      const { code, output } = await project.pulumi("up", "--yes", "--skip-preview", "--stack", stack.name);
      assert.notEqual(code, 0, output);
      assert.match(
        output,
        new RegExp(`${key.replace(/\..*/, "")} is set with --secret, though .*; set it with --plaintext\\.`),
      );
      assert.doesNotMatch(output, /do-not-show/);
      await project.must("config", "rm", "--path", "--stack", stack.name, key);
    }
    assert.deepEqual(await stack.live.leftovers(), []);
  });

  test("all faults of the content are named before anything is built", async () => {
    const folder = join(project.folder, "service/content");
    const contents = ["resume.json", "projects.md"].map((name) => join(folder, name));
    const before = contents.map((file) => readFileSync(file, "utf8"));
    try {
      for (const file of contents) {
        writeFileSync(file, file.endsWith(".json") ? '{"basics": {"profiles": "none"}}' : "## No such project\n");
      }
      const { code, output } = await project.pulumi("up", "--yes", "--skip-preview", "--stack", stack.name);
      assert.notEqual(code, 0, output);
      assert.match(output, /service\/content\/resume\.json:basics\.name: is missing\.\n/);
      assert.match(output, /service\/content\/resume\.json:basics\.profiles: must be a list, but is a text\.\n/);
      assert.match(output, /service\/content\/projects\.md:## No such project: is no entry's name/);
      assert.doesNotMatch(output, /Step \d/);
      assert.equal(stripVTControlCharacters(output), output);
      assert.deepEqual(await stack.live.leftovers(), []);
    } finally {
      for (const [index, file] of contents.entries()) {
        writeFileSync(file, before[index] ?? "");
      }
    }
  });

  test("a taken port is one sentence and makes nothing", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const taken = server.address();
    assert.ok(typeof taken === "object" && taken !== null);
    try {
      await expectRefusal(
        "resume:port",
        String(taken.port),
        new RegExp(`resume:port is "${taken.port}"; allowed: a port`),
      );
    } finally {
      server.close();
    }
  });

  test("a port that is taken on another address, by another protocol or of a part that is left out is free", async () => {
    const other = createServer().listen(0, "127.0.0.2");
    await once(other, "listening");
    const address = other.address();
    assert.ok(typeof address === "object" && address !== null);
    const udp = createSocket("udp4");
    udp.bind(address.port, "127.0.0.1");
    await once(udp, "listening");
    const preview = () => project.pulumi("preview", "--stack", stack.name);
    const set = (...args: string[]) => project.must("config", "set", "--stack", stack.name, ...args);
    try {
      await set("resume:port", String(address.port));
      const { code, output } = await preview();
      assert.equal(code, 0, output);

      // HTTP/3 is UDP.
      await set("resume:port", "0");
      const { key, certificate } = await selfSigned(["localhost"]);
      await set("--secret", "resume:tls", JSON.stringify({ key, certificate }));
      await set("resume:tlsPort", String(address.port));
      const refused = await preview();
      assert.notEqual(refused.code, 0, refused.output);
      assert.match(refused.output, new RegExp(`resume:tlsPort is "${address.port}"; allowed: .* by tcp or udp, or 0`));
    } finally {
      other.close();
      udp.close();
      for (const key of ["resume:tls", "resume:tlsPort"]) {
        await project.pulumi("config", "rm", key, "--stack", stack.name);
      }
    }
  });

  test("nofile above the machine's limit is one sentence and makes nothing", async (context) => {
    const limit = engineNofile();
    if (limit === undefined || limit >= 1_048_576) {
      return context.skip("this machine's engine has no such limit");
    }
    await expectRefusal("resume:nofile", String(limit + 1), new RegExp(`at most ${limit}, what the Docker daemon`));
  });
});
