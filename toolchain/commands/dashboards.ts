import { mkdirSync } from "node:fs";
import { join, relative } from "node:path";
import { dashboards as boards } from "../../grafana/dashboards/index.ts";
import { boardPage } from "../../grafana/pictures/page.ts";
import { fillBoard } from "../../grafana/pictures/read.ts";
import { allReplicas } from "../../grafana/variables.ts";
import { projectRoot } from "../../lib/paths.ts";
import { say } from "../../lib/report.ts";
import { screenshot } from "../../lib/screenshot.ts";
import { UserError } from "../../lib/user-error.ts";
import { type Post, PrometheusClient } from "../../prometheus/client.ts";
import { scrapeIntervalSeconds } from "../../prometheus/config.ts";
import { parseArguments, secondsOf } from "../lib/arguments.ts";
import { devStack } from "../lib/stack-config.ts";
import { stackPrometheus } from "../lib/stack-prometheus.ts";
import { findChromium } from "../tools/chromium.ts";

const usage = "npm run dashboards -- [PROMETHEUS-URL] [--stack NAME] [--last 15m] [--all] [--out FOLDER]";

/** Points of a line: about one for each pixel of a panel's width. */
const points = 300;

/** The URL that was given, or else how the stack's Prometheus is requested. @throws {UserError} when it is no URL */
async function findPrometheus([url, ...others]: readonly string[], stack: string): Promise<string | Post> {
  if (url === undefined) {
    const request = await stackPrometheus(stack);
    return async (path, form) => ({ status: 200, text: await request(path, form) });
  }
  if (others.length > 0 || !/^https?:$/.test(URL.parse(url)?.protocol ?? "")) {
    throw new UserError(
      `dashboards: the address is "${[url, ...others].join(" ")}"; allowed: one URL of a Prometheus.`,
    );
  }
  return url.replace(/\/$/, "");
}

/**
 * `npm run dashboards`: pictures of all dashboards with the data of Prometheus, for a report or where there is no Grafana.
 * It renders the same JSON that Grafana loads. --all shows all replicas of that time, not only those that run.
 */
async function dashboards(args: string[]): Promise<number> {
  const { values, positionals } = parseArguments(usage, {
    args,
    allowPositionals: true,
    options: {
      stack: { type: "string", default: devStack },
      last: { type: "string", default: "15m" },
      all: { type: "boolean", default: false },
      out: { type: "string", default: join(projectRoot, "grafana/screenshots") },
    },
  });
  const seconds = secondsOf("--last", values.last);
  const prometheus = new PrometheusClient(await findPrometheus(positionals, values.stack));
  const chromium = await findChromium();
  const stepSeconds = Math.max(Math.round(seconds / points), scrapeIntervalSeconds);
  const to = Math.floor(Date.now() / 1000 / stepSeconds) * stepSeconds * 1000;
  const range = { from: to - seconds * 1000, to, stepSeconds };
  mkdirSync(values.out, { recursive: true });
  for (const [name, build] of Object.entries(boards)) {
    const filled = await fillBoard(build(), prometheus, range, values.all ? allReplicas : {});
    const file = join(values.out, `${name}.png`);
    await screenshot(chromium, boardPage(filled, range), file);
    say("picture", relative(process.cwd(), file));
  }
  return 0;
}

export default dashboards;
