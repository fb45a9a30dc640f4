/**
 * Stand-in for Pulumi's docker plugin 5.2.0 (`pulumi-resource-docker`), for machines where the official one cannot be
 * had. It reads and writes the same state.
 */
import { serveProvider } from "../lib/provider.ts";
import { terraformHandler } from "../lib/terraform-resource.ts";
import { checkConnection, connect } from "./connection.ts";
import { container } from "./container.ts";
import { image } from "./image.ts";
import { network } from "./network.ts";
import { remoteImage } from "./remote-image.ts";
import { volume } from "./volume.ts";

serveProvider({
  name: "docker",
  version: "5.2.0",
  checkConfig: checkConnection,
  configure: async (config, log) => {
    const { docker } = await connect(config);
    return {
      "docker:index/container:Container": terraformHandler(container(docker)),
      "docker:index/image:Image": image(docker, log),
      "docker:index/network:Network": terraformHandler(network(docker)),
      "docker:index/remoteImage:RemoteImage": terraformHandler(remoteImage(docker)),
      "docker:index/volume:Volume": terraformHandler(volume(docker)),
    };
  },
});
