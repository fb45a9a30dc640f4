import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { promisify } from "node:util";
import { describeDaemon } from "../tools/daemons.ts";
import { currentContext, engineIfAny, findEngine } from "../tools/engine.ts";
import { dockerChains, dockerRules, ownEngine } from "../tools/own-engine.ts";

const folder = mkdtempSync(join(tmpdir(), "docker-config-"));
after(() => rmSync(folder, { recursive: true }));

test("the docker context's address is taken, the default one's is not", () => {
  assert.equal(currentContext(folder), undefined);
  writeFileSync(join(folder, "config.json"), JSON.stringify({ currentContext: "far" }));
  const meta = join(folder, "contexts/meta", createHash("sha256").update("far").digest("hex"));
  mkdirSync(meta, { recursive: true });
  writeFileSync(join(meta, "meta.json"), JSON.stringify({ Endpoints: { docker: { Host: "ssh://far" } } }));
  assert.deepEqual(currentContext(folder), { host: "ssh://far", certPath: undefined });
  const certPath = join(folder, "contexts/tls", createHash("sha256").update("far").digest("hex"), "docker");
  mkdirSync(certPath, { recursive: true });
  assert.deepEqual(currentContext(folder), { host: "ssh://far", certPath });
  writeFileSync(join(folder, "config.json"), JSON.stringify({ currentContext: "default" }));
  assert.equal(currentContext(folder), undefined);
});

test("an engine at DOCKER_HOST that can't be used is one sentence, and none where any would do", async () => {
  const before = process.env.DOCKER_HOST;
  process.env.DOCKER_HOST = "unix:///nowhere/docker.sock";
  try {
    await assert.rejects(
      findEngine(),
      /^UserError: No Docker engine can be used at unix:\/\/\/nowhere.*: there is no such/,
    );
    assert.equal(await engineIfAny(), undefined);
  } finally {
    if (before === undefined) {
      delete process.env.DOCKER_HOST;
    } else {
      process.env.DOCKER_HOST = before;
    }
  }
});

test("a socket that this user may not use is no reason to say that nothing is there", async (context) => {
  if (process.getuid?.() !== 0) {
    return context.skip("another user is needed, which only root can become");
  }
  const home = mkdtempSync(join(tmpdir(), "home-"));
  const socket = join(home, "docker.sock");
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  chmodSync(home, 0o755);
  chmodSync(socket, 0o000);
  const engines = JSON.stringify(join(import.meta.dirname, "../tools/engine.ts"));
  const program = `import(${engines}).then((m) => m.findEngine()).catch((error) => console.log(String(error)))`;
  const { DOCKER_HOST: _, ...others } = process.env;
  const env = { ...others, HOME: home, XDG_RUNTIME_DIR: home, DOCKER_CONFIG: home, RESUME_TOOLCHAIN_DIR: home };
  try {
    const options = { uid: 65_534, gid: 65_534, env, timeout: 20_000 };
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ["--eval", program], options);
    assert.match(stdout, /^UserError: No Docker engine can be used at unix:/);
    assert.ok(
      stdout.includes(`${socket}: you may not use its socket`) && stdout.includes("sudo usermod -aG docker $USER"),
    );
    assert.equal(stderr, "");
  } finally {
    server.close();
    rmSync(home, { recursive: true });
  }
});

test("a dockerd is described by its command line and its settings", () => {
  assert.deepEqual(describeDaemon(1, "dockerd -H fd:// --host unix:///x.sock --userland-proxy=false", ""), {
    pid: 1,
    hosts: ["unix:///x.sock"],
    userlandProxy: false,
  });
  assert.deepEqual(describeDaemon(2, "dockerd --config-file /f", '{"hosts": ["unix:///y.sock", "tcp://1.2.3.4:5"]}'), {
    pid: 2,
    hosts: ["unix:///y.sock", "tcp://1.2.3.4:5"],
    userlandProxy: true,
  });
  assert.equal(describeDaemon(3, "dockerd", '{"userland-proxy": false}').userlandProxy, false);
});

test("only Docker's own rules of the packet filter are removed", () => {
  const listing = `-P FORWARD DROP
-N DOCKER
-N DOCKER-USER
-N MINE
-A FORWARD -j DOCKER-USER
-A FORWARD -o br-a092cddd4f80 -j DOCKER
-A FORWARD -i eth0 -j ACCEPT
-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE
-A MINE -i br-lan -j ACCEPT
-A DOCKER-USER -j RETURN`;
  assert.deepEqual(dockerRules(listing), [
    "-A FORWARD -j DOCKER-USER",
    "-A FORWARD -o br-a092cddd4f80 -j DOCKER",
    "-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE",
    "-A DOCKER-USER -j RETURN",
  ]);
  assert.deepEqual(dockerChains(listing), ["DOCKER", "DOCKER-USER"]);
});

test("our own engine's socket has a path that every system takes", () => {
  assert.ok(ownEngine.socket.length < 100);
});
