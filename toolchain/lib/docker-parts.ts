import { Readable } from "node:stream";
import type Docker from "dockerode";
import { componentLabel } from "../../infra/labels.ts";
import { ownContainers, type StackIdentity } from "../../infra/targets/docker/owner.ts";
import { at } from "../../lib/at.ts";
import { linesInFrames } from "../../lib/docker-frames.ts";
import type { Part } from "./parts.ts";
import type { StackState, StateResource } from "./stack-state.ts";

/** The containers in a stack's state, and those in its network that the state does not hold. */
export async function dockerParts(engine: Docker, stack: StackIdentity & { state: StackState }): Promise<Part[]> {
  const found = new Map((await ownContainers(engine, stack)).map((container) => [container.Id, container]));
  const stated = stack.state.of("docker:index/container:Container");
  const extra = [...found.keys()].filter((id) => !stated.some((container) => container.id === id));
  return [
    ...stated.map((resource) => partOf(engine, resource, found.get(resource.id))),
    ...extra.map((id) => ({
      name: nameOf(found.get(id)),
      component: found.get(id)?.Labels[componentLabel] ?? "",
      asked: 0,
      healthy: 0,
      problem: "is not in the stack's state",
    })),
  ];
}

function nameOf(container: Docker.ContainerInfo | undefined): string {
  return container?.Names[0]?.slice(1) ?? "";
}

function partOf(engine: Docker, { id, outputs }: StateResource, container: Docker.ContainerInfo | undefined): Part {
  const labels = at(outputs, "labels");
  const label = Array.isArray(labels) ? labels.find((one: unknown) => at(one, "label") === componentLabel) : undefined;
  const stated = { name: String(at(outputs, "name")), component: String(at(label, "value") ?? ""), asked: 1 };
  if (container === undefined) {
    return { ...stated, healthy: 0, problem: "is gone", isGone: true };
  }
  const part = { ...stated, lastLines: () => lastLines(engine, id) };
  if (container.State !== "running") {
    // A container that restarts or is paused is running to Pulumi: a refresh changes nothing.
    const isGone = !["restarting", "paused"].includes(container.State);
    return { ...part, healthy: 0, problem: `is ${container.State}`, isGone };
  }
  // "Up 3 minutes (healthy)", "Up 4 seconds (health: starting)". Each component has a health check.
  const health = /\((?:health: )?(\w+)\)$/.exec(container.Status)?.[1] ?? "without a health check";
  return health === "healthy" ? { ...part, healthy: 1 } : { ...part, healthy: 0, problem: `is ${health}` };
}

/** The last lines that a container has logged. */
async function lastLines(engine: Docker, id: string): Promise<string> {
  const log = await engine.getContainer(id).logs({ stdout: true, stderr: true, tail: 8 });
  const lines: string[] = [];
  for await (const line of linesInFrames(Readable.from([log]))) {
    lines.push(line);
  }
  return lines.join("\n");
}
