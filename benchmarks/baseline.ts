import { readFileSync } from "node:fs";
import { mean } from "simple-statistics";
import { z } from "zod";
import { messageOf, UserError } from "../lib/user-error.ts";
import { totals } from "./load/plan.ts";
import { type Baseline, schema } from "./result.ts";

/** How far two equal runs may differ in the ratio to a reference, as a share. */
export const mostDifference = 0.1;

/** The part of a result that is compared, so that a broken file is refused before a run and not after it. */
const earlierResult = z.object({
  schema: z.union([z.literal(1), z.literal(schema)]),
  startedAt: z.string(),
  scenarios: z.array(
    z.object({
      name: z.string(),
      // Schema 1 has "paced" for "open".
      kind: z.enum(["closed", "open", "paced"]),
      steps: z.array(
        z.object({
          label: z.string(),
          result: z.object({
            seconds: z.number(),
            series: z.array(z.object({ seconds: z.number(), requests: z.number(), failed: z.number() })),
            shares: z.array(
              z.object({
                requests: z.number(),
                latency: z.object({ p95: z.number() }),
                failures: z.object({
                  ...{ connections: z.number(), timeouts: z.number(), statuses: z.number() },
                  ...{ limited: z.number(), bodies: z.number() },
                }),
              }),
            ),
          }),
        }),
      ),
    }),
  ),
  comparison: z
    .object({
      pairs: z.array(
        z.object({ name: z.string(), ratio: z.number(), reference: z.object({ perSecond: z.array(z.number()) }) }),
      ),
    })
    .nullable(),
});

/** What is read of an earlier run. */
export type Earlier = Omit<z.infer<typeof earlierResult>, "schema">;

/** Reads the result of an earlier run. @throws {UserError} when the file is none */
export function readResult(file: string): Earlier {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new UserError(`--baseline ${file} can't be read: ${messageOf(error)}`);
  }
  const { data } = earlierResult.safeParse(content);
  if (data === undefined) {
    throw new UserError(`--baseline ${file} is no result of this benchmark: a result.json that --report wrote.`);
  }
  return data;
}

/** Compares the steps that both runs have, and the ratios to the references. */
export function compareWithBaseline(now: Omit<Earlier, "startedAt">, then: Earlier): Baseline {
  const [fileNow, fileThen] = [fileSpeed(now), fileSpeed(then)];
  const machine = fileNow === undefined || fileThen === undefined ? null : fileNow / fileThen;
  const earlier = new Map(then.scenarios.flatMap(stepsOf));
  const rows = now.scenarios.flatMap(stepsOf).flatMap(([name, { kind, perSecond, p95 }]) => {
    const other = earlier.get(name);
    if (other === undefined) {
      return [];
    }
    // The open model sends no more requests on a faster machine.
    const faster = kind === "closed" ? (machine ?? 1) : 1;
    return [{ name, perSecond: perSecond / other.perSecond / faster, p95: p95 / other.p95 }];
  });
  const ratios = (now.comparison?.pairs ?? []).flatMap(({ name, ratio }) => {
    const other = then.comparison?.pairs.find((pair) => pair.name === name)?.ratio;
    if (other === undefined) {
      return [];
    }
    const difference = ratio / other - 1;
    return [{ name, now: ratio, earlier: other, difference, equal: Math.abs(difference) < mostDifference }];
  });
  return { startedAt: then.startedAt, machine, rows, ratios };
}

/** Requests/s of the static file behind the same nginx: the machine's own speed at that time. */
function fileSpeed({ comparison }: Pick<Earlier, "comparison">): number | undefined {
  const runs = comparison?.pairs[0]?.reference.perSecond ?? [];
  return runs.length === 0 ? undefined : mean(runs);
}

function stepsOf({ name, kind, steps }: Earlier["scenarios"][number]) {
  return steps.map(({ label, result }) => {
    const p95 = Math.max(...result.shares.map(({ latency }) => latency.p95));
    return [label === "" ? name : `${name}, ${label}`, { kind, perSecond: totals(result).perSecond, p95 }] as const;
  });
}
