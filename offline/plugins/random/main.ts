/**
 * Stand-in for Pulumi's random plugin 4.21.2 (`pulumi-resource-random`), for machines where the official one cannot be
 * had. It reads and writes the same state.
 */
import { serveProvider } from "../lib/provider.ts";
import { randomPassword } from "./password.ts";

serveProvider({
  name: "random",
  version: "4.21.2",
  checkConfig: (config) =>
    Object.keys(config)
      .filter((key) => !key.startsWith("__") && key !== "version" && key !== "pluginDownloadURL")
      .map((property) => ({ property, reason: `unknown provider setting '${property}'` })),
  configure: async () => ({ "random:index/randomPassword:RandomPassword": randomPassword() }),
});
