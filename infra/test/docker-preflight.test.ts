import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { createServer, type Server } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { selfSigned } from "../../lib/certificate.ts";
import { parseConfig } from "../config/parse.ts";
import { type HostPorts, overlap } from "../config/ports.ts";
import { componentLabel, stackLabels } from "../labels.ts";
import { checkMachine, dynamicPort } from "../targets/docker/preflight.ts";

test("a stack finds the same free port each time, and the next one where that is taken", async () => {
  const any = () => true;
  const port = await dynamicPort("resume-dev port", any);
  assert.ok(port >= 20_000 && port <= 29_999);
  assert.equal(await dynamicPort("resume-dev port", any), port);
  assert.notEqual(await dynamicPort("resume-dev grafanaPort", any), port);
  assert.equal(await dynamicPort("resume-dev port", (asked) => asked !== port), port === 29_999 ? 20_000 : port + 1);
  await assert.rejects(
    dynamicPort("resume-dev port", () => false),
    /No free port from 20000 to 29999/,
  );
});

test("addresses meet where they are the same, or one is all of the other's kind", () => {
  assert.ok(overlap("127.0.0.1", "127.0.0.1"));
  assert.ok(overlap("0.0.0.0", "127.0.0.1"));
  assert.ok(overlap("::1", "::"));
  assert.ok(!overlap("127.0.0.1", "127.0.0.2"));
  assert.ok(!overlap("::", "127.0.0.1"));
});

describe("ports of a stack on an engine", () => {
  const folder = mkdtempSync(join(tmpdir(), "preflight-"));
  const labels = stackLabels("resume", "test");
  const published: { IP: string; PrivatePort: number; PublicPort: number; Type: string }[] = [];
  const engine = createHttpServer(({ url = "" }, response) => {
    const facts = { NCPU: 64, OSType: "linux", Architecture: "x86_64" };
    const nginx = { Labels: { ...labels, [componentLabel]: "nginx" }, Ports: published };
    response.setHeader("Content-Type", "application/json");
    response.end(JSON.stringify(url.includes("/containers/json") ? [nginx] : facts));
  });
  const listeners: Server[] = [];

  before(() => new Promise<void>((resolve) => engine.listen(join(folder, "sock"), resolve)));
  after(() => {
    for (const listener of [...listeners, engine]) {
      listener.close();
    }
    engine.closeAllConnections();
    rmSync(folder, { recursive: true });
  });

  const listen = async (host: string, port = 0): Promise<number> => {
    const server = createServer();
    listeners.push(server);
    await new Promise<void>((resolve) => server.listen({ port, host, ipv6Only: true }, resolve));
    const address = server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  };

  const check = async (set: Record<string, string>, last: HostPorts = {}) => {
    const free = { grafanaPort: "0", prometheusPort: "0", nofile: "4096" };
    const connection = { host: `unix://${join(folder, "sock")}` };
    return (await checkMachine(parseConfig({ ...free, ...set }, new Set()), connection, labels, last)).config;
  };
  const portFor = async (set: Record<string, string>, last?: HostPorts) => (await check(set, last)).port;

  test("one that was found for 0 stays, also when its container is gone; one that is taken by now does not", async () => {
    const last = await listen("127.0.0.1");
    assert.notEqual(await portFor({ port: "0" }, { port: last }), last);
    listeners.pop()?.close();
    assert.equal(await portFor({ port: "0" }, { port: last }), last);
  });

  test("the stack's own container does not stand in its way; another listener on a new address does", async () => {
    const port = await listen("127.0.0.2");
    published.push({ IP: "127.0.0.2", PrivatePort: 8080, PublicPort: port, Type: "tcp" });
    assert.equal(await portFor({ port: `${port}`, bindAddress: "127.0.0.2" }), port);
    assert.equal(await portFor({ port: `${port}`, bindAddress: "127.0.0.1" }), port);
    await listen("127.0.0.1", port);
    for (const bindAddress of ["127.0.0.1", "0.0.0.0"]) {
      await assert.rejects(
        portFor({ port: `${port}`, bindAddress }),
        new RegExp(
          `resume:port is "${port}"; allowed: a port of ${bindAddress} that nothing else listens on by tcp, or 0`,
        ),
      );
    }
  });

  test("a port of HTTPS is free by TCP and by UDP, or is refused", async () => {
    const { certificate, key } = await selfSigned(["127.0.0.1"]);
    const tls = JSON.stringify({ certificate, key });
    const { tlsPort } = await check({ port: "0", tls, tlsPort: "0" });
    assert.notEqual(tlsPort, 0);
    const socket = createSocket("udp4");
    await new Promise<void>((resolve) => socket.bind(tlsPort, "127.0.0.1", resolve));
    const refused = check({ port: "0", tls, tlsPort: `${tlsPort}` });
    await assert.rejects(refused, /resume:tlsPort is "\d+"; allowed: a port of 127\.0\.0\.1 .* by tcp or udp, or 0/);
    socket.close();
  });

  const hasIpv6 = Object.values(networkInterfaces()).some((all) => all?.some(({ family }) => family === "IPv6"));

  test("all of IPv6 is free where something listens on IPv4", { skip: !hasIpv6 }, async () => {
    const port = await listen("0.0.0.0");
    published.length = 0;
    assert.equal(await portFor({ port: `${port}`, bindAddress: "::" }), port);
  });
});
