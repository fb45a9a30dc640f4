import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { secret } from "@pulumi/pulumi";
import { ANSWER_WITHIN_SECONDS } from "../../service/src/metrics/catalogue.ts";
import type { Config, Tls } from "../config/config.ts";
import type { Component, ConfigFile, Discovery, PublishedPort } from "./component.ts";
import { configFolder, ports } from "./names.ts";
import { image } from "./reference.ts";
import { configValue } from "./secrets.ts";
import { encodings, sitePaths, uncachedPaths } from "./site-paths.ts";
import { renderTemplate } from "./template.ts";

/** The original's worker_connections was 8192; a crowd of 10,000 on few workers needs more, and never more than nofile allows. */
export const workerConnections = (nofile: number) => Math.min(16_384, nofile - 512);

/** Processors that it may use, and as many workers: a node may have many more than are meant for it. */
const cpus = 2;

/** The edge: the one component that takes visitors' connections, and balances them over the replicas. */
export function nginx(config: Config, discovery: Discovery): Component {
  const configFile = `${configFolder}/nginx.conf`;
  const errorPage = readFileSync("nginx/502.html", "utf8");
  return {
    name: "nginx",
    image: image(config, "nginx"),
    replicas: 1,
    command: ["nginx", "-c", configFile, "-g", "daemon off;"],
    env: {},
    files: [
      {
        path: configFile,
        content: renderConfig(config, {
          workers: cpus,
          answerWithinMs: ANSWER_WITHIN_SECONDS * 1000,
          nofile: config.nofile,
          workerConnections: workerConnections(config.nofile),
          listen: renderListen(config),
          tls: config.tls === undefined ? "# Without resume:tls there is plain HTTP only." : renderTls(config),
          ...renderProxies(config),
          knownPaths: mapRows(
            sitePaths(config.publicUrl).filter((path) => !uncachedPaths.includes(path)),
            '""',
          ),
          uncachedPaths: mapRows(uncachedPaths, "public_only"),
          knownFiles: mapRows(sitePaths(config.publicUrl), '""'),
          privateNetworks: mapRows(privateNetworks, "1"),
          pageConnectMs,
          pageAnswerMs,
          staleCopies: renderTemplate("nginx/stale.conf.template", {}).trim(),
          mirrors: renderMirrors(config),
          errorPageStyleHash: styleHash(errorPage),
          configFolder,
          statusPort: ports.nginxStatus,
          resolver: discovery.resolver,
          upstream: `${discovery.host("resume")}:${ports.resume}`,
        }),
      },
      { path: `${configFolder}/502.html`, content: errorPage },
      ...(config.tls === undefined ? [] : keyPair(config, config.tls)),
    ],
    data: [],
    scratch: ["/tmp"],
    user: { uid: 101, gid: 101 },
    health: { kind: "http", port: ports.nginxStatus, path: "/healthz" },
    calls: [{ to: "resume", port: ports.resume }],
    published: publishedPorts(config),
    limits: { cpus, memoryMb: 512, nofile: config.nofile },
    stop: { signal: "SIGQUIT", graceSeconds: 10 },
    sysctls: { "net.core.somaxconn": "65535", "net.ipv4.ip_local_port_range": "10000 65535" },
  };
}

/**
 * How long a replica may take to accept a connection and to answer where the cache is refreshed, in milliseconds. The sum
 * is what a client with a kept connection of HTTP/1.1 may have to wait for a page that nginx has.
 */
const pageConnectMs = 100;
const pageAnswerMs = 300;

/** The networks that are nobody's on the internet (RFC 1918, 6598, 3927, 4193, 4291): loopback, private, of clusters. */
const privateNetworks = [
  "127.0.0.0/8",
  "10.0.0.0/8",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "100.64.0.0/10",
  "169.254.0.0/16",
  "::1/128",
  "fc00::/7",
  "fe80::/10",
];

/** Rows of an nginx map or geo block. */
const mapRows = (keys: readonly string[], value: string) => keys.map((key) => `${key} ${value};`).join("\n        ");

const certificateFile = `${configFolder}/tls.crt`;
const keyFile = `${configFolder}/tls.key`;

const renderConfig = (config: Config, values: Readonly<Record<string, string | number>>) =>
  configValue(config, "trustedProxies", renderTemplate("nginx/nginx.conf.template", values));

const keyPair = (config: Config, { certificate, key }: Tls): ConfigFile[] => [
  { path: certificateFile, content: configValue(config, "tls", certificate) },
  { path: keyFile, content: secret(key) },
];

/** With TLS the site is there, by HTTP/1.1, 2 and 3; plain HTTP then only says where. */
const publishedPorts = (config: Config): PublishedPort[] => [
  { port: ports.nginx, hostPort: config.port, protocols: ["tcp"], audience: "visitors" },
  ...(config.tls === undefined
    ? []
    : [
        {
          port: ports.nginxTls,
          hostPort: config.tlsPort,
          protocols: ["tcp", "udp"],
          audience: "visitors",
        } satisfies PublishedPort,
      ]),
];

/** A connection of HTTP/2 or 3 carries many requests at once: it ends after fewer, or one client could hold it busy for ever. */
const renderListen = ({ tls }: Config) =>
  tls === undefined
    ? `listen ${ports.nginx} backlog=65535;`
    : [
        `listen ${ports.nginxTls} ssl backlog=65535;`,
        `listen ${ports.nginxTls} quic reuseport;`,
        "keepalive_requests 1000;",
      ].join("\n        ");

/** Behind an Ingress only that one is met, since nothing else gets here from outside. */
const trustedProxies = ({ ingressHost, trustedProxies }: Config): readonly string[] =>
  ingressHost === undefined ? trustedProxies : ["0.0.0.0/0", "::/0"];

/**
 * Who is believed what it says of the visitor. Of several addresses the visitor's is the last that is not of a trusted
 * proxy; behind an Ingress, where all are trusted, the last one.
 */
function renderProxies(config: Config) {
  const proxies = trustedProxies(config);
  const recursive = config.ingressHost === undefined ? "on" : "off";
  const from = proxies.map((proxy) => `set_real_ip_from ${proxy};`);
  return {
    realIp:
      proxies.length === 0
        ? "# There is none."
        : [...from, "real_ip_header X-Forwarded-For;", `real_ip_recursive ${recursive};`].join("\n    "),
    proxies: proxies.map((proxy) => `${proxy} yes;`).join("\n        "),
  };
}

/** Asks for every page in every encoding. */
const renderMirrors = ({ publicUrl }: Config) =>
  sitePaths(publicUrl)
    .flatMap((path) => encodings.map((encoding) => `mirror /stale/${encoding}${path};`))
    .join("\n            ");

/** What a Content-Security-Policy allows a page's one style element by. */
function styleHash(page: string): string {
  const style = /<style>(.*?)<\/style>/s.exec(page)?.[1];
  if (style === undefined) throw new Error("nginx/502.html has no style element");
  return `sha256-${createHash("sha256").update(style).digest("base64")}`;
}

const renderTls = ({ tlsPort }: Config) =>
  renderTemplate("nginx/tls.conf.template", {
    certificateFile,
    keyFile,
    port: ports.nginx,
    publishedPort: tlsPort,
  });
