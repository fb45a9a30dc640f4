/** Things that must fail; the configuration says which. */
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";

const config = new pulumi.Config();
const run = config.require("run");
const busybox = config.require("busybox");
const trouble = config.require("trouble");
const labels = [{ label: "plugins-test", value: run }];

const volume = new docker.Volume("data", { labels });

if (trouble === "bad-input") {
  const ports = [{ internal: 80, mistake: true }];
  const mounts = [{ target: "/x", source: "/y", type: "bind" }];
  new docker.Container("bad", { image: busybox, labels, ports, mounts }, { dependsOn: volume });
}
if (trouble === "unhealthy") {
  new docker.Container("sick", {
    image: busybox,
    labels,
    command: ["sleep", "1000"],
    healthcheck: { tests: ["CMD-SHELL", "echo the check says no; exit 3"], interval: "1s", retries: 1 },
    wait: true,
    waitTimeout: 10,
  });
}
if (trouble === "exits") {
  new docker.Container("short", { image: busybox, labels, command: ["sh", "-c", "exit 7"] });
}
if (trouble === "bad-build") {
  new docker.Image("bad", {
    imageName: `plugins-test/${run}:bad`,
    skipPush: true,
    build: {
      context: "context",
      dockerfile: "context/Failing.Dockerfile",
      args: { BASE: busybox, TOKEN: "a-very-secret-token" },
    },
  });
}
