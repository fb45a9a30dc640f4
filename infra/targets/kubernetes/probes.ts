import type { types } from "@pulumi/kubernetes";
import type { Component } from "../../system/component.ts";
import { checkEverySeconds } from "../../system/health-checks.ts";

type Probe = types.input.core.v1.Probe;

/**
 * How long a start may take, in seconds: as long as Docker waits for a new container. What has data may have much of it
 * to read first, and killing it then would only make it begin again.
 */
const startSeconds = { withoutData: 90, withData: 300 };

/** The component's one health check, as the kubelet asks it. Every field is written: a default would be the cluster's. */
export function probes({ health, data }: Component): {
  startupProbe: Probe;
  readinessProbe: Probe;
  livenessProbe: Probe;
} {
  const ask: Probe =
    health.kind === "http"
      ? { httpGet: { path: health.path, port: health.port } }
      : { exec: { command: ["sh", "-c", health.command] } };
  const askReady: Probe =
    health.kind === "http" && health.readyPath !== undefined
      ? { httpGet: { path: health.readyPath, port: health.port } }
      : ask;
  const failureThreshold = data.length === 0 ? startSeconds.withoutData : startSeconds.withData;
  return {
    // Asked every second, so that a start costs no more than it takes.
    startupProbe: { ...ask, periodSeconds: 1, timeoutSeconds: 3, failureThreshold },
    // nginx itself leaves out a replica that fails; this takes it from the DNS when that lasts.
    readinessProbe: { ...askReady, periodSeconds: checkEverySeconds.readiness, timeoutSeconds: 3, failureThreshold: 3 },
    // Only what is stuck for good is started again: under a crowd's load an answer may take its time.
    livenessProbe: { ...ask, periodSeconds: checkEverySeconds.liveness, timeoutSeconds: 10, failureThreshold: 6 },
  };
}
