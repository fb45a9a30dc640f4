import { registerHooks } from "node:module";

/** What is not there when nothing is measured, and what is there in its place. */
const withoutMetrics: readonly [string, string][] = [
  ["prom-client", "no-metrics.ts"],
  ["/middleware/measure.ts", "no-measure.ts"],
];

/**
 * The service as it is, as a child process; with the argument `off` it runs without prom-client and measures nothing. Its
 * parent reads the port from its log, and gets its CPU time in seconds for every message that it sends.
 */
if (process.argv[2] === "off") {
  registerHooks({
    resolve: (specifier, context, next) => {
      const [, other] = withoutMetrics.find(([end]) => specifier.endsWith(end)) ?? [];
      return other === undefined
        ? next(specifier, context)
        : { url: new URL(other, import.meta.url).href, shortCircuit: true };
    },
  });
}

process.on("message", () => {
  const { user, system } = process.cpuUsage();
  process.send?.((user + system) / 1e6);
});

await import("../../service/src/main.ts");
