/** Objects that only need their controller's first look. */
import type { Props } from "../../lib/values.ts";
import { numberAt, propsAt, textAt } from "../object.ts";
import { amountOf } from "../quantity.ts";
import type { Awaiter } from "./wait.ts";

/** A quota is ready when its controller has taken its limits over. */
export const resourceQuota: Awaiter = {
  timeoutSeconds: 60,
  start: () => async (live) => {
    const [wanted, taken] = [propsAt(live, "spec", "hard"), propsAt(live, "status", "hard")];
    const missing = Object.keys(wanted).filter((name) => amountOf(wanted[name]) !== amountOf(taken[name]));
    const reasons = missing.map((name) => `its controller has not taken over the limit of ${name}`);
    return missing.length === 0
      ? { ready: true }
      : { ready: false, status: "Waiting for ResourceQuota to be in force", reasons };
  },
};

/** A service account's token is written by its controller; any other Secret is ready at once. */
export const secret: Awaiter = {
  timeoutSeconds: 5,
  start: () => async (live: Props) =>
    textAt(live, "type") !== "kubernetes.io/service-account-token" || Object.keys(propsAt(live, "data")).length > 0
      ? { ready: true }
      : { ready: false, status: "Waiting for the token", reasons: ["no token was written into it"] },
};

export const replicationController: Awaiter = {
  timeoutSeconds: 600,
  start: () => async (live) => {
    const wanted = numberAt(live, "spec", "replicas") ?? 1;
    const available = numberAt(live, "status", "availableReplicas") ?? 0;
    const pods = `${available} of ${wanted} pods are available`;
    return available === wanted
      ? { ready: true }
      : { ready: false, status: `Waiting for ReplicationController (${pods})`, reasons: [pods] };
  },
};
