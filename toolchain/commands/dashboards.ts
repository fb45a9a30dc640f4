import { mkdirSync } from "node:fs";
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import { dashboards as boards } from "../../grafana/dashboards/index.ts";
import { boardPage } from "../../grafana/pictures/page.ts";
import { fillBoard } from "../../grafana/pictures/read.ts";
import { ports } from "../../infra/system/names.ts";
import { duration } from "../../lib/duration.ts";
import { projectRoot } from "../../lib/paths.ts";
import { say } from "../../lib/report.ts";
import { screenshot } from "../../lib/screenshot.ts";
import { messageOf, UserError } from "../../lib/user-error.ts";
import { type Post, PrometheusClient } from "../../prometheus/client.ts";
import { scrapeIntervalSeconds } from "../../prometheus/config.ts";
import { askInside } from "../lib/ask-inside.ts";
import { devOutputs, stackExists } from "../lib/pulumi.ts";
import { devStack } from "../lib/stack-config.ts";
import { findChromium } from "../tools/chromium.ts";
import { findToolsWithoutImages } from "../tools/toolchain.ts";

const usage = "npm run dashboards -- [PROMETHEUS-URL] [--last 15m] [--out FOLDER]";

/** Points of a line: about as many as a panel has pixels for. */
const points = 300;

function read(args: string[]) {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        last: { type: "string", default: "15m" },
        out: { type: "string", default: join(projectRoot, "grafana/screenshots") },
      },
    });
    const seconds = duration(values.last);
    if (seconds === undefined) {
      throw new UserError(`--last is "${values.last}"; allowed: a whole number with s, m, h or d.`);
    }
    return { url: positionals[0], seconds, out: values.out };
  } catch (error) {
    throw error instanceof UserError ? error : new UserError(`${messageOf(error)} Usage: ${usage}`);
  }
}

async function findPrometheus(given: string | undefined): Promise<string | Post> {
  if (given !== undefined) {
    return given.replace(/\/$/, "");
  }
  const tools = await findToolsWithoutImages();
  const { prometheusUrl } = (await stackExists(tools)) ? await devOutputs(tools) : {};
  if (typeof prometheusUrl !== "string") {
    throw new UserError("There is no dev stack that runs. Bring it up with npm run up.");
  }
  return async (path, form) => ({
    status: 200,
    text: await askInside(devStack, tools.engine.host, { component: "prometheus", port: ports.prometheus, path, form }),
  });
}

/**
 * `npm run dashboards`: pictures of every board with what Prometheus has, where there is no Grafana, or for a report.
 * It reads the very JSON that Grafana gets.
 */
async function dashboards(args: string[]): Promise<number> {
  const { url, seconds, out } = read(args);
  const prometheus = new PrometheusClient(await findPrometheus(url));
  const chromium = await findChromium();
  const stepSeconds = Math.max(Math.round(seconds / points), scrapeIntervalSeconds);
  const to = Math.floor(Date.now() / 1000 / stepSeconds) * stepSeconds * 1000;
  const range = { from: to - seconds * 1000, to, stepSeconds };
  mkdirSync(out, { recursive: true });
  for (const [name, build] of Object.entries(boards)) {
    const filled = await fillBoard(build(), prometheus, range);
    const file = join(out, `${name}.png`);
    await screenshot(chromium, boardPage(filled, range), file);
    say("picture", relative(process.cwd(), file));
  }
  return 0;
}

export default dashboards;
