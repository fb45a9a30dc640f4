import { type Input, secret } from "@pulumi/pulumi";
import { contacts, relayRules } from "../../grafana/alerting.ts";
import { dashboards } from "../../grafana/dashboards/index.ts";
import { dashboardProvider, dataSource, noPlugins } from "../../grafana/provisioning.ts";
import { disabled } from "../../lib/images.ts";
import type { AlertContacts, Config } from "../config/config.ts";
import type { Call, Component, ConfigFile, Discovery, Secrets } from "./component.ts";
import { configFolder, grafanaFolder, grafanaPasswordFile, ports } from "./names.ts";
import { type ImageConfig, image } from "./reference.ts";

export const grafanaUser = "admin";

/** Grafana with provisioned, read-only dashboards; undefined where the config disables it. */
export function grafana(
  config: ImageConfig & Pick<Config, "alerts" | "grafanaPort" | "nofile">,
  discovery: Discovery,
  secrets: Secrets,
): Component | undefined {
  if (config.images.grafana === disabled) {
    return undefined;
  }

  const provisioning = `${configFolder}/provisioning`;
  const boards = `${configFolder}/dashboards`;
  const browsed = discovery.browsed?.(config.grafanaPort);
  return {
    name: "grafana",
    image: image(config, "grafana"),
    replicas: 1,
    env: {
      GF_PATHS_PROVISIONING: provisioning,
      GF_SERVER_HTTP_PORT: String(ports.grafana),
      ...(browsed === undefined ? {} : { GF_SERVER_ROOT_URL: browsed }),
      GF_SECURITY_ADMIN_USER: grafanaUser,
      GF_SECURITY_ADMIN_PASSWORD__FILE: grafanaPasswordFile,
      GF_AUTH_ANONYMOUS_ENABLED: "false",
      GF_USERS_ALLOW_SIGN_UP: "false",
      GF_ANALYTICS_REPORTING_ENABLED: "false",
      GF_ANALYTICS_CHECK_FOR_UPDATES: "false",
      GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES: "false",
      GF_PLUGINS_PREINSTALL_DISABLED: "true",
      GF_NEWS_NEWS_FEED_ENABLED: "false",
      // No requests leave the stack, neither Grafana's nor the browser's.
      GF_PLUGINS_PUBLIC_KEY_RETRIEVAL_DISABLED: "true",
      GF_SECURITY_DISABLE_GRAVATAR: "true",
      GF_SNAPSHOTS_EXTERNAL_ENABLED: "false",
      GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH: `${boards}/overview.json`,
      GF_LOG_CONSOLE_FORMAT: "json",
      ...mailServer(config.alerts?.email),
    },
    files: [
      { path: grafanaPasswordFile, content: secrets("grafanaPassword") },
      {
        path: `${provisioning}/datasources/prometheus.yaml`,
        content: dataSource(`http://${discovery.host("prometheus")}:${ports.prometheus}`),
      },
      { path: `${provisioning}/dashboards/stack.yaml`, content: dashboardProvider(boards) },
      // Grafana logs an error for a provisioning folder that does not exist.
      { path: `${provisioning}/plugins/none.yaml`, content: noPlugins },
      ...calls(config.alerts, provisioning),
      ...Object.entries(dashboards).map(([name, build]) => ({
        path: `${boards}/${name}.json`,
        content: JSON.stringify(build(), null, 2),
      })),
    ],
    data: [{ name: "data", path: grafanaFolder, sizeGb: 1 }],
    scratch: ["/tmp"],
    user: { uid: 472, gid: 0 },
    health: { kind: "http", port: ports.grafana, path: "/api/health" },
    calls: [{ to: "prometheus", port: ports.prometheus }, ...outside(config.alerts)],
    published: [{ port: ports.grafana, hostPort: config.grafanaPort, protocols: ["tcp"], audience: "operators" }],
    limits: { cpus: 1, memoryMb: 512, nofile: config.nofile },
    stop: { signal: "SIGTERM", graceSeconds: 10 },
    sysctls: {},
  };
}

/** The connections for notifications. */
function outside(operators: AlertContacts | undefined): Call[] {
  const { webhook, email } = operators ?? {};
  const ports: number[] = [];
  if (webhook !== undefined) {
    const { port, protocol } = new URL(webhook);
    ports.push(port === "" ? (protocol === "https:" ? 443 : 80) : Number(port));
  }
  if (email !== undefined) {
    ports.push(Number(email.smtp.split(":").at(-1)));
  }
  return [...new Set(ports)].map((port) => ({ to: "outside", port }));
}

const mailPasswordFile = `${configFolder}/mail-password`;

/** All values are from a secret of the config. */
function mailServer(email: AlertContacts["email"]): Record<string, Input<string>> {
  if (email === undefined) {
    return {};
  }
  const { from, smtp, user } = email;
  const account = user === undefined ? {} : { GF_SMTP_USER: secret(user), GF_SMTP_PASSWORD__FILE: mailPasswordFile };
  return { GF_SMTP_ENABLED: "true", GF_SMTP_HOST: secret(smtp), GF_SMTP_FROM_ADDRESS: secret(from), ...account };
}

/** Always written, because Grafana keeps what it provisioned before: without contacts the files remove the old ones. */
function calls(operators: AlertContacts | undefined, provisioning: string): ConfigFile[] {
  const password = operators?.email?.password;
  return [
    { path: `${provisioning}/alerting/contacts.yaml`, content: secret(contacts(operators)) },
    { path: `${provisioning}/alerting/rules.yaml`, content: relayRules(operators) },
    ...(password === undefined ? [] : [{ path: mailPasswordFile, content: secret(password) }]),
  ];
}
