import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { type Live, liveOnDocker } from "./interruptions/checks.ts";
import { endNamed } from "./interruptions/ends.ts";
import { ProjectCopy } from "./interruptions/project.ts";
import { playRound } from "./interruptions/round.ts";

const replicas = 2;

/** What the CLI prints of an update that replaces the replicas, and an end for each of these moments. */
const rounds = [
  ["Ctrl-C", /Image.*updating/],
  ["SIGTERM to the group", /Container.*creating/],
  ["kill -9 of the CLI", /Container.*creating/],
  ["kill -9 of main.ts", /Container.*created/],
  ["the terminal closed", /Container.*deleting/],
] as const;

describe("an update that is interrupted on Docker", { timeout: 15 * 60_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), "resume-interruptions-"));
  const project = new ProjectCopy(folder, `interrupted-${process.pid}`);
  let live: Live;

  before(async () => {
    live = liveOnDocker(project.stack);
    project.configure({
      "resume:replicas": String(replicas),
      "resume:port": "0",
      "resume:grafanaPort": "0",
      "resume:prometheusPort": "0",
    });
    await project.npm("up", ...project.upArguments);
  });
  after(async () => {
    await project.npm("pulumi", "destroy", "--yes", "--stack", project.stack);
    rmSync(folder, { recursive: true });
  });

  for (const [name, moment] of rounds) {
    test(`${name}, when it printed ${moment}: the next up leaves the new version and nothing else`, async (context) => {
      const label = `After ${name}`;
      const outcome = await playRound({ project, live, replicas, label, end: endNamed(name), moment });
      context.diagnostic(
        outcome.next
          .split("\n")
          .filter((line) => /recovery|lock/.test(line))
          .join("\n"),
      );
      assert.ok(outcome.wasRunning, outcome.interrupted);
      assert.equal(outcome.failure, undefined);
    });
  }
});
