/** Deleting objects, until they are gone. */
import type { Props } from "../lib/values.ts";
import { propagationOf } from "./annotations.ts";
import { ApiError, isNotFound, NoSuchKindError, UnreachableError } from "./api-error.ts";
import { pause, sentence } from "./await/wait.ts";
import { apiOf, type Cluster } from "./cluster.ts";
import { at, listAt, type Reference, textAt, titleOf } from "./object.ts";

const lookEveryMs = 500;

export interface Removal {
  reference: Reference;
  /** The inputs in the state, for their annotations. */
  inputs: Props;
  /** 0: it need not be gone in the end. */
  timeoutSeconds: number;
  say: (status: string) => void;
}

/**
 * Deletes an object and waits until it is gone. One that is gone already is fine.
 * @throws one sentence that says what holds it, when it is still there in the end.
 */
export async function removeObject(
  cluster: Cluster,
  { reference, inputs, timeoutSeconds, say }: Removal,
): Promise<void> {
  const api = apiOf(cluster);
  const title = titleOf(reference);
  try {
    const before = await api.get(reference);
    await api.remove(reference, propagationOf(inputs));
    const uid = textAt(before, "metadata", "uid");
    const start = performance.now();
    for (;;) {
      const live = await patiently(() => api.get(reference), before);
      // Another object of the same name (a controller made it anew) is not the one that was deleted.
      if (live === undefined || textAt(live, "metadata", "uid") !== uid) {
        return;
      }
      const reasons = holdersOf(live);
      if (performance.now() - start >= timeoutSeconds * 1000) {
        if (timeoutSeconds === 0) {
          return;
        }
        throw new Error(sentence(`${title} is still there ${timeoutSeconds} s after its deletion`, reasons));
      }
      if (cluster.signal.aborted) {
        throw new Error(sentence(`waiting for the deletion of ${title} was cancelled`, reasons));
      }
      say(sentence("Waiting for deletion", reasons));
      await pause(lookEveryMs, cluster.signal);
    }
  } catch (error) {
    if (isNotFound(error) || error instanceof NoSuchKindError) {
      return;
    }
    throw error instanceof ApiError ? new Error(`${title} could not be deleted: ${error.message}`) : error;
  }
}

/** A look that an API server which doesn't answer for a while doesn't spoil. */
async function patiently(
  look: () => Promise<Props | undefined>,
  otherwise: Props | undefined,
): Promise<Props | undefined> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof UnreachableError || (error instanceof ApiError && error.status >= 500)) {
      return otherwise;
    }
    throw error;
  }
}

/** What an object waits for before it goes. */
function holdersOf(live: Props): string[] {
  const finalizers = at(live, "metadata", "finalizers");
  const held = Array.isArray(finalizers) && finalizers.length > 0 ? [`it is held by ${finalizers.join(", ")}`] : [];
  const remaining = listAt(live, "status", "conditions")
    .filter(
      (condition) => /Remaining$|Failure$/.test(textAt(condition, "type")) && textAt(condition, "status") === "True",
    )
    .map((condition) => textAt(condition, "message"));
  return [...held, ...remaining];
}
