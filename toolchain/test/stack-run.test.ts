import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { projectRoot } from "../../lib/paths.ts";
import { namedStack } from "../commands/pulumi.ts";
import up from "../commands/up.ts";
import { splitStack } from "../lib/arguments.ts";
import { runOnStack } from "../lib/pulumi.ts";

const folder = mkdtempSync(join(tmpdir(), "stack-run-"));
const stack = `run-${process.pid}`;
const config = join(projectRoot, `Pulumi.${stack}.yaml`);
function configOf(target: string) {
  return `config:\n  resume:target: ${target}\n  kubernetes:kubeconfig: ${folder}/none\n`;
}

// Creates a temporary file as a plugin does, writes its path to the file `left`, and fails.
const program = join(folder, "cli");
before(() => {
  const script = `#!/bin/sh\nmktemp > "${folder}/left"\nexit 3\n`;
  writeFileSync(program, script, { mode: 0o755 });
});
after(() => {
  rmSync(folder, { recursive: true });
  rmSync(config, { force: true });
});

function left(): string {
  return readFileSync(join(folder, "left"), "utf8").trim();
}

test("temporary files of plugins are removed for a stack on Kubernetes, and the exit code is the CLI's", async () => {
  writeFileSync(config, configOf("kubernetes"));
  assert.equal(await runOnStack(program, [], {}, stack), 3);
  assert.equal(existsSync(left()), false);
});

test("a stack on Docker has the machine's own temporary folder", async () => {
  writeFileSync(config, configOf("docker"));
  assert.equal(await runOnStack(program, [], { TMPDIR: folder }, stack), 3);
  assert.ok(left().startsWith(`${folder}/`));
});

test("a secret in plain text stops `npm run up` before anything is done", async () => {
  writeFileSync(config, "config:\n  resume:tls:\n    certificate: C\n    key: K\n");
  await assert.rejects(up(["--stack", stack]), /resume:tls\.key is a secret, but in plain text\. Encrypt it: /);
});

test("the stack and the other arguments, in each way that the CLI takes; a missing or wrong name is refused", () => {
  for (const args of [["--stack", "k8s"], ["--stack=k8s"], ["-s", "k8s"], ["-s=k8s"]]) {
    const all = ["--refresh", ...args, "--target", "urn"];
    assert.deepEqual(splitStack(all), { stack: "k8s", rest: ["--refresh", "--target", "urn"] }, args.join(" "));
  }
  assert.deepEqual(splitStack(["--refresh"]), { stack: "dev", rest: ["--refresh"] });
  for (const args of [["--stack"], ["--stack="], ["--stack", "--refresh"], ["-s", "a b"], ["--stack", "../x"]]) {
    assert.throws(() => splitStack(args), /^UserError: --stack is ".*"; allowed: the name of a stack/, args.join(" "));
  }
});

test("the stack that arguments name, in each way that the CLI takes", () => {
  for (const args of [
    ["--stack", "k8s"],
    ["--stack=k8s"],
    ["-s", "k8s"],
    ["-s=k8s"],
    ["-s", "organization/resume/k8s"],
  ]) {
    assert.equal(namedStack(["up", ...args]), "k8s", args.join(" "));
  }
  assert.equal(namedStack(["up", "--yes"]), undefined);
  assert.equal(namedStack(["up", "--stack"]), undefined);
});
