import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";

const folder = mkdtempSync(join(tmpdir(), "plugins-"));
// The cache's place is read when the modules are loaded.
process.env.RESUME_TOOLCHAIN_DIR = join(folder, "cache");
delete process.env.RESUME_TOOLCHAIN_RETRY;
process.env.PATH = dirname(process.execPath);
const { pinnedVersion } = await import("../../lib/pins.ts");
const { findPlugins } = await import("../tools/plugins.ts");
const { ProbeCache, rememberOutOfReach } = await import("../../lib/probe-cache.ts");

const cache = join(folder, "cache");
const bin = join(cache, "bin");
const host = join(cache, "cli/bin/pulumi-language-nodejs");
const docker = join(
  cache,
  `pulumi-home/plugins/resource-docker-v${pinnedVersion("@pulumi/docker")}/pulumi-resource-docker`,
);
const random = join(
  cache,
  `pulumi-home/plugins/resource-random-v${pinnedVersion("@pulumi/random")}/pulumi-resource-random`,
);
const ours = { program: join(cache, "cli/bin/pulumi"), version: "3.0.0", ours: true };

function find(cli: typeof ours): Promise<void> {
  const probes = new ProbeCache();
  rememberOutOfReach(probes, "plugins");
  return findPlugins(cli, probes, false);
}

function place(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text, { mode: 0o755 });
}

beforeEach(() => {
  delete process.env.PULUMI_HOME;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("stand-ins lie where our CLI has its own plugins, and not on PATH, so that it does not warn of them", async () => {
  place(join(bin, "pulumi-resource-docker"), "of a former version");
  place(join(bin, "pulumi-language-nodejs"), "of a former version");
  // The second time they must not be taken for the official ones.
  for (const _time of [1, 2]) {
    await find(ours);
    for (const file of [docker, random, host]) {
      assert.match(
        readFileSync(file, "utf8"),
        /exec ".*offline\/plugins\/(docker|random|language-nodejs)\/main\.ts" "\$@"/,
      );
    }
    for (const plugin of ["resource-docker", "resource-random", "language-nodejs"]) {
      assert.equal(existsSync(join(bin, `pulumi-${plugin}`)), false, plugin);
    }
  }
});

test("official plugins stay", async () => {
  place(docker, "official");
  await find(ours);
  assert.equal(readFileSync(docker, "utf8"), "official");
  assert.match(readFileSync(random, "utf8"), /offline/);
});

test("stand-ins of another clone, whose CLI is on PATH, stay", async () => {
  await find(ours);
  const others = join(folder, "other/cli/bin/pulumi-language-nodejs");
  place(others, readFileSync(host, "utf8"));
  await find({ ...ours, program: join(dirname(others), "pulumi"), ours: false });
  assert.equal(readFileSync(others, "utf8"), readFileSync(host, "utf8"));
  assert.ok(existsSync(join(bin, "pulumi-language-nodejs")));
});

test("the folders of a user's CLI and a user's PULUMI_HOME stay as they are", async () => {
  process.env.PULUMI_HOME = join(folder, "home");
  await find({ ...ours, program: join(folder, "users/bin/pulumi"), ours: false });
  assert.equal(existsSync(join(folder, "home")), false);
  assert.equal(existsSync(join(folder, "users")), false);
  for (const plugin of ["resource-docker", "resource-random", "language-nodejs"]) {
    assert.ok(existsSync(join(bin, `pulumi-${plugin}`)), plugin);
  }
});
