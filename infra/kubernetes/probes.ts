import type { types } from "@pulumi/kubernetes";
import type { HealthCheck } from "../system/component.ts";

type Probe = types.input.core.v1.Probe;

/** As long as Docker waits for a new container: asked every second, so that a start costs no more than it takes. */
const startSeconds = 90;

/** The component's one health check, as the kubelet asks it. Every field is written: a default would be the cluster's. */
export function probes(health: HealthCheck): { startupProbe: Probe; readinessProbe: Probe; livenessProbe: Probe } {
  const ask: Probe =
    health.kind === "http"
      ? { httpGet: { path: health.path, port: health.port } }
      : { exec: { command: ["sh", "-c", health.command] } };
  return {
    startupProbe: { ...ask, periodSeconds: 1, timeoutSeconds: 3, failureThreshold: startSeconds },
    // nginx itself leaves out a replica that fails; this takes it from the DNS when that lasts.
    readinessProbe: { ...ask, periodSeconds: 5, timeoutSeconds: 3, failureThreshold: 3 },
    // Only what is stuck for good is started again: under a crowd's load an answer may take its time.
    livenessProbe: { ...ask, periodSeconds: 10, timeoutSeconds: 10, failureThreshold: 6 },
  };
}
