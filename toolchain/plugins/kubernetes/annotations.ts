/** The annotations with which a program steers the plugin. */
import type { Props } from "../lib/values.ts";
import { textAt } from "./object.ts";

export const autonamed = "pulumi.com/autonamed";
export const deletionPropagation = "pulumi.com/deletionPropagationPolicy";
export const patchFieldManager = "pulumi.com/patchFieldManager";
export const patchForce = "pulumi.com/patchForce";
export const replaceUnready = "pulumi.com/replaceUnready";
export const skipAwait = "pulumi.com/skipAwait";
export const timeoutSeconds = "pulumi.com/timeoutSeconds";
export const waitFor = "pulumi.com/waitFor";

export function annotationOf(object: Props, name: string): string {
  return textAt(object, "metadata", "annotations", name);
}

export function isTrue(object: Props, name: string): boolean {
  return annotationOf(object, name) === "true";
}

/**
 * Seconds to wait: the resource's custom time-out, then the annotation, then the default.
 * @param custom 0: none given.
 */
export function timeoutOf(object: Props, custom: number, fallback: number): number {
  if (custom > 0) {
    return custom;
  }
  const given = annotationOf(object, timeoutSeconds);
  return /^\d+$/.test(given) ? Number(given) : fallback;
}

/** How a deletion treats what the object owns. */
export function propagationOf(object: Props): "Foreground" | "Background" | "Orphan" {
  switch (annotationOf(object, deletionPropagation).toLowerCase()) {
    case "orphan":
      return "Orphan";
    case "background":
      return "Background";
    default:
      return "Foreground";
  }
}
