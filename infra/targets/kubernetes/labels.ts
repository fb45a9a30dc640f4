import type { Annotations } from "../../config/config.ts";
import { componentLabel, type Labels } from "../../labels.ts";
import type { ComponentName } from "../../system/names.ts";

/** What tells a component's pods from all others in the stack's namespace; never changes. */
export const selectorOf = (component: ComponentName): Record<string, string> => ({ [componentLabel]: component });

/** What everything of a component carries: the stack's labels, and those that tools for Kubernetes look for. */
export const labelsOf = (component: ComponentName, stack: Labels): Record<string, string> => ({
  ...stack,
  ...selectorOf(component),
  "app.kubernetes.io/name": component,
  "app.kubernetes.io/managed-by": "pulumi",
});

/** The part of an object's metadata with these annotations: none is no empty one. */
export const annotated = (annotations: Annotations) =>
  Object.keys(annotations).length === 0 ? {} : { annotations: { ...annotations } };
