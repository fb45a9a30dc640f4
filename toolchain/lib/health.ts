import { Agent, request } from "undici";
import { messageOf } from "../../lib/user-error.ts";
import { waitUntil } from "../../lib/wait.ts";

/** A part of the stack that answers 200 when it is healthy. */
export type Check = {
  name: string;
  url: string;
  /** Requests it, where this machine may not reach the URL. Rejects when it is not healthy. */
  request?: () => Promise<unknown>;
};

/** Health does not depend on the certificate, which may be self-signed. */
const anyCertificate = new Agent({ connect: { rejectUnauthorized: false } });

async function requestUrl(url: string): Promise<void> {
  const options = { dispatcher: anyCertificate, reset: true, signal: AbortSignal.timeout(5_000) };
  const { statusCode, body } = await request(url, options);
  await body.dump();
  if (statusCode !== 200) {
    throw new Error(`answers ${statusCode}`);
  }
}

/** Waits until every check has passed once. @throws {UserError} that names the others when the limit is reached */
export async function waitUntilHealthy(checks: Check[], limitMs: number): Promise<void> {
  const waiting = new Set(checks);
  const check = async (): Promise<string | undefined> => {
    const problems = await Promise.all(
      [...waiting].map(async (part) => {
        try {
          await (part.request?.() ?? requestUrl(part.url));
          waiting.delete(part);
          return [];
        } catch (error) {
          return [`${part.name} (${part.url} ${messageOf(error)})`];
        }
      }),
    );
    return problems.flat().join(", ") || undefined;
  };
  await waitUntil(check, { limitMs, late: (problems) => `up: not healthy: ${problems}` });
}
