/** Labels by name, as the description and the engine have them. */
export type Labels = Readonly<Record<string, string>>;

/** Marks everything that belongs to one stack. */
export const stackLabels = (project: string, stack: string): Labels => ({
  "resume.project": project,
  "resume.stack": stack,
});

/** Which component a container or volume is of. */
export const componentLabel = "resume.component";

/** The form in which the docker provider takes labels. */
export const labelArgs = (labels: Labels) => Object.entries(labels).map(([label, value]) => ({ label, value }));
