import type { Annotations } from "../../config/config.ts";
import { componentLabel, type Labels } from "../../labels.ts";
import type { ComponentName } from "../../system/names.ts";

/** Selects a component's pods in the stack's namespace. Selectors are immutable. */
export function selectorOf(component: ComponentName): Record<string, string> {
  return { [componentLabel]: component };
}

/** The labels of a component's objects: the stack's, and those that tools for Kubernetes expect. */
export function labelsOf(component: ComponentName, stack: Labels): Record<string, string> {
  return {
    ...stack,
    ...selectorOf(component),
    "app.kubernetes.io/name": component,
    "app.kubernetes.io/managed-by": "pulumi",
  };
}

/** Annotations as a part of an object's metadata; omitted when empty. */
export function annotated(annotations: Annotations) {
  return Object.keys(annotations).length === 0 ? {} : { annotations: { ...annotations } };
}
