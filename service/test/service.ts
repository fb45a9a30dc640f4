import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type IncomingHttpHeaders, request } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createApp } from "../src/app.ts";
import { type Config, readConfig } from "../src/config.ts";
import { createLog } from "../src/log.ts";
import { createMetrics, type Metrics } from "../src/metrics/metrics.ts";
import { createHttpServer, listen, rejectedRequests } from "../src/server.ts";
import { loadSite, type Site } from "../src/site.ts";
import type { ServiceStore } from "../src/store/store.ts";

export const SERVICE_ROOT = dirname(import.meta.dirname);
export const SESSION_KEY = "a key for tests, 0123456789abcdef";

const secrets = mkdtempSync(join(tmpdir(), "resume-secrets-"));
let secretFiles = 0;
process.once("exit", () => rmSync(secrets, { recursive: true }));

/** Writes a secret into a file of its own, as the service reads secrets; it goes with the process. */
export function secretFile(secret: string): string {
  const path = join(secrets, String(secretFiles++));
  writeFileSync(path, `${secret}\n`);
  return path;
}

export function testConfig(env: Readonly<Record<string, string>> = {}): Config {
  return readConfig({
    PORT: "0",
    VERSION: "test",
    REDIS_HOST: "redis",
    SESSION_KEY_FILE: secretFile(SESSION_KEY),
    ...env,
  });
}

export interface Service {
  readonly metrics: Metrics;
  readonly port: number;
  /** The lines that were logged, as objects. */
  logged(): readonly unknown[];
  ask(path: string, options?: Ask): Promise<Answer>;
  close(): Promise<void>;
}

export interface ServiceOptions {
  readonly config?: Config;
  readonly site?: Site;
  readonly redis?: ServiceStore;
  readonly metrics?: Metrics;
  readonly draining?: boolean;
}

/** The real application on a real port. */
export async function startService(options: ServiceOptions = {}): Promise<Service> {
  const config = options.config ?? testConfig();
  const metrics = options.metrics ?? createMetrics(config);
  let lines = "";
  const write = (text: string): void => {
    lines += text;
  };
  const log = createLog({ level: "debug", base: {}, write });
  const site = options.site ?? loadSite(SERVICE_ROOT);
  const drain = { draining: options.draining ?? false };
  const app = createApp({ config, site, store: options.redis, metrics, drain, log });
  const server = createHttpServer(app.callback(), config.replica, rejectedRequests(metrics, log));
  const port = await listen(server, 0, "127.0.0.1");
  return {
    metrics,
    port,
    logged: () => {
      log.flush();
      return lines
        .split("\n")
        .filter((line) => line !== "")
        .map((line): unknown => JSON.parse(line));
    },
    ask: (path, ask) => askPort(port, path, ask),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export interface Ask {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
  readonly text: string;
}

/** One request as it is given: nothing is decoded, followed or added. */
export function askPort(port: number, path: string, ask: Ask = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { method = "GET", headers = {}, body } = ask;
    const sent = request({ host: "127.0.0.1", port, path, method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const bytes = Buffer.concat(chunks);
        resolve({ status: response.statusCode ?? 0, headers: response.headers, bytes, text: bytes.toString("utf8") });
      });
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

/** The value of one sample of a metric, 0 when it was never counted. */
export async function sample(
  metrics: Metrics,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): Promise<number> {
  const metric = await metrics.registry.getSingleMetric(name)?.get();
  const found = metric?.values.find(({ labels: own }) =>
    Object.entries(labels).every(([label, value]) => own[label] === value),
  );
  return found?.value ?? 0;
}
