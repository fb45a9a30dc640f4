import { Resolver } from "node:dns/promises";
import { messageOf } from "../../lib/user-error.ts";
import { waitUntil } from "../../lib/wait.ts";
import type { Networks } from "./networks.ts";

const name = "kubernetes.default.svc.cluster.local";

/**
 * Waits until the cluster's name server gives a service's address: pods, services' addresses and the API's watches then
 * work together, whatever an earlier run has left in the cluster's own notes.
 * @throws {UserError} with the last answer when it does not within the limit
 */
export async function waitUntilNamesResolve({ dns, api }: Networks, limitMs: number): Promise<void> {
  const resolver = new Resolver({ timeout: 1_000, tries: 1 });
  resolver.setServers([dns]);
  const check = async (): Promise<string | undefined> => {
    const answer = await resolver.resolve4(name).then((addresses) => addresses.join(), messageOf);
    return answer === api ? undefined : answer;
  };
  const late = (answer: string) =>
    `cluster: its name server at ${dns} does not give ${api} for ${name} within ${limitMs / 1000} s: ${answer}`;
  await waitUntil(check, { limitMs, late });
}
