/** The stack of the real tests: one of each resource type; the configuration changes what is asked for. */
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";

const config = new pulumi.Config();
const run = config.require("run");
const busybox = config.require("busybox");
const labels = [{ label: "plugins-test", value: run }];

const network = new docker.Network("net", { driver: "bridge", labels });
const volume = new docker.Volume("data", { labels });
const base = new docker.RemoteImage("base", { name: busybox, keepLocally: true });
const secret = new random.RandomPassword("secret", { length: 24, special: false });

const built = new docker.Image("built", {
  imageName: `plugins-test/${run}:dev`,
  skipPush: true,
  build: { context: "context", args: { BASE: busybox, TEXT: config.get("text") ?? "one" }, platform: "linux/amd64" },
});

/** Says in the volume that it was asked to end, a second after it was. */
const server = new docker.Container("server", {
  name: `plugins-test-${run}`,
  image: base.imageId,
  command: ["sh", "-c", "trap 'sleep 1; echo drained > /data/drained; exit 0' TERM; while :; do sleep 0.1; done"],
  envs: ["Z=last", pulumi.interpolate`SECRET=${secret.result}`, `MARK=${config.get("mark") ?? "first"}`],
  networksAdvanced: [{ name: network.name, aliases: ["server", "another"] }],
  volumes: [{ volumeName: volume.name, containerPath: "/data" }],
  uploads: [{ file: "/etc/plugins/test.conf", content: "uploaded\n", permissions: "0640" }],
  healthcheck: { tests: ["CMD-SHELL", "[ -f /etc/plugins/test.conf ]"], interval: "1s", timeout: "2s", retries: 3 },
  memory: Number(config.get("memory") ?? "32"),
  memorySwap: Number(config.get("memory") ?? "32"),
  cpus: "0.5",
  ulimits: [{ name: "nofile", soft: 1024, hard: 2048 }],
  tmpfs: { "/tmp": "size=1m" },
  user: "0:0",
  sysctls: { "net.core.somaxconn": "512" },
  capabilities: { drops: ["ALL"], adds: ["CAP_CHOWN"] },
  securityOpts: ["no-new-privileges:true"],
  logDriver: "json-file",
  logOpts: { "max-size": "1m" },
  init: true,
  stopSignal: "SIGTERM",
  stopTimeout: 5,
  destroyGraceSeconds: 5,
  restart: "no",
  mustRun: true,
  wait: true,
  waitTimeout: 20,
  labels,
});

const fromBuilt = new docker.Container("from-built", {
  image: built.repoDigest,
  command: ["sleep", "1000"],
  ports: [{ internal: 80, ip: "127.0.0.1" }],
  labels,
});

export const password = secret.result;
export const serverId = server.id;
export const builtId = fromBuilt.id;
export const networkId = network.id;
export const volumeName = volume.name;
export const digest = built.repoDigest;
