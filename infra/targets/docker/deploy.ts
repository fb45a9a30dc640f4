import { getProject, getStack } from "@pulumi/pulumi";
import { usedPorts } from "../../config/ports.ts";
import { generatedSecrets } from "../../generated-secrets.ts";
import { stackLabels } from "../../labels.ts";
import { type Outputs, stackOutputs } from "../../outputs.ts";
import { describeSystem } from "../../system/system.ts";
import { clampCpus } from "./cpus.ts";
import { dockerDiscovery, publishedUrl } from "./discovery.ts";
import type { MachineFacts } from "./preflight.ts";
import { DockerStack } from "./stack.ts";

/** Creates every resource of the stack on a Docker engine that passed the preflight. */
export function deployOnDocker({ config, engine, cpus, platform }: MachineFacts): Outputs {
  const [project, stack] = [getProject(), getStack()];
  const secrets = generatedSecrets(config.rotated);
  const url = (port: number, scheme: "http" | "https") => publishedUrl(config.bindAddress, engine, port, scheme);
  const operatorUrl = (port: number) => publishedUrl(config.operatorBindAddress, engine, port, "http");
  const discovery = { ...dockerDiscovery, browsed: operatorUrl };

  new DockerStack("resume", {
    components: clampCpus(cpus, describeSystem(config, discovery, secrets)),
    bindAddresses: { visitors: config.bindAddress, operators: config.operatorBindAddress },
    prefix: `${project}-${stack}`,
    labels: stackLabels(project, stack),
    platform,
  });

  return stackOutputs(config, secrets, {
    url: config.tls === undefined ? url(config.port, "http") : url(config.tlsPort, "https"),
    hostPorts: Object.fromEntries(usedPorts(config).map(({ name }) => [name, config[name]])),
    prometheusUrl: operatorUrl(config.prometheusPort),
    grafanaUrl: operatorUrl(config.grafanaPort),
  });
}
