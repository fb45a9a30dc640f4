import type { Config } from "../config.ts";
import type { Component, Discovery } from "./component.ts";
import { configFolder, ports } from "./ports.ts";
import { image } from "./reference.ts";
import { renderTemplate } from "./template.ts";

/** The original's worker_connections was 8192; a crowd of 10,000 on few workers needs more, and never more than nofile allows. */
const workerConnections = (nofile: number) => Math.min(16_384, nofile - 512);

/** The edge: the one component that takes visitors' connections, and balances them over the replicas. */
export function nginx(config: Config, discovery: Discovery): Component {
  const configFile = `${configFolder}/nginx.conf`;
  return {
    name: "nginx",
    image: image(config, "nginx"),
    replicas: 1,
    command: ["nginx", "-c", configFile, "-g", "daemon off;"],
    env: {},
    files: [
      {
        path: configFile,
        content: renderTemplate("nginx/nginx.conf.template", {
          nofile: config.nofile,
          workerConnections: workerConnections(config.nofile),
          port: ports.nginx,
          statusPort: ports.nginxStatus,
          resolver: discovery.resolver,
          upstream: `${discovery.host("resume")}:${ports.resume}`,
        }),
      },
    ],
    data: [],
    scratch: ["/tmp"],
    user: { uid: 101, gid: 101 },
    health: { kind: "http", port: ports.nginxStatus, path: "/healthz" },
    publish: { port: ports.nginx, hostPort: config.port },
    limits: { cpus: 2, memoryMb: 512, nofile: config.nofile, processes: 256 },
    stop: { signal: "SIGQUIT", graceSeconds: 10 },
    sysctls: { "net.core.somaxconn": "65535", "net.ipv4.ip_local_port_range": "10000 65535" },
  };
}
