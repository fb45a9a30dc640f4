import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { test } from "node:test";
import ts from "typescript";
import { projectRoot } from "../../lib/paths.ts";
import { mustRun } from "../../lib/run.ts";

/** Names that the project once used, and the field's name for each. Ordinary words, such as `after` and `places`, are left out. */
const privateNames: Readonly<Record<string, string>> = {
  Asking: "ApiClient",
  Front: "ExposedService",
  Surroundings: "PlacementArgs",
  lingerSeconds: "preStopSeconds",
  several: "replicated",
  fitConfig: "applyMachineConfig",
  unfitConfig: "revertMachineConfig",
  fitTo: "clampCpus",
  strangers: "conflicts",
  putBack: "restore",
  plays: "scenarios",
  Stage: "Context",
  Played: "Outcome",
  mustBePlayable: "assertRunnable",
  middleHalf: "interquartileMean",
  paced: "constantArrivalRate",
  troubles: "errors",
  ContactDesk: "ContactService",
  readOut: "formatMessage",
  preset: "initLabels",
  handTo: "flush",
  sentences: "errors",
  useless: "irrelevantKeys",
  unfitForCluster: "validateKubernetes",
  leaveOut: "disabled",
  Operators: "AlertContacts",
  passOn: "relayRules",
  walkThrough: "smokeTest",
};

/** The same for files, nginx' locations, upstreams and zones. */
const privateTexts = ["away.html", "@away", "patient", "zone=costly", "zone=uncached", "@slow_down"];

const fileNames: readonly string[] = ["asking.ts", "front.ts", "facts.ts", "places.ts", "strangers.ts", "desk.ts"];

function identifiersIn(text: string): Set<string> {
  const found = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) {
      found.add(node.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile("file.ts", text, ts.ScriptTarget.Latest));
  return found;
}

async function filesOf(...patterns: string[]): Promise<string[]> {
  const listed = await mustRun("git", ["ls-files", "-z", ...patterns], { cwd: projectRoot });
  return listed.split("\0").filter(Boolean);
}

const read = (file: string): string => readFileSync(join(projectRoot, file), "utf8");

test("identifiers are words of the field", async () => {
  const files = (await filesOf("*.ts", "*.mjs")).filter((file) => basename(file) !== basename(import.meta.filename));
  assert.ok(files.length > 300, `${files.length} files`);
  const found = files.flatMap((file) =>
    [...identifiersIn(read(file))]
      .filter((name) => Object.hasOwn(privateNames, name))
      .map((name) => `${file}: ${name} is ${privateNames[name]}`),
  );
  assert.deepEqual(found, []);
  assert.deepEqual(
    files.filter((file) => fileNames.includes(basename(file))),
    [],
  );
});

test("nginx' locations, upstreams and zones are words of the field", async () => {
  const files = [...(await filesOf("nginx")), "infra/system/nginx.ts"];
  assert.ok(files.length > 5, `${files.length} files`);
  const found = files.flatMap((file) =>
    privateTexts.filter((text) => read(file).includes(text)).map((text) => `${file}: ${text}`),
  );
  assert.deepEqual(found, []);
});
