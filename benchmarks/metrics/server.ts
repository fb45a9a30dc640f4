import { registerHooks } from "node:module";

/**
 * The service as it is, as a child process; with the argument `off` it runs without prom-client. Its parent reads the
 * port from its log, and gets its CPU time in seconds for every message that it sends.
 */
if (process.argv[2] === "off") {
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === "prom-client"
        ? { url: new URL("no-metrics.ts", import.meta.url).href, shortCircuit: true }
        : next(specifier, context),
  });
}

process.on("message", () => {
  const { user, system } = process.cpuUsage();
  process.send?.((user + system) / 1e6);
});

await import("../../service/src/main.ts");
