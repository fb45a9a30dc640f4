import { z } from "zod";
import { pulumiOutput } from "../lib/pulumi.ts";
import type { ToolsWithoutImages } from "../tools/toolchain.ts";

const resourceSchema = z.looseObject({
  type: z.string(),
  id: z.string().optional(),
  inputs: z.record(z.string(), z.unknown()).optional(),
});

/** The parts of an exported state that are looked at. The others are kept for the import. */
const stateSchema = z.looseObject({
  deployment: z.looseObject({
    resources: z.array(resourceSchema).default([]),
    pending_operations: z.array(z.looseObject({ type: z.string(), resource: resourceSchema })).default([]),
  }),
});

export type ExportedState = z.infer<typeof stateSchema>;

/** Reads what `pulumi stack export` prints. */
export function parseState(text: string): ExportedState {
  return stateSchema.parse(JSON.parse(text));
}

/** The state of a stack, secrets encrypted. */
export async function exportState(tools: ToolsWithoutImages, stack: string): Promise<ExportedState> {
  return parseState(await pulumiOutput(tools, ["stack", "export"], stack));
}

/**
 * Takes the operations that were begun out of the state. A refresh takes out all but creations, and these are no use: a
 * container's environment and labels are not read back, so that an import would be a replacement.
 */
export async function clearOperations(tools: ToolsWithoutImages, stack: string, state: ExportedState): Promise<void> {
  const deployment = { ...state.deployment, pending_operations: [] };
  await pulumiOutput(tools, ["stack", "import"], stack, JSON.stringify({ ...state, deployment }));
}

/** The ids of all resources, those that are still to be deleted included. */
export function heldIds({ deployment }: ExportedState): Set<string> {
  return new Set(deployment.resources.flatMap(({ id }) => id ?? []));
}

/** The names of the resources of a type whose creation was begun. */
export function begunNames({ deployment }: ExportedState, type: string): Set<unknown> {
  const creations = deployment.pending_operations.filter(({ type }) => type === "creating");
  return new Set(creations.flatMap(({ resource }) => (resource.type === type ? [resource.inputs?.name] : [])));
}
