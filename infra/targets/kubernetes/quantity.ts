/** Processors as Kubernetes gives them back: another form would show as a change for ever. */
export function cpuQuantity(cpus: number): string {
  const millis = Math.max(1, Math.round(cpus * 1000));
  return millis % 1000 === 0 ? String(millis / 1000) : `${millis}m`;
}

/** MiB, likewise. */
export const memoryQuantity = (mb: number): string => (mb % 1024 === 0 ? `${mb / 1024}Gi` : `${mb}Mi`);
