import assert from "node:assert/strict";
import { buffer } from "node:stream/consumers";
import { before, describe, test } from "node:test";
import type Docker from "dockerode";
import tar from "tar-stream";
import { connect, engineConnection } from "../../lib/docker-engine.ts";
import { pullImage } from "../../lib/docker-images.ts";
import { parseConfig } from "../config/parse.ts";
import { imageReference } from "../system/reference.ts";
import { describeStack } from "./support/description.ts";
import { alertCases, quietCases, valueCases } from "./support/promtool-cases.ts";
import { renderRuleTests } from "./support/promtool-tests.ts";

const registry = process.env.RESUME_TEST_REGISTRY;
const texts: Record<string, string> = registry ? { imageRegistry: registry } : {};
const engine = connect(engineConnection({}));
const image = imageReference(parseConfig(texts), "prometheus");

/** What the stack's Prometheus is given. */
const files: Record<string, string> = Object.fromEntries(
  describeStack(texts)
    .filter(({ name }) => name === "prometheus")
    .flatMap((component) => component.files.map(({ path, content }) => [path, String(content)])),
);
const [configFile = "", ruleFile = ""] = Object.keys(files);

/** Runs promtool, as it is in the pinned image, over files that are put into the container. */
async function promtool(args: string[], given: Record<string, string>): Promise<{ code: number; said: string }> {
  const container: Docker.Container = await engine.createContainer({
    Image: image,
    Entrypoint: ["promtool"],
    // Half of its time would be garbage collection.
    Env: ["GOGC=off", "GOMEMLIMIT=1GiB"],
    Cmd: args,
    Tty: true,
    Labels: { "resume.test": "promtool" },
    HostConfig: { NetworkMode: "none" },
  });
  try {
    const pack = tar.pack();
    for (const [path, content] of Object.entries(given)) {
      pack.entry({ name: path.slice(1) }, content);
    }
    pack.finalize();
    await container.putArchive(await buffer(pack), { path: "/" });
    await container.start();
    const { StatusCode } = await container.wait();
    const said = await container.logs({ stdout: true, stderr: true });
    return { code: StatusCode, said: said.toString("utf8") };
  } finally {
    await container.remove({ force: true, v: true });
  }
}

before(() => pullImage(engine, image));
describe("the rules", { concurrency: true }, () => {
  test("promtool finds nothing wrong with the config and its rules", async () => {
    const { code, said } = await promtool(["check", "config", configFile], files);
    assert.equal(code, 0, said);
    assert.match(said, /\d+ rules found/);
  });

  for (const every of ["5s", "1m"] as const) {
    test(`each alert fires and resolves, each recorded series has its value: samples every ${every}`, async () => {
      const testFile = "/tmp/rules.test.yml";
      const content = renderRuleTests(ruleFile, every, {
        alerts: alertCases,
        quiet: quietCases,
        values: valueCases,
      });
      const { code, said } = await promtool(["test", "rules", testFile], { ...files, [testFile]: content });
      assert.equal(code, 0, said);
    });
  }

  const [first] = alertCases;
  assert.ok(first);
  const mistakes = {
    "did not fire": { ...first, fires: first.quiet },
    "said something else": { ...first, notification: { ...first.notification, description: "something else" } },
  };
  for (const [mistake, wrong] of Object.entries(mistakes)) {
    test(`promtool would say so if an alert ${mistake}`, async () => {
      const testFile = "/tmp/rules.test.yml";
      const content = renderRuleTests(ruleFile, wrong.every, { alerts: [wrong] });
      const { code } = await promtool(["test", "rules", testFile], { ...files, [testFile]: content });
      assert.notEqual(code, 0);
    });
  }
});
