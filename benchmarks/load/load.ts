import { runClosed } from "./closed.ts";
import { runPaced } from "./paced.ts";
import type { Plan, PlanResult, Second } from "./plan.ts";
import { SecondTally, ShareTally } from "./tally.ts";
import { User } from "./user.ts";

/**
 * Runs a plan in this thread.
 *
 * @param tick hears of each second as it ends
 * @param stop ends it before its time; what was seen until then is the result
 */
export async function runLoad(plan: Plan, tick: (second: Second) => void, stop: AbortSignal): Promise<PlanResult> {
  const seconds = new SecondTally();
  const tallies = plan.shares.map((share) => new ShareTally(share, seconds));
  const users = mixed(plan.shares.map(({ target, users }, index) => ({ target, users, tally: tallies[index] })));
  const start = performance.now();
  const busy = performance.eventLoopUtilization();
  const clock = setInterval(() => tick(seconds.cut()), 1000);
  let lateMs = 0;
  try {
    if (plan.kind === "closed") await runClosed(users, plan.seconds, stop);
    else lateMs = await runPaced(users, plan, stop);
  } finally {
    clearInterval(clock);
  }
  const took = (performance.now() - start) / 1000;
  const { utilization } = performance.eventLoopUtilization(busy);
  await Promise.all(users.map((user) => user.leave()));
  return {
    seconds: took,
    shares: tallies.map((tally) => tally.result()),
    series: seconds.series,
    stopped: stop.aborted,
    load: { busy: utilization, lateMs },
  };
}

/** The users of all shares, dealt out in turns: those who come first are of every kind. */
function mixed(shares: { target: Plan["shares"][number]["target"]; users: number; tally: ShareTally | undefined }[]) {
  const dealt = shares.flatMap(({ target, users, tally }) =>
    tally === undefined
      ? []
      : Array.from({ length: users }, (_, index) => ({ at: (index + 0.5) / users, user: new User(target, tally) })),
  );
  return dealt.sort((one, other) => one.at - other.at).map(({ user }) => user);
}
