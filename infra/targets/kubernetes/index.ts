import { Config } from "@pulumi/pulumi";
import { isConfigSecret } from "../../config/read.ts";
import type { Target } from "../target.ts";
import { deployOnKubernetes } from "./deploy.ts";
import { type ClusterFacts, checkCluster } from "./preflight.ts";

export const target: Target<ClusterFacts> = {
  preflight({ config, engine, labels, project, stack }) {
    const settings = new Config("kubernetes");
    const provider = {
      kubeconfig: settings.get("kubeconfig"),
      isSecret: isConfigSecret("kubernetes:kubeconfig"),
      context: settings.get("context"),
    };
    return checkCluster(config, { provider, engine, labels, defaultNamespace: `${project}-${stack}` });
  },
  deploy: deployOnKubernetes,
};
