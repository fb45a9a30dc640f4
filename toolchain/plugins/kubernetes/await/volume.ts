/** Volumes and claims of them. */
import type { Props } from "../../lib/values.ts";
import type { View } from "../api.ts";
import { textAt } from "../object.ts";
import type { Awaiter, Look } from "./wait.ts";

/** A claim is ready when it is bound, or when its class binds it to the first pod that uses it. */
export const persistentVolumeClaim: Awaiter = {
  timeoutSeconds: 300,
  start:
    ({ view }) =>
    (live) =>
      lookAtClaim(view, live),
};

async function lookAtClaim(view: View, live: Props): Promise<Look> {
  const phase = textAt(live, "status", "phase");
  if (phase === "Bound") {
    return { ready: true };
  }
  const name = textAt(live, "spec", "storageClassName");
  const storage = { apiVersion: "storage.k8s.io/v1", kind: "StorageClass", namespace: "", name };
  const storageClass = name === "" ? undefined : await view.get(storage);
  if (phase === "Pending" && textAt(storageClass, "volumeBindingMode") === "WaitForFirstConsumer") {
    return { ready: true };
  }
  const why =
    name === ""
      ? "it names no storage class, and the cluster has no default one"
      : `its phase is ${phase || "unknown"}${storageClass === undefined ? ` and there is no storage class '${name}'` : ""}`;
  return { ready: false, status: "Waiting for PersistentVolumeClaim to be bound", reasons: [why] };
}

/** A volume is ready when it can be claimed, or is. */
export const persistentVolume: Awaiter = {
  timeoutSeconds: 300,
  start: () => async (live) => {
    const phase = textAt(live, "status", "phase");
    return phase === "Available" || phase === "Bound"
      ? { ready: true }
      : {
          ready: false,
          status: "Waiting for PersistentVolume to be available",
          reasons: [`its phase is ${phase || "unknown"}`],
        };
  },
};
