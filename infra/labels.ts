/** Labels by name, as the description, the engine and a cluster have them. */
export type Labels = Readonly<Record<string, string>>;

/** Marks everything that belongs to one stack. */
export const stackLabels = (project: string, stack: string): Labels => ({
  "resume.project": project,
  "resume.stack": stack,
});

/** Which component a container, pod or volume is of. */
export const componentLabel = "resume.component";

/** Labels as the engine filters by them (`name=value` each); with commas between them as a cluster's label selector. */
export const labelFilters = (labels: Labels): string[] =>
  Object.entries(labels).map(([label, value]) => `${label}=${value}`);
