import type Docker from "dockerode";
import type { CpuSeconds } from "./compare.ts";

/** CPU time that a container has used since its start, its health checks included, in seconds. */
async function used(engine: Docker, id: string): Promise<number> {
  const { cpu_stats } = await engine.getContainer(id).stats({ stream: false, "one-shot": true });
  return cpu_stats.cpu_usage.total_usage / 1e9;
}

/** Gives a function that reads the CPU time of an edge and of the replicas behind it. */
export const cpuOf =
  (engine: Docker, { nginx, replicas }: { nginx: string; replicas: readonly string[] }) =>
  async (): Promise<CpuSeconds> => {
    const [edge, ...others] = await Promise.all([nginx, ...replicas].map((id) => used(engine, id)));
    return { nginx: edge ?? 0, replicas: others.reduce((sum, seconds) => sum + seconds, 0) };
  };
