import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { projectRoot } from "../../lib/paths.ts";
import { run } from "../../lib/run.ts";

const folder = mkdtempSync(join(tmpdir(), "arrows-"));
after(() => rmSync(folder, { recursive: true }));
cpSync(join(projectRoot, "biome.json"), join(folder, "biome.json"));

/** Lints files with one import each, by the project's own rules. @returns what the linter reports */
async function lint(files: readonly (readonly [file: string, imported: string])[]): Promise<string> {
  for (const [file, imported] of files) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), `import { x } from "${imported}";\n\nconsole.log(x);\n`);
  }
  const biome = join(projectRoot, "node_modules/.bin/biome");
  const args = ["lint", "--colors=off", "--vcs-enabled=false", "--max-diagnostics=none"];
  const { stdout, stderr } = await run(biome, [...args, ...files.map(([file]) => file)], { cwd: folder });
  return stdout + stderr;
}

const refused = [
  ["lib/new.ts", "../toolchain/tools/engine.ts"],
  ["offline/new.ts", "../infra/index.ts"],
  ["service/src/new.ts", "../../lib/at.ts"],
  ["prometheus/new.ts", "../infra/system/ports.ts"],
  ["grafana/test/new.test.ts", "../../infra/system/ports.ts"],
  ["infra/system/new.ts", "../../toolchain/tools/engine.ts"],
  ["infra/test/new.test.ts", "../../benchmarks/result.ts"],
  ["infra/targets/docker/new.ts", "../kubernetes/index.ts"],
  ["infra/targets/kubernetes/new.ts", "../docker/index.ts"],
  ["toolchain/commands/new.ts", "../../benchmarks/main.ts"],
  ["toolchain/commands/other.ts", "../../offline/registry/registry.ts"],
  ["benchmarks/new.ts", "../offline/registry/registry.ts"],
] as const;

test("the linter refuses each import against the arrows", async () => {
  const report = await lint(refused);
  const found = [...report.matchAll(/^(\S+\.ts):1:\d+ lint\/style\/noRestrictedImports/gm)].map(([, file]) => file);
  assert.deepEqual(found.sort(), refused.map(([file]) => file).sort(), report);
});

test("the linter takes the one way to offline/, and what the arrows allow", async () => {
  const report = await lint([
    ["toolchain/offline.ts", "../offline/registry/registry.ts"],
    ["benchmarks/run.ts", "../toolchain/tools/engine.ts"],
    ["toolchain/run.ts", "../infra/labels.ts"],
    ["grafana/run.ts", "../prometheus/alerts.ts"],
  ]);
  assert.doesNotMatch(report, /noRestrictedImports/);
  assert.match(report, /Checked 4 files/);
});

test("the linter refuses a circle of imports", async () => {
  const report = await lint([
    ["lib/one.ts", "./two.ts"],
    ["lib/two.ts", "./one.ts"],
  ]);
  assert.match(report, /noImportCycles/);
});
