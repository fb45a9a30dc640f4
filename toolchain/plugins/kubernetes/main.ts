/**
 * Stand-in for Pulumi's kubernetes plugin 4.34.2 (`pulumi-resource-kubernetes`), for machines where the official one
 * cannot be had. It reads and writes the same state.
 */
import { serveProvider } from "../lib/provider.ts";
import { connect } from "./cluster.ts";
import { checkSettings, diffSettings } from "./configure.ts";
import { objectHandler } from "./plugin.ts";

const cancellation = new AbortController();

serveProvider({
  name: "kubernetes",
  version: "4.34.2",
  acceptSecrets: true,
  checkConfig: checkSettings,
  diffConfig: diffSettings,
  configure: async (config, log) => {
    const cluster = await connect(config, log, cancellation.signal);
    return (type) => objectHandler(cluster, type);
  },
  cancel: () => cancellation.abort(),
});
