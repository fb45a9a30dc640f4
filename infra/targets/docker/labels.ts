import type { Labels } from "../../labels.ts";

export { componentLabel, type Labels, stackLabels } from "../../labels.ts";

/** The form in which the docker provider takes labels. */
export function labelArgs(labels: Labels) {
  return Object.entries(labels).map(([label, value]) => ({ label, value }));
}
