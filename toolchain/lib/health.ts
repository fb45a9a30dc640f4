import http from "node:http";
import https from "node:https";
import { pause } from "../../lib/interruption.ts";
import { messageOf, UserError } from "../../lib/user-error.ts";

/** Something of the stack that answers 200 when it is well. */
export type Check = {
  name: string;
  url: string;
  /** Asks it where this machine may not reach the address. Rejects when it is not well. */
  ask?: () => Promise<unknown>;
};

/** Asks whether it is well, not who it is: its certificate may be one that signs itself. */
function statusAt(url: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const options = { timeout: 5_000, agent: false, rejectUnauthorized: false };
    const asked = (url.startsWith("https:") ? https : http).get(url, options, (answer) => {
      answer.resume().once("end", () => resolve(answer.statusCode ?? 0));
    });
    asked.on("timeout", () => asked.destroy(new Error("no answer within 5 s")));
    asked.on("error", reject);
  });
}

async function trouble({ url, ask }: Check): Promise<string | undefined> {
  try {
    if (ask) {
      await ask();
      return undefined;
    }
    const status = await statusAt(url);
    return status === 200 ? undefined : `answers ${status}`;
  } catch (error) {
    return messageOf(error);
  }
}

/** Waits until every check has passed once. @throws UserError that names those that have not within the limit */
export async function waitUntilHealthy(checks: Check[], limitMs: number): Promise<void> {
  const end = Date.now() + limitMs;
  let waiting = checks.map((check) => ({ ...check, last: "" }));
  while (waiting.length > 0) {
    const answers = await Promise.all(waiting.map(async (check) => ({ ...check, last: await trouble(check) })));
    waiting = answers.flatMap(({ last, ...check }) => (last === undefined ? [] : [{ ...check, last }]));
    if (waiting.length === 0) {
      return;
    }
    if (Date.now() > end) {
      throw new UserError(
        `up: not healthy: ${waiting.map(({ name, url, last }) => `${name} (${url} ${last})`).join(", ")}`,
      );
    }
    await pause(250);
  }
}
