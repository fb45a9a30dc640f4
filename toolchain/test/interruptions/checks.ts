import assert from "node:assert/strict";
import { stackLabels } from "../../../infra/labels.ts";
import { ports } from "../../../infra/system/names.ts";
import { clusterAccess } from "../../../infra/targets/kubernetes/kubeconfig.ts";
import { StackOnCluster } from "../../../infra/test/support/cluster.ts";
import { StackOnEngine } from "../../../infra/test/support/engine.ts";
import { captureOutputs, execInContainer } from "../../../lib/exec.ts";
import { findOnCluster } from "../../recovery/kubernetes-leftovers.ts";
import { type ExportedState, heldIds } from "../../recovery/state.ts";
import { processes } from "./processes.ts";
import type { ProjectCopy } from "./project.ts";

/** What a target has of a stack. */
export type Live = {
  /** The résumé of each running replica, asked for past nginx. */
  resumes: () => Promise<string[]>;
  /** Things of the stack that the state does not hold, or that are not healthy. */
  problems: (state: ExportedState) => Promise<string[]>;
};

const resumeCommand = ["wget", "-q", "-O", "-", `http://127.0.0.1:${ports.resume}/api/resume`];

/** On the Docker engine that DOCKER_HOST names. */
export function liveOnDocker(stack: string): Live {
  const live = new StackOnEngine(stackLabels("resume", stack));
  return {
    resumes: async () =>
      Promise.all(
        (await live.containers("resume")).map(async ({ id }) => {
          const { stdout } = await captureOutputs((outputs) =>
            execInContainer(live.engine, id, resumeCommand, outputs),
          );
          return stdout;
        }),
      ),
    problems: async (state) => {
      const held = heldIds(state);
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

/** In the namespace of a stack on a cluster. */
export function liveOnCluster(kubeconfig: string, stack: string): Live {
  const namespace = `resume-${stack}`;
  const live = new StackOnCluster(kubeconfig, namespace);
  const place = { target: "kubernetes", namespace, access: clusterAccess({ kubeconfig, context: undefined }) } as const;
  return {
    resumes: async () => Promise.all((await live.pods("resume")).map((pod) => live.exec(pod, "resume", resumeCommand))),
    problems: async (state) => {
      const leftovers = await (await findOnCluster(place, stackLabels("resume", stack)))(state);
      const unready = (await live.pods()).filter(({ ready }) => !ready);
      return [
        ...unready.map(({ name }) => `${name} is not ready`),
        ...leftovers.map(({ name }) => `the state does not hold ${name}`),
      ];
    },
  };
}

/** Asserts that an interrupted update has left no trace: to be called when the next one says that all is healthy. */
export async function assertWhole(project: ProjectCopy, live: Live, label: string, replicas: number): Promise<void> {
  const state = project.state();
  assert.deepEqual(
    (await live.resumes()).map((resume) => /"label":\s*"([^"]*)"/.exec(resume)?.[1]),
    Array.from({ length: replicas }, () => label),
  );
  assert.deepEqual(await live.problems(state), []);
  assert.deepEqual(state.deployment.pending_operations, []);
  assert.deepEqual(
    state.deployment.resources.filter((resource) => resource.delete === true),
    [],
  );
  assert.deepEqual(project.locks(), []);
  const left = processes().filter(({ folder }) => folder.startsWith(project.folder));
  assert.deepEqual(
    left.map(({ command }) => command),
    [],
  );
}
