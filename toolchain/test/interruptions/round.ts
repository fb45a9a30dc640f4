import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { assertWhole, type Live } from "./checks.ts";
import type { End } from "./ends.ts";
import type { ProjectCopy } from "./project.ts";

/** Ctrl-C lets running operations end, and the slowest of them waits for a healthy container. */
const endsWithinMs = 180_000;

export type Round = {
  project: ProjectCopy;
  live: Live;
  replicas: number;
  /** The résumé that is published in this round. */
  label: string;
  end: End;
  /** When the update is ended: after milliseconds, or when it has printed something. */
  moment: number | RegExp;
};

/** What the interrupted update printed, and the next one; and what was not as it should be. */
export type Outcome = { wasRunning: boolean; interrupted: string; next: string; failure: Error | undefined };

/** Publishes a résumé, ends the update after a while, runs the next one, and looks at what is there then. */
export async function playRound({ project, live, replicas, label, end, moment }: Round): Promise<Outcome> {
  project.publish(label);
  const outcome: Outcome = { wasRunning: false, interrupted: "", next: "", failure: undefined };
  const npm = project.start(end.inTerminal);
  for (const stream of [npm.stdout, npm.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => {
      outcome.interrupted += text;
    });
  }
  npm.stdin?.on("error", () => {});
  const closed = once(npm, "exit");
  const isRunning = (): boolean => npm.exitCode === null && npm.signalCode === null;
  if (typeof moment === "number") {
    await pause(moment);
  } else {
    while (isRunning() && !moment.test(outcome.interrupted)) {
      await pause(50);
    }
  }
  outcome.wasRunning = isRunning();
  await end.end(npm);
  await Promise.race([closed, pause(endsWithinMs, undefined, { ref: false })]);
  try {
    outcome.next = await project.npm("up", ...project.upArguments);
    await assertWhole(project, live, label, replicas);
  } catch (error) {
    outcome.failure = error instanceof Error ? error : new Error(String(error));
  }
  return outcome;
}
