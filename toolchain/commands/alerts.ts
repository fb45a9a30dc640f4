import { z } from "zod";
import { UserError } from "../../lib/user-error.ts";
import { parseArguments } from "../lib/arguments.ts";
import { devStack } from "../lib/stack-config.ts";
import { stackPrometheus } from "../lib/stack-prometheus.ts";

const usage = "npm run alerts -- [--stack NAME] [--json]";

const response = z.object({
  data: z.object({
    alerts: z.array(
      z.object({
        labels: z.object({ alertname: z.string(), severity: z.enum(["page", "ticket"]) }),
        annotations: z.object({ summary: z.string(), description: z.string(), action: z.string() }),
        state: z.enum(["firing", "pending"]),
        activeAt: z.iso.datetime(),
      }),
    ),
  }),
});

/** An alert whose condition holds; it is pending until its condition has held for long enough. */
export interface ActiveAlert {
  readonly name: string;
  readonly severity: "page" | "ticket";
  readonly state: "firing" | "pending";
  /** Since when the condition holds, in UTC by RFC 3339. */
  readonly since: string;
  readonly summary: string;
  readonly description: string;
  readonly action: string;
}

/**
 * The alerts in a response of Prometheus' API: firing before pending, pages before tickets, then by their start.
 * @throws {UserError} when it is no such response
 */
export function alertsIn(text: string): ActiveAlert[] {
  const parsed = response.safeParse(parseJson(text));
  if (!parsed.success) {
    throw new UserError(`Prometheus' list of alerts can't be read: ${text.slice(0, 200)}`);
  }
  const alerts = parsed.data.data.alerts.map(({ labels, annotations, state, activeAt }) => ({
    name: labels.alertname,
    severity: labels.severity,
    state,
    since: activeAt,
    ...annotations,
  }));
  const order = ({ state, severity, since }: ActiveAlert) => `${state} ${severity} ${since}`;
  return alerts.toSorted((one, other) => order(one).localeCompare(order(other), "en"));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The caller shows the text.
    return undefined;
  }
}

/** An alert as lines for people. */
export function printAlert({ name, severity, state, since, summary, description, action }: ActiveAlert): string {
  const time = `${since.slice(0, 19).replace("T", " ")} UTC`;
  return `${name}: ${severity}, ${state} since ${time}\n  ${summary}\n  ${description}\n  To do: ${action}\n`;
}

/** `npm run alerts [-- --stack NAME --json]`: what fires and what is pending, as Prometheus evaluates it. */
async function alerts(args: string[]): Promise<number> {
  const { stack, json } = parseArguments(usage, {
    args,
    options: { stack: { type: "string", default: devStack }, json: { type: "boolean", default: false } },
  }).values;
  const active = alertsIn(await (await stackPrometheus(stack))("/api/v1/alerts"));
  if (json) {
    process.stdout.write(active.map((alert) => `${JSON.stringify(alert)}\n`).join(""));
  } else if (active.length === 0) {
    process.stdout.write(`No alert of the ${stack} stack fires or is pending.\n`);
  } else {
    process.stdout.write(active.map(printAlert).join("\n"));
  }
  return 0;
}

export default alerts;
