import assert from "node:assert/strict";
import { createServer } from "node:http";
import { type TestContext, test } from "node:test";
import Docker from "dockerode";
import { findStack, isPublishedAt } from "../stack.ts";
import { fakeServer } from "./fake-server.ts";

test("a port alone is no stack of this engine: the address must lead to it", () => {
  const at = (url: string, IP: string, engineHost?: string) =>
    isPublishedAt({ IP, PublicPort: 8080 }, new URL(url), engineHost);
  assert.ok(at("http://127.0.0.1:8080", "127.0.0.1"));
  assert.ok(at("http://localhost:8080", "0.0.0.0"));
  assert.ok(at("http://[::1]:8080", "::"));
  assert.ok(at("http://192.168.1.4:8080", "192.168.1.4"));
  assert.ok(at("http://far:8080", "0.0.0.0", "far"));
  // Another host, another port, another interface, the loopback interface of an engine that is elsewhere.
  assert.ok(!at("http://other:8080", "0.0.0.0"));
  assert.ok(!at("http://192.168.1.5:8080", "0.0.0.0"));
  assert.ok(!at("http://127.0.0.1:8081", "127.0.0.1"));
  assert.ok(!at("http://127.0.0.1:8080", "192.168.1.4"));
  assert.ok(!at("http://127.0.0.1:8080", "127.0.0.1", "far"));
});

/** An engine with one stack, whose only replica has this host name, published at this port. */
async function engineWith(t: TestContext, hostname: string, port: number): Promise<Docker> {
  const container = (name: string) => ({
    Id: name,
    Labels: { "resume.component": name, "resume.stack": "x" },
    Ports: name === "nginx" ? [{ IP: "127.0.0.1", PrivatePort: 8080, PublicPort: port, Type: "tcp" }] : [],
  });
  const url = await fakeServer(t, (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "", "http://engine");
    const wanted = /component=(\w+)/.exec(searchParams.get("filters") ?? "")?.[1] ?? "";
    const body = pathname.endsWith("/containers/json")
      ? [container(wanted)]
      : {
          Id: pathname,
          Config: { Hostname: hostname, Cmd: ["nginx", "-c", "/nginx.conf"] },
          NetworkSettings: { Networks: { net: {} } },
        };
    if (pathname.endsWith("/archive")) {
      response.writeHead(404).end('{"message":"no such file"}');
    } else {
      response.setHeader("Content-Type", "application/json").end(JSON.stringify(body));
    }
  });
  const { hostname: host, port: enginePort } = new URL(url);
  return new Docker({ protocol: "http", host, port: enginePort });
}

test("what answers must be one of the stack's replicas", async (t) => {
  const site = createServer((_request, response) => response.setHeader("X-Replica", "resume-0-mine").end("ok"));
  await new Promise<void>((listening) => site.listen(0, "127.0.0.1", listening));
  t.after(() => site.close());
  const address = site.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const url = new URL(`http://127.0.0.1:${port}`);
  await assert.rejects(findStack(await engineWith(t, "resume-0-other", port), url), /is no replica of the stack/);
  // The replica is known: the next thing that is asked for is nginx' configuration.
  await assert.rejects(findStack(await engineWith(t, "resume-0-mine", port), url), /no such file/);
  await assert.rejects(findStack(await engineWith(t, "resume-0-mine", port + 1), url), /No stack's nginx is published/);
});
