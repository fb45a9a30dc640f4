import { pause } from "./interruption.ts";
import { messageOf, UserError } from "./user-error.ts";

/** Something of the stack that answers 200 when it is well. */
export type Check = { name: string; url: string };

const trouble = async (url: string): Promise<string | undefined> => {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(5_000) });
    await answer.arrayBuffer();
    return answer.ok ? undefined : `answers ${answer.status}`;
  } catch (error) {
    return messageOf(error);
  }
};

/** Waits until every check has passed once. @throws UserError that names those that have not within the limit */
export const waitUntilHealthy = async (checks: Check[], limitMs: number): Promise<void> => {
  const end = Date.now() + limitMs;
  let waiting = checks.map((check) => ({ ...check, last: "" }));
  while (waiting.length > 0) {
    const answers = await Promise.all(waiting.map(async (check) => ({ ...check, last: await trouble(check.url) })));
    waiting = answers.flatMap(({ last, ...check }) => (last === undefined ? [] : [{ ...check, last }]));
    if (waiting.length === 0) return;
    if (Date.now() > end) {
      throw new UserError(
        `up: not healthy: ${waiting.map(({ name, url, last }) => `${name} (${url} ${last})`).join(", ")}`,
      );
    }
    await pause(250);
  }
};
