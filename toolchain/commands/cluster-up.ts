import { clusterAddress, ensureCluster } from "../cluster/cluster.ts";
import { pulumiOutput, stackExists } from "../lib/pulumi.ts";
import { say, seconds, stopwatch } from "../lib/report.ts";
import { clusterStack } from "../lib/stack-config.ts";
import { UserError } from "../lib/user-error.ts";
import { fitConfig } from "../tools/fit-config.ts";
import { findToolchain } from "../tools/toolchain.ts";

/**
 * `npm run cluster:up`: a real Kubernetes with one node, on this machine. The k8s stack is pointed at it, unless its
 * user has pointed it elsewhere. Prints the kubeconfig's path.
 */
const clusterUp = async (args: string[]): Promise<number> => {
  if (args.length > 0) throw new UserError(`cluster:up takes no arguments, but was given ${args.join(" ")}.`);
  const elapsed = stopwatch();
  const started = await ensureCluster();
  say("cluster", `Kubernetes ${started ? "is up" : "was up already"}, ${seconds(elapsed())}`);

  const toolchain = await findToolchain();
  if (!(await stackExists(toolchain, clusterStack))) {
    await pulumiOutput(toolchain, ["stack", "init", "--no-select"], clusterStack);
  }
  const address = clusterAddress();
  await fitConfig(toolchain, clusterStack, address);
  process.stdout.write(`kubeconfig ${address.kubeconfig}\ncontext    ${address.context}\n`);
  process.stdout.write(`the stack  npm run pulumi -- up --yes --stack ${clusterStack}\n`);
  return 0;
};

export default clusterUp;
