import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { Live } from "./checks.ts";
import { endNamed } from "./ends.ts";
import { ProjectCopy } from "./project.ts";
import { playRound } from "./round.ts";

const replicas = 2;

export type Cases = {
  target: string;
  skip: string | false;
  config: Readonly<Record<string, unknown>>;
  live: (stack: string) => Live;
  /** Ends by their names, each with what the CLI prints at its moment: an update replaces the replicas. */
  rounds: readonly (readonly [end: string, moment: RegExp])[];
};

/** Tests on a stack of its own that each interrupt an update and look at what the next one leaves. */
export function playInterruptions({ target, skip, config, live, rounds }: Cases): void {
  describe(`an update that is interrupted on ${target}`, { skip, timeout: 20 * 60_000 }, () => {
    let project: ProjectCopy;

    before(async () => {
      const folder = mkdtempSync(join(tmpdir(), "resume-interruptions-"));
      project = new ProjectCopy(folder, `interrupted-${process.pid}`);
      project.configure({ "resume:replicas": replicas, ...config });
      await project.npm("up", ...project.upArguments);
    });
    after(async () => {
      // `down` may stop the engine, which other tests use.
      await project.npm("pulumi", "destroy", "--yes", "--stack", project.stack);
      rmSync(project.folder, { recursive: true });
    });

    for (const [name, moment] of rounds) {
      test(`${name}, when it printed ${moment}: the next up leaves the new version and nothing else`, async (context) => {
        const played = { project, live: live(project.stack), replicas, label: `After ${name}` };
        const outcome = await playRound({ ...played, end: endNamed(name), moment });
        const mended = outcome.next.split("\n").filter((line) => /^toolchain: (recovery|lock):/.test(line));
        context.diagnostic(mended.join("\n"));
        assert.ok(outcome.wasRunning, outcome.interrupted);
        assert.equal(outcome.failure, undefined);
      });
    }
  });
}
