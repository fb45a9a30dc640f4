import type { Labels } from "../../labels.ts";

export { componentLabel, type Labels, stackLabels } from "../../labels.ts";

/** The form in which the docker provider takes labels. */
export const labelArgs = (labels: Labels) => Object.entries(labels).map(([label, value]) => ({ label, value }));
