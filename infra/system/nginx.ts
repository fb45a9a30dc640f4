import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { secret } from "@pulumi/pulumi";
import { answerWithinSeconds } from "../../service/src/metrics/catalogue.ts";
import { html } from "../../service/src/page/html.ts";
import type { SiteLocale } from "../../service/src/words/site-locales.ts";
import type { Config, Tls } from "../config/config.ts";
import type { Component, ConfigFile, Discovery, PublishedPort } from "./component.ts";
import { configFolder, ports } from "./names.ts";
import { image } from "./reference.ts";
import { configValue } from "./secrets.ts";
import { encodings, siteLanguages, sitePaths, uncachedPaths } from "./site-paths.ts";
import { renderTemplate } from "./template.ts";

/** The original's worker_connections was 8192; a crowd of 10,000 on few workers needs more, and never more than nofile allows. */
export function workerConnections(nofile: number) {
  return Math.min(16_384, nofile - 512);
}

/** CPU limit and number of workers; `auto` would count all CPUs of the node. */
const cpus = 2;

/** The edge: accepts visitors' connections and balances their requests over the replicas. */
export function nginx(config: Config, discovery: Discovery): Component {
  const configFile = `${configFolder}/nginx.conf`;
  const languages = siteLanguages(config.content);
  const errorPages = languages.map(renderErrorPage);
  const paths = sitePaths(config.publicUrl, languages);
  const uncached = uncachedPaths(languages);
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
          answerWithinMs: answerWithinSeconds * 1000,
          nofile: config.nofile,
          workerConnections: workerConnections(config.nofile),
          listen: renderListen(config),
          tls: config.tls === undefined ? "# Without resume:tls there is plain HTTP only." : renderTls(config),
          ...renderProxies(config),
          knownPaths: mapRows(
            paths.filter((path) => !uncached.includes(path)),
            '""',
          ),
          uncachedPaths: mapRows(uncached, "public_only"),
          knownFiles: mapRows(paths, '""'),
          privateNetworks: mapRows(privateNetworks, "1"),
          pageConnectMs,
          pageAnswerMs,
          readStaleCopies: renderTemplate("nginx/stale.conf.template", { noStore: 1 }).trim(),
          storeStaleCopies: renderTemplate("nginx/stale.conf.template", { noStore: 0 }).trim(),
          mirrors: renderMirrors(paths),
          errorPageStyleHash: styleHash(),
          errorPages: byLanguage(languages, ({ prefix }) => errorPageFile(prefix)),
          tooManyRequests: byLanguage(languages, ({ locale }) => nginxText(`${locale.words.tooManyRequests}\n`)),
          refused: byLanguage(languages, ({ locale }) => nginxText(`${locale.words.refused}\n`)),
          configFolder,
          statusPort: ports.nginxStatus,
          resolver: discovery.resolver,
          upstream: `${discovery.host("resume")}:${ports.resume}`,
        }),
      },
      ...errorPages,
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
 * Timeouts of a replica when the cache is refreshed, in milliseconds. Their sum is the longest that a client with a kept
 * HTTP/1.1 connection waits for a cached page.
 */
const pageConnectMs = 100;
const pageAnswerMs = 300;

/** Networks that are not on the internet (RFC 1918, 6598, 3927, 4193, 4291): loopback, private, clusters'. */
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
function mapRows(keys: readonly string[], value: string) {
  return keys.map((key) => `${key} ${value};`).join("\n        ");
}

const certificateFile = `${configFolder}/tls.crt`;
const keyFile = `${configFolder}/tls.key`;

function renderConfig(config: Pick<Config, "secretKeys">, values: Readonly<Record<string, string | number>>) {
  return configValue(config, "trustedProxies", renderTemplate("nginx/nginx.conf.template", values));
}

function keyPair(config: Pick<Config, "secretKeys">, { certificate, key }: Tls): ConfigFile[] {
  return [
    { path: certificateFile, content: configValue(config, "tls", certificate) },
    { path: keyFile, content: secret(key) },
  ];
}

/** With TLS the site is on its port, by HTTP/1.1, 2 and 3; plain HTTP only redirects. */
function publishedPorts(config: Pick<Config, "port" | "tls" | "tlsPort">): PublishedPort[] {
  return [
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
}

/** An HTTP/2 or 3 connection carries many requests at once, so it closes after fewer: else one client could keep it busy for ever. */
function renderListen({ tls }: Pick<Config, "tls">) {
  return tls === undefined
    ? `listen ${ports.nginx} backlog=65535;`
    : [
        `listen ${ports.nginxTls} ssl backlog=65535;`,
        `listen ${ports.nginxTls} quic reuseport;`,
        "keepalive_requests 1000;",
      ].join("\n        ");
}

/** Behind an Ingress all sources are trusted: only the Ingress reaches nginx from outside. */
function trustedProxies({
  ingressHost,
  trustedProxies,
}: Pick<Config, "ingressHost" | "trustedProxies">): readonly string[] {
  return ingressHost === undefined ? trustedProxies : ["0.0.0.0/0", "::/0"];
}

/**
 * Sets the proxies whose headers are trusted. The visitor's address is the last one that is not a trusted proxy's; behind
 * an Ingress, where all are trusted, the last one.
 */
function renderProxies(config: Pick<Config, "ingressHost" | "trustedProxies">) {
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

/** Requests every page in every encoding. */
function renderMirrors(paths: readonly string[]) {
  return paths
    .flatMap((path) => encodings.map((encoding) => `mirror /stale/${encoding}${path};`))
    .join("\n            ");
}

/** Rows of a map from the path that was asked for to what is the same in all of a language. */
function byLanguage(languages: readonly SiteLocale[], value: (language: SiteLocale) => string) {
  return languages
    .map((language) => `${language.prefix === "" ? "default" : `~*^${language.prefix}(/|$)`} ${value(language)};`)
    .join("\n        ");
}

/** A text in double quotes. The variable holds a dollar sign, which can't be escaped. */
function nginxText(text: string) {
  const escaped = text
    .replace(/["\\]/g, "\\$&")
    .replaceAll("\n", "\\n")
    .replaceAll("$", (sign) => `${sign}{dollar}`);
  return `"${escaped}"`;
}

/** The file of a language's page, which nginx sends when no replica answers. */
function errorPageFile(prefix: string) {
  return `502${prefix.replace("/", ".")}.html`;
}

function renderErrorPage({ prefix, locale }: SiteLocale): ConfigFile {
  const { backSoon, cannotAnswer, mayNotHaveArrived, toResume } = locale.words;
  const texts = { backSoon, cannotAnswer, mayNotHaveArrived, toResume, language: locale.language };
  return {
    path: `${configFolder}/${errorPageFile(prefix)}`,
    content: renderTemplate("nginx/502.html.template", {
      ...Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, html`${text}`.text])),
      direction: locale.direction,
      home: `${prefix}/`,
    }),
  };
}

/** The hash of the error pages' style element for their Content-Security-Policy. */
function styleHash(): string {
  const style = /<style>(.*?)<\/style>/s.exec(readFileSync("nginx/502.html.template", "utf8"))?.[1];
  if (style === undefined) {
    throw new Error("nginx/502.html.template has no style element");
  }
  return `sha256-${createHash("sha256").update(style).digest("base64")}`;
}

function renderTls({ tlsPort }: Pick<Config, "tlsPort">) {
  return renderTemplate("nginx/tls.conf.template", {
    certificateFile,
    keyFile,
    port: ports.nginx,
    publishedPort: tlsPort,
  });
}
