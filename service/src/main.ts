import { hostname } from "node:os";
import { dirname } from "node:path";
import { createApp } from "./app.ts";
import { ConfigError, readConfig } from "./config.ts";
import { ContentError } from "./content.ts";
import { Drainer } from "./drain.ts";
import { createLog, errorFields, type Log } from "./log.ts";
import { createMetrics } from "./metrics/metrics.ts";
import { readPdfs } from "./pdfs.ts";
import { readPhotos } from "./photos.ts";
import { createHttpServer, listen, rejectedRequests } from "./server.ts";
import { loadSite } from "./site.ts";
import { connectRedis } from "./store/redis.ts";

/** How long requests in flight may take after the listening socket is closed, in seconds. */
const finishSeconds = 10;

/** The folder with assets/, and with content/ unless an argument names another: the parent of src/ and of dist/. */
const root = dirname(import.meta.dirname);

const write = (lines: string): void => {
  process.stdout.write(lines);
};

try {
  await start();
} catch (error) {
  const log = createLog({ level: "info", base: { replica: hostname() }, write });
  if (error instanceof ConfigError || error instanceof ContentError) {
    log.error(error.message);
  } else {
    log.error("the service can't start", errorFields(error));
  }
  process.exit(1);
}

async function start(): Promise<void> {
  const config = readConfig(process.env);
  const log = createLog({ level: config.logLevel, base: { replica: config.replica }, write });
  process.on("exit", () => log.flush());
  process.on("uncaughtException", (error) => {
    log.error("uncaught error: the service exits", errorFields(error));
    process.exit(1);
  });

  const site = loadSite(root, config.publicUrl, readPdfs(root), process.argv[2], readPhotos(root));
  const metrics = createMetrics(config);
  const redis = config.redis === undefined ? undefined : connectRedis(config.redis, metrics, log);
  const drain = new Drainer({ acceptSeconds: config.drainSeconds, finishSeconds }, metrics, log);
  const app = createApp({ config, site, store: redis, metrics, drain, log });
  const server = createHttpServer(app.callback(), config.replica, rejectedRequests(metrics, log));
  const port = await listen(server, config.port, config.listenAddress);

  const stop = async (signal: NodeJS.Signals): Promise<void> => {
    if (drain.draining) {
      log.error("received a second signal while draining: exits at once", { signal });
      process.exit(1);
    }
    log.info("received a signal to stop", { signal });
    const finished = await drain.stop(server);
    await redis?.close();
    log.info("stopped", { finished });
    process.exit(finished ? 0 : 1);
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);

  announce(log, port, config.version);
}

function announce(log: Log, port: number, version: string): void {
  const sinceStartMs = Math.round(performance.now());
  log.info("listening", { port, version, node: process.version, sinceStartMs });
  log.flush();
}
