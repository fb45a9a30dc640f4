import type { User } from "./user.ts";

/** How many users come at once, and how long after them the next ones, in milliseconds. */
const batch = { users: 500, everyMs: 20 };

/** Users who ask again as soon as they are answered, until the time is over or `stop` is aborted. */
export function runClosed(users: readonly User[], seconds: number, stop: AbortSignal): Promise<void> {
  const end = performance.now() + seconds * 1000;
  const untilTheEnd = (user: User): Promise<void> =>
    new Promise((resolve) => {
      const next = () => {
        const now = performance.now();
        if (now >= end || stop.aborted) resolve();
        else user.ask(now, next);
      };
      next();
    });
  const comeAndStay = async (user: User, index: number): Promise<void> => {
    const wait = Math.floor(index / batch.users) * batch.everyMs;
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    await untilTheEnd(user);
  };
  return Promise.all(users.map(comeAndStay)).then(() => {});
}
