import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pinnedImages } from "../../lib/images.ts";
import { makeable, pinnedImageVersion, recipeHash, upstreamVersion } from "../../offline/images/make.ts";
import { nodeVersion, recipes } from "../../offline/images/recipes.ts";
import { projectRoot } from "../../lib/paths.ts";
import { cliVersion, pinnedVersion, pluginVersions } from "../../lib/pins.ts";
import { fits } from "../tools/cli.ts";
import { reportedVersion } from "../../offline/kubernetes-plugin.ts";

const read = (path: string): string => readFileSync(join(projectRoot, path), "utf8");

test("the CLI's Go module fits the SDK, and takes program and library in one version", () => {
  assert.ok(fits(cliVersion(), pinnedVersion("@pulumi/pulumi")), cliVersion());
  const library = /github.com\/pulumi\/pulumi\/sdk\/v3 v(\S+)/.exec(read("offline/pulumi-cli/go.mod"))?.[1];
  assert.equal(library, cliVersion());
});

test("the plugins are of the versions of their npm packages, in package.json and in what is installed", () => {
  for (const [name, version] of Object.entries(pluginVersions())) {
    const installed: unknown = JSON.parse(read(`node_modules/@pulumi/${name}/package.json`));
    assert.ok(typeof installed === "object" && installed !== null && "version" in installed);
    assert.equal(installed.version, version, name);
  }
});

test("the Kubernetes plugin that is built answers with the npm package's version, so that the engine does not warn", () => {
  // It is kept under this name, so that a new pin builds it anew.
  const [release, module] = reportedVersion().split("+module.");
  assert.equal(release, pinnedVersion("@pulumi/kubernetes"));
  assert.match(module ?? "", /^[0-9a-f]{12}$/);
});

test("start.mjs finds the version of Node that the image is pinned to", () => {
  const pattern = /const version = (\/.*\/)\.exec\(pins\)/.exec(read("toolchain/start.mjs"))?.[1];
  assert.ok(pattern);
  assert.equal(new RegExp(pattern.slice(1, -1)).exec(read("lib/images.ts"))?.[1], nodeVersion);
  assert.match(nodeVersion, /^\d+\.\d+\.\d+$/);
});

test("each pinned image has a recipe or a reason, and a version", () => {
  assert.deepEqual(Object.keys(recipes).sort(), Object.keys(pinnedImages).sort());
  assert.deepEqual(
    Object.keys(recipes).filter((name) => !makeable().some((image) => image.name === name)),
    ["grafana"],
  );
  for (const reference of Object.values(pinnedImages)) assert.match(pinnedImageVersion(reference), /^\d+\.\d+\.\d+$/);
  assert.match(recipeHash(), /^[0-9a-f]{16}$/);
});

test("a program's own version is found in Debian's version of it", () => {
  assert.equal(upstreamVersion("5:8.0.6-3"), "8.0.6");
  assert.equal(upstreamVersion("3.5.3+ds1-6"), "3.5.3");
  assert.equal(upstreamVersion("1:1.38.0-3+b1"), "1.38.0");
  assert.equal(upstreamVersion("1.86.0-1"), "1.86.0");
});

test("a CLI fits the SDK when it is of its minor version or newer", () => {
  assert.equal(fits("3.259.0", "3.259.0"), true);
  assert.equal(fits("3.260.1", "3.259.4"), true);
  assert.equal(fits("3.258.9", "3.259.0"), false);
  assert.equal(fits("4.0.0", "3.259.0"), false);
});
