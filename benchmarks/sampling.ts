import { setTimeout as pause } from "node:timers/promises";
import type Docker from "dockerode";
import { componentLabel } from "../infra/targets/docker/labels.ts";
import { at } from "../lib/at.ts";
import { messageOf } from "../lib/user-error.ts";
import type { CpuSeconds } from "./compare.ts";

/** How often the engine is asked, in milliseconds. */
const everyMs = 2000;

/** A container at a moment. */
export interface Usage {
  /** Milliseconds since 1970. */
  time: number;
  /** Its name, and what it is of: resume, nginx. */
  container: string;
  component: string;
  /** Working memory in bytes, as `docker stats` counts it: without the page cache that can be given back. */
  memory: number;
  /** What its processes hold of that in bytes: without files that the kernel keeps for the next reader. */
  held: number;
  /** Processor time since its start, in seconds. */
  cpuSeconds: number;
}

/** Whether what was requested has been removed since it was listed. */
export function isGone(error: unknown): boolean {
  return typeof error === "object" && error !== null && "statusCode" in error && error.statusCode === 404;
}

/** Reads all containers that have these labels, once. Those that are stopped meanwhile are left out. */
export async function usageOf(engine: Docker, labels: readonly string[]): Promise<Usage[]> {
  const containers = await engine.listContainers({ filters: { label: [...labels] } });
  const read = async ({ Id, Names, Labels }: Docker.ContainerInfo): Promise<Usage[]> => {
    const stats = await engine
      .getContainer(Id)
      .stats({ stream: false, "one-shot": true })
      .catch((error: unknown) => {
        if (isGone(error)) {
          return undefined;
        }
        throw error;
      });
    // A container that has just died has no figures.
    if (stats?.memory_stats?.usage === undefined) {
      return [];
    }
    const { memory_stats, cpu_stats } = stats;
    // The first name of each is of version 1 of control groups, the second of version 2.
    const { total_inactive_file, inactive_file, total_rss } = memory_stats.stats;
    const anonymous = total_rss ?? at(memory_stats.stats, "anon");
    return [
      {
        time: Date.now(),
        container: (Names[0] ?? "").slice(1),
        component: Labels[componentLabel] ?? "",
        memory: memory_stats.usage - (total_inactive_file ?? inactive_file ?? 0),
        held: Number(anonymous ?? 0),
        cpuSeconds: cpu_stats.cpu_usage.total_usage / 1e9,
      },
    ];
  };
  return (await Promise.all(containers.map(read))).flat();
}

/** Readings of containers, and the error that ended them, if any. */
export interface Samples {
  usage: Usage[];
  error: string | undefined;
}

/** Reads them again and again until it is stopped. */
export function sampleContainers(engine: Docker, labels: readonly string[]) {
  const stopping = new AbortController();
  const usage: Usage[] = [];
  const read = async () => void usage.push(...(await usageOf(engine, labels)));
  const watching = (async () => {
    while (!stopping.signal.aborted) {
      await read();
      await pause(everyMs, undefined, { signal: stopping.signal }).catch(() => {});
    }
    await read();
  })().then(() => undefined, messageOf);
  return {
    async stop(): Promise<Samples> {
      stopping.abort();
      const error = await watching;
      return { usage, error };
    },
  };
}

/** CPU time that a container has used since its start, its health checks included, in seconds. */
async function used(engine: Docker, id: string): Promise<number> {
  const { cpu_stats } = await engine.getContainer(id).stats({ stream: false, "one-shot": true });
  return cpu_stats.cpu_usage.total_usage / 1e9;
}

/** Gives a function that reads the CPU time of an edge and of the replicas behind it. */
export function cpuOf(engine: Docker, { nginx, replicas }: { nginx: string; replicas: readonly string[] }) {
  return async (): Promise<CpuSeconds> => {
    const [edge, ...others] = await Promise.all([nginx, ...replicas].map((id) => used(engine, id)));
    return { nginx: edge ?? 0, replicas: others.reduce((sum, seconds) => sum + seconds, 0) };
  };
}
