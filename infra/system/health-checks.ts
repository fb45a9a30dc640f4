/** How far a component's health checks are apart, in seconds: Docker's one, and the kubelet's two of a pod that has started. */
export const checkEverySeconds = { docker: 5, readiness: 5, liveness: 10 } as const;

/** How often a component is asked by its own health checks at the most, a second. */
export const healthChecksPerSecond = Math.max(
  1 / checkEverySeconds.docker,
  1 / checkEverySeconds.readiness + 1 / checkEverySeconds.liveness,
);
