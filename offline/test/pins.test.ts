import assert from "node:assert/strict";
import { test } from "node:test";
import { clusterImages, pinnedImages } from "../../lib/images.ts";
import { pinnedVersion } from "../../lib/pins.ts";
import { makeable, pinnedImageVersion, recipeHash, upstreamVersion } from "../images/make.ts";
import { reportedVersion } from "../kubernetes-plugin.ts";
import { kubernetesVersion } from "../node/programs.ts";

test("the Kubernetes plugin that is built answers with the npm package's version, so that the engine does not warn", () => {
  // It is kept under this name, so that a new pin builds it anew.
  const [release, module] = reportedVersion().split("+module.");
  assert.equal(release, pinnedVersion("@pulumi/kubernetes"));
  assert.match(module ?? "", /^[0-9a-f]{12}$/);
});

test("each pinned image has a recipe or a reason, and a version", () => {
  assert.deepEqual(
    Object.keys(pinnedImages).filter((name) => !makeable().some((image) => image.name === name)),
    ["grafana"],
  );
  for (const reference of Object.values(pinnedImages)) {
    assert.match(pinnedImageVersion(reference), /^\d+\.\d+\.\d+$/);
  }
  assert.match(recipeHash(), /^[0-9a-f]{16}$/);
});

test("a program's own version is found in Debian's version of it", () => {
  assert.equal(upstreamVersion("5:8.0.6-3"), "8.0.6");
  assert.equal(upstreamVersion("3.5.3+ds1-6"), "3.5.3");
  assert.equal(upstreamVersion("1:1.38.0-3+b1"), "1.38.0");
  assert.equal(upstreamVersion("1.86.0-1"), "1.86.0");
});

test("kind's node and the node of this machine have one version of Kubernetes", () => {
  assert.equal(clusterImages.node, `kindest/node:${kubernetesVersion}`);
});
