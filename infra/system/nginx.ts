import { secret } from "@pulumi/pulumi";
import type { Config, Tls } from "../config.ts";
import type { Component, ConfigFile, Discovery, PublishedPort } from "./component.ts";
import { configFolder, ports } from "./ports.ts";
import { image } from "./reference.ts";
import { renderTemplate } from "./template.ts";

/** The original's worker_connections was 8192; a crowd of 10,000 on few workers needs more, and never more than nofile allows. */
export const workerConnections = (nofile: number) => Math.min(16_384, nofile - 512);

/** Processors that it may use, and as many workers: a node may have many more than are meant for it. */
const cpus = 2;

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
          workers: cpus,
          nofile: config.nofile,
          workerConnections: workerConnections(config.nofile),
          listen: renderListen(config),
          tls: config.tls === undefined ? renderPlain(config) : renderTls(config),
          scheme: config.kubernetes.ingressHost === undefined ? "$scheme" : "$http_x_forwarded_proto",
          statusPort: ports.nginxStatus,
          resolver: discovery.resolver,
          upstream: `${discovery.host("resume")}:${ports.resume}`,
        }),
      },
      ...(config.tls === undefined ? [] : keyPair(config.tls)),
    ],
    data: [],
    scratch: ["/tmp"],
    user: { uid: 101, gid: 101 },
    health: { kind: "http", port: ports.nginxStatus, path: "/healthz" },
    calls: [{ to: "resume", port: ports.resume }],
    published: publishedPorts(config),
    limits: { cpus, memoryMb: 512, nofile: config.nofile, processes: 256 },
    stop: { signal: "SIGQUIT", graceSeconds: 10 },
    sysctls: { "net.core.somaxconn": "65535", "net.ipv4.ip_local_port_range": "10000 65535" },
  };
}

const certificateFile = `${configFolder}/tls.crt`;
const keyFile = `${configFolder}/tls.key`;

const keyPair = ({ certificate, key }: Tls): ConfigFile[] => [
  { path: certificateFile, content: certificate },
  { path: keyFile, content: secret(key) },
];

/** With TLS the site is there, by HTTP/1.1, 2 and 3; plain HTTP then only says where. */
const publishedPorts = (config: Config): PublishedPort[] => [
  { port: ports.nginx, hostPort: config.port, protocols: ["tcp"] },
  ...(config.tls === undefined
    ? []
    : [{ port: ports.nginxTls, hostPort: config.tlsPort, protocols: ["tcp", "udp"] } satisfies PublishedPort]),
];

const renderListen = ({ tls }: Config) =>
  tls === undefined
    ? `listen ${ports.nginx} backlog=65535;`
    : `listen ${ports.nginxTls} ssl backlog=65535;\n        listen ${ports.nginxTls} quic reuseport;`;

/** Behind an Ingress only that one is met; it says who the client is, and is believed, since nothing else gets here from outside. */
const renderPlain = ({ kubernetes }: Config) =>
  kubernetes.ingressHost === undefined
    ? "# Without resume:tls there is plain HTTP only."
    : "set_real_ip_from 0.0.0.0/0;\n    set_real_ip_from ::/0;\n    real_ip_header X-Forwarded-For;";

const renderTls = ({ tlsPort }: Config) =>
  renderTemplate("nginx/tls.conf.template", {
    certificateFile,
    keyFile,
    port: ports.nginx,
    publishedPort: tlsPort,
  });
