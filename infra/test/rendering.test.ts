import assert from "node:assert/strict";
import { test } from "node:test";
import { parse } from "yaml";
import { overview } from "../../grafana/dashboards/overview.ts";
import { dashboardProvider, dataSource, dataSourceUid } from "../../grafana/provisioning.ts";
import { parseConfig } from "../config.ts";
import type { Component, ConfigFile, Discovery } from "../system/component.ts";
import { describeSystem } from "../system/system.ts";
import { renderTemplate } from "../system/template.ts";

/** A network other than Docker's, to show that nothing of Docker is written into the description. */
const discovery: Discovery = { resolver: "10.96.0.10", host: (component) => `${component}.resume.svc` };

const describe = (texts: Record<string, string> = {}) =>
  describeSystem(parseConfig(texts), discovery, { redisPassword: "r", sessionKey: "s", grafanaPassword: "g" });

const component = (components: Component[], name: string): Component => {
  const found = components.find((candidate) => candidate.name === name);
  assert.ok(found, name);
  return found;
};

const text = (file: ConfigFile | undefined): string => {
  assert.ok(typeof file?.content === "string");
  return file.content;
};

test("nginx.conf names the service where the target finds it, and looks it up again every second", () => {
  const conf = text(component(describe(), "nginx").files[0]);
  assert.match(conf, /resolver 10\.96\.0\.10 valid=1s/);
  assert.match(conf, /server resume\.resume\.svc:3000 resolve/);
  assert.match(conf, /least_conn;/);
  assert.doesNotMatch(conf, /\{\{|\}\}/);
});

test("nginx' limits follow nofile, and stay below it", () => {
  const connections = (nofile: string) =>
    Number(/worker_connections (\d+);/.exec(text(component(describe({ nofile }), "nginx").files[0]))?.[1]);
  assert.equal(connections("65535"), 16_384);
  assert.equal(connections("10000"), 9_488);
  assert.match(text(component(describe({ nofile: "10000" }), "nginx").files[0]), /worker_rlimit_nofile 10000;/);
});

test("a template that lacks a value or does not use one is an error", () => {
  assert.throws(() => renderTemplate("nginx/nginx.conf.template", {}), /nothing is given for \{\{nofile\}\}/);
  assert.throws(() => renderTemplate("LICENSE", { port: 1 }), /does not use port/);
});

test("Prometheus finds every component that has metrics by DNS", () => {
  const config = parse(text(component(describe(), "prometheus").files[0]));
  const jobs = config.scrape_configs.map(
    (job: { job_name: string; dns_sd_configs: { names: string[]; port: number }[] }) => [
      job.job_name,
      job.dns_sd_configs[0]?.names[0],
      job.dns_sd_configs[0]?.port,
    ],
  );
  assert.deepEqual(jobs, [
    ["resume", "resume.resume.svc", 3000],
    ["nginx", "nginx-exporter.resume.svc", 9113],
    ["redis", "redis-exporter.resume.svc", 9121],
    ["prometheus", "prometheus.resume.svc", 9090],
  ]);
});

test("Grafana is provisioned with its data source and the dashboards' folder", () => {
  const [source] = parse(dataSource(discovery)).datasources;
  assert.equal(source.uid, dataSourceUid);
  assert.equal(source.url, "http://prometheus.resume.svc:9090");
  const [provider] = parse(dashboardProvider("/somewhere")).providers;
  assert.equal(provider.options.path, "/somewhere");
});

test("every panel of the dashboard asks the provisioned data source", () => {
  const queries = (overview().panels ?? []).flatMap((panel) => ("targets" in panel ? (panel.targets ?? []) : []));
  assert.ok(queries.length > 10);
  for (const query of queries) {
    assert.ok("datasource" in query);
    assert.deepEqual(query.datasource, { type: "prometheus", uid: dataSourceUid });
  }
});

test("nobody reaches Grafana without a password, and it is in no plain environment", () => {
  const { env, files } = component(describe(), "grafana");
  assert.equal(env.GF_AUTH_ANONYMOUS_ENABLED, "false");
  assert.equal(env.GF_SECURITY_ADMIN_PASSWORD, undefined);
  assert.ok(files.some(({ path, content }) => path === env.GF_SECURITY_ADMIN_PASSWORD__FILE && content === "g"));
});

test("no component runs as root or with a port that only root may open", () => {
  for (const { name, user, publish } of describe()) {
    assert.ok(user.uid > 0, name);
    assert.ok(publish === undefined || publish.port > 1024, name);
  }
});
