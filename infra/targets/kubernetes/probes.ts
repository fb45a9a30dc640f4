import type { types } from "@pulumi/kubernetes";
import type { Component } from "../../system/component.ts";
import { checkEverySeconds } from "../../system/health-checks.ts";

type Probe = types.input.core.v1.Probe;

/**
 * Timeout of a start, in seconds: the same as on Docker. A component with data may have much of it to load, and killing
 * it would only start that again.
 */
const startSeconds = { withoutData: 90, withData: 300 };

/** The component's health check as probes. Every field is set, because defaults are the cluster's. */
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
    // Every second, so that a ready pod is noticed at once.
    startupProbe: { ...ask, periodSeconds: 1, timeoutSeconds: 3, failureThreshold },
    // nginx skips a failing replica itself; this removes it from the DNS when it keeps failing.
    readinessProbe: { ...askReady, periodSeconds: checkEverySeconds.readiness, timeoutSeconds: 3, failureThreshold: 3 },
    // Restarts only a pod that hangs for good: under heavy load answers are slow.
    livenessProbe: { ...ask, periodSeconds: checkEverySeconds.liveness, timeoutSeconds: 10, failureThreshold: 6 },
  };
}
