import { Agent, request } from "undici";
import { seconds } from "../../lib/report.ts";
import { messageOf, UserError } from "../../lib/user-error.ts";
import { waitUntil } from "../../lib/wait.ts";
import type { OwnStack } from "./own-stack.ts";
import { askedOf, assertHealthy, healthyLine, lastLinesOf, type Part, partsOf } from "./parts.ts";
import { assertTargetsUp } from "./scrape-targets.ts";

/** Health does not depend on the certificate, which may be self-signed. */
const anyCertificate = new Agent({ connect: { rejectUnauthorized: false } });

/** @throws {Error} when the site does not answer 200 */
async function requestSite(home: string): Promise<void> {
  const url = new URL("/health", home);
  const options = { dispatcher: anyCertificate, reset: true, signal: AbortSignal.timeout(5_000) };
  try {
    const { statusCode, body } = await request(url, options);
    await body.dump();
    if (statusCode !== 200) {
      throw new Error(`answers ${statusCode}`);
    }
  } catch (error) {
    throw new Error(`${url} ${messageOf(error)}`);
  }
}

/**
 * Waits until all that the stack's state holds is there and healthy, Prometheus scrapes it, and the site answers.
 *
 * @param site the site's URL, where it can be reached from here
 * @returns which components are healthy
 * @throws {UserError} with the problems and the last lines of the logs, when the limit is reached
 */
export async function waitUntilHealthy(stack: OwnStack, site: string | undefined, limitMs: number): Promise<string> {
  let parts: Part[] = [];
  const check = async (): Promise<string | undefined> => {
    try {
      parts = await partsOf(stack);
      assertHealthy(parts);
      await assertTargetsUp(stack, askedOf(parts, "resume"));
      await (site === undefined ? undefined : requestSite(site));
      return undefined;
    } catch (error) {
      return messageOf(error);
    }
  };
  const late = (problem: string) => `up: not healthy after ${seconds(limitMs)}: ${problem}.`;
  try {
    await waitUntil(check, { limitMs, everyMs: 500, late });
    return healthyLine(parts);
  } catch (error) {
    throw error instanceof UserError ? new UserError([error.message, ...(await lastLinesOf(parts))].join("\n")) : error;
  }
}
