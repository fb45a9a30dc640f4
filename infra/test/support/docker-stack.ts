import { parseConfig } from "../../config/parse.ts";
import { deployOnDocker } from "../../targets/docker/deploy.ts";
import { underMocks } from "./mocks.ts";

/** Values that the official plugins compute. */
function computed(type: string, name: string): Record<string, string> {
  if (type.includes("RandomPassword")) {
    return { result: `secret of ${name}` };
  }
  if (type.includes("RemoteImage")) {
    return { imageId: `sha256:${name}` };
  }
  if (type.includes(":Image")) {
    return { repoDigest: `sha256:${name}` };
  }
  return { name };
}

/** Deploys a stack on Docker under Pulumi's mocks. @param secretKeys the keys that were set with `--secret` */
export async function runDockerStack(texts: Record<string, string>, secretKeys: readonly string[] = []) {
  const { result, resources } = await underMocks(
    async () =>
      deployOnDocker({
        config: parseConfig(texts, new Set(secretKeys)),
        engine: { host: "unix:///var/run/docker.sock" },
        cpus: 2,
        platform: "linux/amd64",
      }),
    computed,
  );
  return { outputs: result, resources };
}
