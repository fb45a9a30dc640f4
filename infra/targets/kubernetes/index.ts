import { Config } from "@pulumi/pulumi";
import { at } from "../../../lib/at.ts";
import { isConfigSecret } from "../../config/read.ts";
import { outputsInState } from "../own-state.ts";
import type { Target } from "../target.ts";
import { deployOnKubernetes } from "./deploy.ts";
import { type ClusterFacts, checkCluster } from "./preflight.ts";

async function uidInState(): Promise<unknown> {
  return at(await outputsInState("kubernetes:core/v1:Namespace"), "metadata", "uid");
}

export const target: Target<ClusterFacts> = {
  preflight({ config, engine, labels, project, stack }) {
    const settings = new Config("kubernetes");
    const provider = {
      kubeconfig: settings.get("kubeconfig"),
      isSecret: isConfigSecret("kubernetes:kubeconfig"),
      context: settings.get("context"),
    };
    return checkCluster(config, { provider, engine, labels, defaultNamespace: `${project}-${stack}`, uidInState });
  },
  deploy: deployOnKubernetes,
};
