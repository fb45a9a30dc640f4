import { CoreV1Api, type V1Status } from "@kubernetes/client-node";
import type Docker from "dockerode";
import { componentLabel, labelFilters, stackLabels } from "../../infra/labels.ts";
import { runInPod } from "../../lib/cluster/pod-exec.ts";
import { UserError } from "../../lib/user-error.ts";
import { devStack, project } from "../lib/stack-config.ts";
import { asUserError, type StackPlace, stackPlace } from "../lib/stack-place.ts";
import { client, findEngine } from "../tools/engine.ts";

/** What prints the messages in a replica: any one will do, they are in Redis. */
const program = ["node", "dist/messages.js"];

function labelsOf(stack: string) {
  return { ...stackLabels(project, stack), [componentLabel]: "resume" };
}

function noReplica(stack: string): UserError {
  return new UserError(
    `No replica of the ${stack} stack runs. Bring it up with ${stack === devStack ? "npm run up" : `npm run pulumi -- up --stack ${stack}`}.`,
  );
}

async function findReplica(docker: Docker, stack: string): Promise<Docker.Container> {
  const label = labelFilters(labelsOf(stack));
  const [replica] = await docker.listContainers({ filters: { label } });
  if (!replica) {
    throw noReplica(stack);
  }
  return docker.getContainer(replica.Id);
}

async function onDocker(stack: string, command: string[]): Promise<number> {
  const docker = client((await findEngine()).host);
  const replica = await findReplica(docker, stack);
  const exec = await replica.exec({ Cmd: command, AttachStdout: true, AttachStderr: true });
  const stream = await exec.start({});
  docker.modem.demuxStream(stream, process.stdout, process.stderr);
  await new Promise((resolve, reject) => stream.once("end", resolve).once("error", reject));
  return (await exec.inspect()).ExitCode ?? 1;
}

/** The exit code in what the cluster says of a command that has ended. */
export function exitCode({ status, details }: V1Status): number {
  if (status === "Success") {
    return 0;
  }
  return Number(details?.causes?.find(({ reason }) => reason === "ExitCode")?.message ?? 1);
}

/**
 * Runs a command in a replica of a stack on a cluster; what it says comes out here.
 * @returns its exit code
 */
export async function onCluster(
  stack: string,
  { access, namespace }: Extract<StackPlace, { target: "kubernetes" }>,
  command: string[],
): Promise<number> {
  const labelSelector = labelFilters(labelsOf(stack)).join(",");
  const core = access.makeApiClient(CoreV1Api);
  const pods = await core.listNamespacedPod({ namespace, labelSelector }).catch(async (error: unknown) => {
    throw await asUserError(error, stack);
  });
  const pod = pods.items.find(({ status }) =>
    status?.conditions?.some((condition) => condition.type === "Ready" && condition.status === "True"),
  );
  if (!pod) {
    throw noReplica(stack);
  }
  const place = { namespace, pod: pod.metadata?.name ?? "", container: "resume" };
  return exitCode(await runInPod(access, place, command, { out: process.stdout, errors: process.stderr }));
}

/** The arguments without `--stack NAME`, and that name. */
function splitStack(args: string[]): { stack: string; rest: string[] } {
  const index = args.indexOf("--stack");
  if (index < 0) {
    return { stack: devStack, rest: args };
  }
  return { stack: args[index + 1] ?? "", rest: args.toSpliced(index, 2) };
}

/**
 * `npm run messages [-- --stack NAME] [--json] [--after ID]`: what visitors wrote in the contact form, oldest first;
 * `npm run messages -- --delete-before ID` deletes what is older.
 */
async function messages(args: string[]): Promise<number> {
  const { stack, rest } = splitStack(args);
  const place = await stackPlace(project, stack);
  const command = [...program, ...rest];
  return place.target === "docker" ? onDocker(stack, command) : onCluster(stack, place, command);
}

export default messages;
