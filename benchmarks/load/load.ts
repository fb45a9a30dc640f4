import { timeoutMs as defaultTimeoutMs } from "../address.ts";
import { runClosedLoop, runConstantArrivalRate } from "./models.ts";
import type { Part, PartResult, PartSecond } from "./plan.ts";
import { ShareTally, WholeTally } from "./tally.ts";
import { User } from "./user.ts";

/** Interval of the check for time-outs, in milliseconds. A request may end so much later. */
const checkEveryMs = 500;

/**
 * Runs one part of a plan in this thread. It ends when all requests have, the time limit of one request after the
 * plan's end at the latest.
 *
 * @param tick is called with each whole second as it ends
 * @param stop ends it at once; the result is what was counted until then
 */
export async function runLoad(part: Part, tick: (second: PartSecond) => void, stop: AbortSignal): Promise<PartResult> {
  const { timeoutMs = defaultTimeoutMs } = part;
  const whole = new WholeTally();
  const tallies = part.shares.map(() => new ShareTally(whole));
  const users = interleaved(
    tallies.map((tally, index) => {
      const share = part.shares[index];
      return share === undefined
        ? []
        : Array.from({ length: share.users }, () => new User(share.address, tally, whole, timeoutMs));
    }),
  );
  const cutOff = () => {
    for (const user of users) {
      user.cutOff();
    }
  };
  stop.addEventListener("abort", cutOff, { once: true });
  const start = performance.now();
  const busy = performance.eventLoopUtilization();
  const clock = setInterval(() => tick(whole.cut()), 1000);
  const watch = setInterval(
    () => {
      const now = performance.now();
      for (const user of users) {
        user.expire(now);
      }
    },
    Math.min(checkEveryMs, timeoutMs / 4),
  );
  let lateMs = 0;
  try {
    if (part.kind === "closed") {
      await runClosedLoop(users, part.seconds, part.of, stop);
    } else {
      lateMs = await runConstantArrivalRate(users, { ...part, phase: part.index / part.of }, stop);
    }
  } finally {
    clearInterval(clock);
    clearInterval(watch);
    stop.removeEventListener("abort", cutOff);
  }
  whole.cut();
  const result = {
    seconds: (performance.now() - start) / 1000,
    shares: tallies.map((tally) => tally.result()),
    series: whole.series,
    stopped: stop.aborted,
    load: { busy: performance.eventLoopUtilization(busy).utilization, lateMs, ...whole.own() },
    // Before the users leave: that is no cut.
    connections: whole.connections(),
  };
  await Promise.all(users.map((user) => user.leave()));
  return result;
}

/** The users of all shares, interleaved, so that the first ones are of every share. */
function interleaved(shares: readonly (readonly User[])[]): User[] {
  return shares
    .flatMap((users) => users.map((user, index) => ({ at: (index + 0.5) / users.length, user })))
    .sort((one, other) => one.at - other.at)
    .map(({ user }) => user);
}
