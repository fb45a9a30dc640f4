import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { at } from "../../lib/at.ts";
import { pinnedImages } from "../../lib/images.ts";
import { projectRoot } from "../../lib/paths.ts";
import { pinnedVersion, pluginVersions } from "../../lib/pins.ts";
import { cliVersion } from "../offline.ts";
import { fits } from "../tools/cli.ts";

function read(path: string): string {
  return readFileSync(join(projectRoot, path), "utf8");
}

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

test("what checks the content is of one version for the program and for the image", () => {
  const [root, service] = ["package.json", "service/package.json"].map((path) =>
    at(JSON.parse(read(path)), "dependencies"),
  );
  for (const name of ["markdown-it"]) {
    assert.equal(typeof at(root, name), "string", name);
    assert.equal(at(root, name), at(service, name), name);
  }
});

test("start.mjs finds the version of Node that the image is pinned to", () => {
  const pattern = /const version = (\/.*\/)\.exec\(pins\)/.exec(read("toolchain/start.mjs"))?.[1];
  assert.ok(pattern);
  const version = /^node:(\d+\.\d+\.\d+)-/.exec(pinnedImages.node)?.[1];
  assert.ok(version);
  assert.equal(new RegExp(pattern.slice(1, -1)).exec(read("lib/images.ts"))?.[1], version);
});

test("a CLI fits the SDK when it is of its minor version or newer", () => {
  assert.equal(fits("3.259.0", "3.259.0"), true);
  assert.equal(fits("3.260.1", "3.259.4"), true);
  assert.equal(fits("3.258.9", "3.259.0"), false);
  assert.equal(fits("4.0.0", "3.259.0"), false);
});
