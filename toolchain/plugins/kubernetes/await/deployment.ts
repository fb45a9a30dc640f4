/** A Deployment is ready when the pods of its newest revision are. */
import type { Props } from "../../lib/values.ts";
import { matchLabels, type View } from "../api.ts";
import { conditionOf, isOwnedBy, listAt, numberAt, textAt } from "../object.ts";
import { problemsOfOwned } from "./pod-problems.ts";
import type { Awaiter, Look } from "./wait.ts";

const revisionOf = (object: Props) => textAt(object, "metadata", "annotations", "deployment.kubernetes.io/revision");

export const deployment: Awaiter = {
  timeoutSeconds: 600,
  start:
    ({ view }) =>
    (live) =>
      look(view, live),
};

async function look(view: View, live: Props): Promise<Look> {
  if (numberAt(live, "status", "observedGeneration") !== numberAt(live, "metadata", "generation")) {
    const status = "Waiting for the Deployment controller to see the change";
    return { ready: false, status, reasons: ["the Deployment controller has not seen the change"] };
  }
  const replicaSet = await newestReplicaSet(view, live);
  const wanted = numberAt(replicaSet, "spec", "replicas") ?? 1;
  const ready = numberAt(replicaSet, "status", "readyReplicas") ?? 0;
  const volumes = await unboundClaims(view, live);
  const isRolledOut = replicaSet !== undefined && ready >= wanted && conditionIsTrue(live, "Available");
  if (isRolledOut && hasProgressed(live) && volumes.length === 0) {
    return { ready: true };
  }
  return {
    ready: false,
    status: `Waiting for app ReplicaSet to be available (${ready}/${wanted} Pods available)`,
    reasons: [
      `${ready} of ${wanted} pods of revision ${revisionOf(live) || "1"} are available`,
      ...(replicaSet === undefined ? [] : await problemsOfOwned(view, replicaSet, matchLabels(live))),
      ...volumes.map((claim) => `the PersistentVolumeClaim ${claim} is not bound`),
      ...refusals(live),
    ],
  };
}

async function newestReplicaSet(view: View, live: Props): Promise<Props | undefined> {
  const revision = revisionOf(live);
  if (revision === "") {
    return undefined;
  }
  const all = await view.list("apps/v1", "ReplicaSet", textAt(live, "metadata", "namespace"), matchLabels(live));
  return all.find((candidate) => isOwnedBy(candidate, live) && revisionOf(candidate) === revision);
}

/** The first revision is made, not rolled out, and is not said to progress at once. */
function hasProgressed(live: Props): boolean {
  const reason = textAt(conditionOf(live, "Progressing"), "reason");
  return revisionOf(live) === "1" || (conditionIsTrue(live, "Progressing") && reason === "NewReplicaSetAvailable");
}

function conditionIsTrue(live: Props, type: string): boolean {
  return textAt(conditionOf(live, type), "status") === "True";
}

async function unboundClaims(view: View, live: Props): Promise<string[]> {
  const namespace = textAt(live, "metadata", "namespace");
  const names = listAt(live, "spec", "template", "spec", "volumes")
    .map((volume) => textAt(volume, "persistentVolumeClaim", "claimName"))
    .filter((name) => name !== "");
  const claims = await Promise.all(
    names.map((name) => view.get({ apiVersion: "v1", kind: "PersistentVolumeClaim", namespace, name })),
  );
  return names.filter((_name, i) => claims[i] !== undefined && textAt(claims[i], "status", "phase") !== "Bound");
}

/** Why the controller can't make pods (a quota, an admission rule), and that it has given up on the roll-out. */
function refusals(live: Props): string[] {
  const failure = conditionOf(live, "ReplicaFailure");
  const progressing = conditionOf(live, "Progressing");
  return [
    ...(textAt(failure, "status") === "True" ? [failure] : []),
    ...(textAt(progressing, "status") === "False" ? [progressing] : []),
  ].map((condition) => `[${textAt(condition, "reason")}] ${textAt(condition, "message")}`);
}
