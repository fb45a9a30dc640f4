/** Intervals of a component's health checks, in seconds: Docker's, and the kubelet's two after the start. */
export const checkEverySeconds = { docker: 5, readiness: 5, liveness: 10 } as const;

/** The highest rate of a component's own health checks, per second. */
export const healthChecksPerSecond = Math.max(
  1 / checkEverySeconds.docker,
  1 / checkEverySeconds.readiness + 1 / checkEverySeconds.liveness,
);
