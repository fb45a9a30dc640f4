import assert from "node:assert/strict";
import { stackLabels } from "../../../infra/labels.ts";
import { ports } from "../../../infra/system/names.ts";
import { StackOnEngine } from "../../../infra/test/support/engine.ts";
import { at } from "../../../lib/at.ts";
import { captureOutputs, execInContainer } from "../../../lib/exec.ts";
import { processes } from "./processes.ts";
import type { ProjectCopy } from "./project.ts";

/** What a target has of a stack. */
export type Live = {
  /** The résumé of each running replica, asked for past nginx. */
  resumes: () => Promise<string[]>;
  /** Things of the stack that the state does not hold, or that are not healthy. */
  problems: (held: ReadonlySet<string>) => Promise<string[]>;
};

/** On the Docker engine that DOCKER_HOST names. */
export function liveOnDocker(stack: string): Live {
  const live = new StackOnEngine(stackLabels("resume", stack));
  const path = ["wget", "-q", "-O", "-", `http://127.0.0.1:${ports.resume}/api/resume`];
  return {
    resumes: async () =>
      Promise.all(
        (await live.containers("resume")).map(async ({ id }) => {
          const { stdout } = await captureOutputs((outputs) => execInContainer(live.engine, id, path, outputs));
          return stdout;
        }),
      ),
    problems: async (held) => {
      const containers = await Promise.all(
        (await live.containers()).map(({ id }) => live.engine.getContainer(id).inspect()),
      );
      const things = await live.things();
      return [
        ...containers.flatMap(({ Name, State }) => {
          const state = State.Health?.Status ?? State.Status;
          return state === "healthy" ? [] : [`${Name} is ${state}`];
        }),
        ...things.flatMap(({ id, name }) => (held.has(id) ? [] : [`the state does not hold ${name}`])),
      ];
    },
  };
}

/** Asserts that an interrupted update has left no trace: to be called when the next one says that all is healthy. */
export async function assertWhole(project: ProjectCopy, live: Live, label: string, replicas: number): Promise<void> {
  const latest = at(project.state(), "checkpoint", "latest");
  const resources = Object.values(Object(at(latest, "resources")));
  const held = new Set(resources.map((resource) => String(at(resource, "id"))));
  assert.deepEqual(
    (await live.resumes()).map((resume) => /"label":\s*"([^"]*)"/.exec(resume)?.[1]),
    Array.from({ length: replicas }, () => label),
  );
  assert.deepEqual(await live.problems(held), []);
  assert.deepEqual(Object(at(latest, "pending_operations") ?? []), []);
  assert.deepEqual(
    resources.filter((resource) => at(resource, "delete") === true),
    [],
  );
  assert.deepEqual(project.locks(), []);
  const left = processes().filter(({ folder }) => folder.startsWith(project.folder));
  assert.deepEqual(
    left.map(({ command }) => command),
    [],
  );
}
