/** Labels by name, as the description, the engine and a cluster have them. */
export type Labels = Readonly<Record<string, string>>;

/** The labels of everything that belongs to one stack. */
export function stackLabels(project: string, stack: string): Labels {
  return {
    "resume.project": project,
    "resume.stack": stack,
  };
}

/** The stack in its labels. */
export function stackName(labels: Labels): string {
  return labels["resume.stack"] ?? "";
}

/** Names the component of a container, pod or volume. */
export const componentLabel = "resume.component";

/** Labels as filters of the engine (`name=value` each); joined by commas they are a label selector of Kubernetes. */
export function labelFilters(labels: Labels): string[] {
  return Object.entries(labels).map(([label, value]) => `${label}=${value}`);
}
