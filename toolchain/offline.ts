/** Everything that toolchain/ uses of offline/: it is made on this machine when its official source is out of reach. */
export { sharedImage } from "../offline/images/make.ts";
export { outdatedImages } from "../offline/images/outdated.ts";
export { serveMadeImages } from "../offline/images/serve.ts";
export { makeKubernetesPlugin, pluginRelease } from "../offline/kubernetes-plugin.ts";
export { dnsTtlSeconds } from "../offline/node/addons.ts";
export { removeNode, stopNode } from "../offline/node/down.ts";
export { nodePresence } from "../offline/node/presence.ts";
export { prepareNode, startNode } from "../offline/node/up.ts";
export { buildPulumiCli, cliVersion } from "../offline/pulumi-cli.ts";
export { registryLogin } from "../offline/registry/login.ts";
export {
  firstRegistryPort,
  registryAddress,
  registryPid,
  startRegistry,
  stopRegistry,
} from "../offline/registry/registry.ts";
export { standIn } from "../offline/stand-ins.ts";
