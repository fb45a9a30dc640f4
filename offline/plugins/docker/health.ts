/** Waiting until a container's health check passes. */
import type Docker from "dockerode";

const pollMs = 250;
const maxOutput = 500;

/**
 * Resolves when the container is healthy.
 * @throws a sentence with the last health check's output when it isn't within `timeoutSeconds`, or has stopped for good.
 */
export async function waitUntilHealthy(
  container: Docker.Container,
  name: string,
  timeoutSeconds: number,
): Promise<void> {
  const end = Date.now() + timeoutSeconds * 1000;
  for (;;) {
    const { State: state, HostConfig: host } = await container.inspect();
    if (state.Health === undefined) {
      throw new Error(`container ${name} has no health check to wait for`);
    }
    if (state.Health.Status === "healthy") {
      return;
    }
    if (!state.Running && host.RestartPolicy?.Name === "no") {
      throw new Error(`container ${name} exited with code ${state.ExitCode} before it was healthy`);
    }
    if (Date.now() > end) {
      throw new Error(
        `container failed to be in healthy state: ${name} is ${state.Health.Status} after ${timeoutSeconds} s${lastCheck(state.Health)}`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

function lastCheck(health: Docker.ContainerInspectInfo["State"]["Health"]): string {
  const last = health?.Log?.at(-1);
  if (last === undefined) {
    return ", no health check has run";
  }
  return `, the last health check ended with ${last.ExitCode}: ${last.Output.trim().slice(-maxOutput) || "no output"}`;
}
