import { setTimeout as pause } from "node:timers/promises";

/** Tries again, twice a second, until it holds. @throws the last failure after `seconds` */
export async function eventually<T>(seconds: number, attempt: () => Promise<T>): Promise<T> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > end) {
        throw error;
      }
    }
    await pause(500);
  }
}
