/** Why a controller can't make pods: StatefulSets, DaemonSets and Jobs say so in events only. */
import type { Props } from "../../lib/values.ts";
import type { View } from "../api.ts";
import { textAt } from "../object.ts";

/** What the newest event of a failed creation says about an object. */
export async function refusalsOf(view: View, object: Props): Promise<string[]> {
  const uid = textAt(object, "metadata", "uid");
  const events = await view.list("v1", "Event", textAt(object, "metadata", "namespace"));
  const newest = events
    .filter((event) => textAt(event, "involvedObject", "uid") === uid && textAt(event, "reason") === "FailedCreate")
    .sort((a, b) => textAt(a, "lastTimestamp").localeCompare(textAt(b, "lastTimestamp")))
    .at(-1);
  return newest === undefined ? [] : [`[FailedCreate] ${textAt(newest, "message")}`];
}
