/** What keeps pods from being ready, in the words of the scheduler, the kubelet and the containers. */
import type { Props } from "../../lib/values.ts";
import type { View } from "../api.ts";
import { conditionOf, isOwnedBy, listAt, numberAt, propsAt, textAt } from "../object.ts";

/** Reasons of waiting that are a container's normal way to start. */
const starting = ["ContainerCreating", "PodInitializing"];
/** Pods that are all in the same trouble are not all told of. */
const mostPods = 3;

/** The problems of a pod, each a sentence that names it; none when it is ready or on its way. */
export function problemsOf(pod: Props): string[] {
  if (textAt(conditionOf(pod, "Ready"), "status") === "True" || textAt(pod, "status", "phase") === "Succeeded") {
    return [];
  }
  const name = textAt(pod, "metadata", "name");
  return [...scheduling(pod), ...containers(pod), ...phase(pod)].map((problem) => `pod ${name}: ${problem}`);
}

/** The problems of the pods that an object owns. */
export async function problemsOfOwned(view: View, owner: Props, labels: Props): Promise<string[]> {
  const pods = await view.list("v1", "Pod", textAt(owner, "metadata", "namespace"), labels);
  const troubled = pods
    .filter((pod) => isOwnedBy(pod, owner))
    .map(problemsOf)
    .filter((problems) => problems.length > 0);
  const more = troubled.length - mostPods;
  return [...troubled.slice(0, mostPods).flat(), ...(more > 0 ? [`${more} more pods are not ready`] : [])];
}

function scheduling(pod: Props): string[] {
  const condition = conditionOf(pod, "PodScheduled");
  return condition !== undefined && textAt(condition, "status") !== "True" && textAt(condition, "reason") !== ""
    ? [`[${textAt(condition, "reason")}] ${textAt(condition, "message")}`]
    : [];
}

function phase(pod: Props): string[] {
  const message = textAt(pod, "status", "message");
  return textAt(pod, "status", "phase") === "Failed" && message !== ""
    ? [`[${textAt(pod, "status", "reason")}] ${message}`]
    : [];
}

function containers(pod: Props): string[] {
  const statuses = [...listAt(pod, "status", "initContainerStatuses"), ...listAt(pod, "status", "containerStatuses")];
  const problems = statuses.filter((status) => status.ready !== true).flatMap(containerProblems);
  if (problems.length > 0) {
    return problems;
  }
  const ready = conditionOf(pod, "Ready");
  const isStarted = listAt(pod, "status", "containerStatuses").some((status) => "running" in propsAt(status, "state"));
  return isStarted && textAt(ready, "message") !== ""
    ? [`[${textAt(ready, "reason")}] ${textAt(ready, "message")}`]
    : [];
}

function containerProblems(status: Props): string[] {
  const name = textAt(status, "name");
  const waiting = textAt(status, "state", "waiting", "reason");
  const problems: string[] = [];
  if (waiting !== "" && !starting.includes(waiting)) {
    problems.push(`[${waiting}] ${textAt(status, "state", "waiting", "message") || `container ${name} waits`}`);
  }
  for (const terminated of [propsAt(status, "state", "terminated"), propsAt(status, "lastState", "terminated")]) {
    const code = numberAt(terminated, "exitCode");
    if (code !== undefined && code !== 0) {
      const message = textAt(terminated, "message").trim();
      const ended = `container ${name} ended with exit code ${code} (${textAt(terminated, "reason")})`;
      problems.push(message === "" ? ended : `${ended}: ${message}`);
    }
  }
  return problems;
}
