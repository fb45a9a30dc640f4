import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { test } from "node:test";
import { projectRoot } from "../../lib/paths.ts";
import { run } from "../../lib/run.ts";
import { UserError } from "../../lib/user-error.ts";
import certificate from "../commands/certificate.ts";
import { confirm } from "../lib/confirm.ts";

test("a certificate is made for host names and addresses only", async () => {
  for (const host of [
    "foo bar",
    "",
    "https://example.com",
    "a/b",
    "a-.com",
    "a..b",
    "1.2.3.999",
    "example.com.",
    "*",
  ]) {
    await assert.rejects(certificate(["localhost", host]), {
      name: "UserError",
      message: `certificate: HOST is "${host}"; allowed: a host name or an IP address.`,
    });
  }
  await assert.rejects(certificate(["--force"]), { name: "UserError", message: /--force.*Usage: npm run certificate/ });
});

test("without a terminal and without --yes an existing certificate stays", async () => {
  const folder = mkdtempSync(join(tmpdir(), "certificate-"));
  try {
    for (const name of [
      "toolchain",
      "lib",
      "offline",
      "infra",
      "grafana",
      "prometheus",
      "package.json",
      "service/src",
    ]) {
      cpSync(join(projectRoot, name), join(folder, name), { recursive: true });
    }
    symlinkSync(join(projectRoot, "node_modules"), join(folder, "node_modules"));
    const config = 'config:\n  resume:tls:\n    certificate:\n      secure: "v1:abc"\n';
    writeFileSync(join(folder, "Pulumi.dev.yaml"), config);
    const main = join(folder, "toolchain/main.ts");
    const { code, stderr } = await run(process.execPath, [main, "certificate", "*.example.com", "::1", "192.0.2.1"]);
    assert.equal(code, 1);
    assert.match(
      stderr,
      /certificate: This replaces the certificate and the key in resume:tls.*add --yes to do it\.\n$/,
    );
    assert.equal(readFileSync(join(folder, "Pulumi.dev.yaml"), "utf8"), config);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

for (const [typed, expected] of [
  ["y\n", true],
  ["YES\n", true],
  ["n\n", false],
  ["\n", false],
  ["yesterday\n", false],
  ["", false],
] as const) {
  test(`the answer ${JSON.stringify(typed)} means ${expected ? "yes" : "no"}`, async () => {
    const terminal = Object.assign(new PassThrough(), { isTTY: true });
    terminal.end(typed);
    assert.equal(await confirm("test", "This removes it", terminal), expected);
  });
}

test("without a terminal nothing is asked", async () => {
  await assert.rejects(confirm("down", "This removes 3 messages", new PassThrough()), (error) => {
    assert.ok(error instanceof UserError);
    assert.equal(error.message, "down: This removes 3 messages. There is no terminal to ask on: add --yes to do it.");
    return true;
  });
});
