import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { projectRoot } from "../../lib/paths.ts";
import { endLeftoverProcesses, runningCli } from "../recovery/leftover-processes.ts";
import { holderOf, type Lock, locksOf, stateFolder } from "../recovery/locks.ts";
import { begunNames, heldIds, parseState } from "../recovery/state.ts";

const folder = mkdtempSync(join(tmpdir(), "recovery-"));
after(() => rmSync(folder, { recursive: true }));

function lock(changes: Partial<Lock> = {}): Lock {
  const timestamp = new Date().toISOString();
  return { pid: process.pid, username: "me", hostname: hostname(), timestamp, ...changes };
}

test("the state's folder is that of the file backend, as the variable or the project names it", () => {
  const project = "name: resume\nbackend:\n  url: file://.\n";
  assert.equal(stateFolder("", project), projectRoot);
  assert.equal(stateFolder("file:///srv/state?no_tmp_dir=true", project), "/srv/state");
  assert.equal(stateFolder("file://~/state", project), join(homedir(), "state"));
  assert.equal(stateFolder("https://api.pulumi.com", project), undefined);
  assert.equal(stateFolder("s3://bucket", project), undefined);
  assert.equal(stateFolder("", "name: resume\n"), undefined);
});

test("a lock is held by the process that took it, by no younger one of the same id, and is not judged from elsewhere", async () => {
  const child = spawn("true");
  await once(child, "exit");
  assert.equal(await holderOf(lock()), "runs");
  assert.equal(await holderOf(lock({ timestamp: "2026-01-01T00:00:00Z" })), "ended");
  assert.equal(await holderOf(lock({ hostname: "another.example" })), "elsewhere");
  assert.equal(await holderOf(lock({ pid: Number(child.pid) })), "ended");
});

test("the locks of a stack, and of no other one", () => {
  const locks = join(folder, ".pulumi/locks/organization/resume");
  mkdirSync(join(locks, "mine"), { recursive: true });
  assert.deepEqual(locksOf(folder, "mine"), []);
  const mine = lock();
  writeFileSync(join(locks, "mine/1.json"), JSON.stringify(mine));
  writeFileSync(join(locks, "mine/1.json.attrs"), "{}");
  assert.deepEqual(locksOf(folder, "mine"), [mine]);
  assert.deepEqual(locksOf(folder, "other"), []);
});

test("plugins whose CLI is gone are ended, in this project's folder alone", {
  skip: process.platform !== "linux",
}, async () => {
  const cwd = mkdtempSync(join(folder, "plugins-"));
  const script = join(folder, "pulumi-resource-docker");
  writeFileSync(script, "#!/bin/sh\nsleep 60\n", { mode: 0o755 });
  // Nothing listens on port 1.
  const start = (place: string) => spawn("sh", [script, "127.0.0.1:1"], { cwd: place, detached: true });
  const [own, other] = [start(cwd), start(folder)];
  try {
    await new Promise((resolve) => setTimeout(resolve, 300));
    const ended = new Promise((resolve) => own.once("exit", resolve));
    assert.equal(await endLeftoverProcesses(cwd), 1);
    await ended;
    assert.equal(other.exitCode, null);
    assert.equal(other.signalCode, null);
  } finally {
    for (const { pid } of [own, other]) {
      try {
        process.kill(-Number(pid), "SIGKILL");
      } catch {
        // It has ended.
      }
    }
  }
});

test("a CLI that updates a stack is seen before it has a lock", { skip: process.platform !== "linux" }, async () => {
  const cwd = mkdtempSync(join(folder, "cli-"));
  // What Node runs is the file `up`.
  writeFileSync(join(cwd, "up"), "setInterval(() => {}, 1000);");
  const cli = spawn(process.execPath, ["up", "--yes", "--stack", "mine"], { cwd, argv0: "pulumi" });
  try {
    await once(cli, "spawn");
    assert.equal(runningCli(cwd, "mine"), cli.pid);
    assert.equal(runningCli(cwd, "other"), undefined);
    assert.equal(runningCli(folder, "mine"), undefined);
  } finally {
    cli.kill("SIGKILL");
  }
});

test("a state's ids, those to be deleted included, and the names whose creation was begun", () => {
  const network = "docker:index/network:Network";
  const state = parseState(
    JSON.stringify({
      version: 3,
      deployment: {
        resources: [
          { type: "pulumi:pulumi:Stack" },
          { type: network, id: "one" },
          { type: "docker:index/container:Container", id: "two", delete: true },
        ],
        pending_operations: [
          { type: "creating", resource: { type: network, inputs: { name: "resume-dev-1234567" } } },
          { type: "deleting", resource: { type: network, id: "one", inputs: { name: "resume-dev-7654321" } } },
        ],
      },
    }),
  );
  assert.deepEqual([...heldIds(state)], ["one", "two"]);
  assert.deepEqual([...begunNames(state, network)], ["resume-dev-1234567"]);
  assert.deepEqual([...heldIds(parseState('{ "deployment": {} }'))], []);
});
