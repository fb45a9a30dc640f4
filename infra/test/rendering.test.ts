import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { type Input, isSecret, output } from "@pulumi/pulumi";
import { parse } from "yaml";
import { dashboards } from "../../grafana/dashboards/index.ts";
import { dashboardProvider, dataSourceUid } from "../../grafana/provisioning.ts";
import { selfSigned } from "../../lib/certificate.ts";
import { alertNames } from "../../prometheus/names.ts";
import { en } from "../../service/src/words/en.ts";
import { parseConfig } from "../config/parse.ts";
import type { Component, ConfigFile, Discovery } from "../system/component.ts";
import { usualContent } from "../system/content.ts";
import { nginx } from "../system/nginx.ts";
import { siteLanguages, sitePaths } from "../system/site-paths.ts";
import { renderTemplate } from "../system/template.ts";
import { describeStack as describeIn } from "./support/description.ts";

/** A network other than Docker's, to show that nothing of Docker is written into the description. */
const discovery: Discovery = { resolver: "10.96.0.10", host: (component) => `${component}.resume.svc` };

const describeStack = (texts: Record<string, string> = {}, network = discovery) => describeIn(texts, network);

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
  const conf = text(component(describeStack(), "nginx").files[0]);
  assert.match(conf, /resolver 10\.96\.0\.10 valid=1s/);
  assert.match(conf, /server resume\.resume\.svc:3000 resolve/);
  assert.match(conf, /least_conn;/);
  assert.doesNotMatch(conf, /\{\{|\}\}/);
});

test("nginx' limits follow nofile, and stay below it", () => {
  const connections = (nofile: string) =>
    Number(/worker_connections (\d+);/.exec(text(component(describeStack({ nofile }), "nginx").files[0]))?.[1]);
  assert.equal(connections("65535"), 16_384);
  assert.equal(connections("10000"), 9_488);
  assert.match(text(component(describeStack({ nofile: "10000" }), "nginx").files[0]), /worker_rlimit_nofile 10000;/);
});

const nginxConf = (texts: Record<string, string> = {}) => text(component(describeStack(texts), "nginx").files[0]);

test("nginx believes what is said of the visitor only where the config names a proxy", () => {
  assert.doesNotMatch(nginxConf(), /set_real_ip_from|real_ip_header| yes;/);
  const conf = nginxConf({ trustedProxies: "192.0.2.0/24, 2001:db8::/32" });
  assert.match(conf, /set_real_ip_from 192\.0\.2\.0\/24;\n +set_real_ip_from 2001:db8::\/32;/);
  assert.match(conf, /real_ip_header X-Forwarded-For;\n +real_ip_recursive on;/);
  assert.match(conf, /default no;\n +192\.0\.2\.0\/24 yes;\n +2001:db8::\/32 yes;/);
});

test("nginx keeps a stale copy of everything that the site has, in each encoding, and limits nothing of it", () => {
  const conf = nginxConf();
  for (const path of sitePaths(undefined, siteLanguages(usualContent))) {
    assert.ok(conf.includes(`${path} "";`), path);
    for (const encoding of ["br", "gzip", "identity"]) {
      assert.ok(conf.includes(`mirror /stale/${encoding}${path};`));
    }
  }
});

test("nginx gives out nothing that is older than 60 s while replicas answer, and only the health check stores copies", () => {
  const conf = nginxConf();
  const copies = /location ~ \^\/stale\/.*?\n {8}\}\n/gs;
  // Outside of the copies the service's Cache-Control bounds how long an old page is used. This setting knows no bound.
  assert.doesNotMatch(conf.replace(copies, ""), /^ *proxy_cache_(use_stale|valid) /m);
  const [visitors = "", healthCheck = "", ...others] = conf.match(copies) ?? [];
  assert.deepEqual(others, []);
  for (const [copy, noStore] of [
    [visitors, "1"],
    [healthCheck, "0"],
  ] as const) {
    assert.match(copy, new RegExp(`proxy_no_cache ${noStore};`));
    assert.ok(Number(/proxy_cache_valid 200 404 (\d+)s;/.exec(copy)?.[1]) < 60);
    assert.doesNotMatch(copy, /proxy_cache_use_stale .*updating/);
  }
  // npm run up waits 2 s after it has deleted the cache.
  assert.match(conf, /open_file_cache_valid 1s;/);
});

test("the policy of nginx' own page allows its style, and no other", () => {
  const page = text(component(describeStack(), "nginx").files.find(({ path }) => path.endsWith("/502.html")));
  const [, style = ""] = /<style>(.*)<\/style>/s.exec(page) ?? [];
  assert.ok(style.length > 50);
  const hash = createHash("sha256").update(style).digest("base64");
  assert.ok(nginxConf().includes(`default-src 'none'; style-src 'sha256-${hash}';`));
  assert.doesNotMatch(page, /<script|style=|https?:/);
});

test("what nginx answers by itself is in the language of the path", () => {
  const content = mkdtempSync(join(tmpdir(), "resume-test-"));
  after(() => rmSync(content, { recursive: true }));
  const write = (file: string, json: object) => writeFileSync(join(content, file), JSON.stringify(json));
  write("resume.json", { basics: { name: "A" } });
  write("resume.de.json", { basics: { name: "A" } });
  write("resume.ar.json", { basics: { name: "A" } });
  write("words.de.json", { tooManyRequests: 'Zu "viel" für 5 $' });
  write("words.ar.json", { backSoon: "لحظات <" });
  const [conf, english, arabic, german] = nginx(parseConfig({ content }), discovery).files.map(text);
  assert.ok(conf?.includes("~*^/de(/|$) 502.de.html;"));
  assert.ok(conf?.includes(`default "${en.tooManyRequests}\\n";`));
  assert.ok(conf?.includes(`~*^/de(/|$) "Zu \\"viel\\" für 5 $\{dollar}\\n";`));
  assert.ok(conf?.includes('/de/contact "";') && conf.includes("mirror /stale/br/de/resume.json;"));
  assert.ok(english?.includes('<html lang="en" dir="ltr">') && english.includes("Back in a moment"));
  assert.ok(arabic?.includes('<html lang="ar" dir="rtl">') && arabic.includes("<h1>لحظات &lt;</h1>"));
  assert.ok(german?.includes('<html lang="de" dir="ltr">') && german.includes('<a href="/de/">'));
});

test("Redis has each write on the disk before it says so", () => {
  const file = component(describeStack(), "redis").files[0];
  assert.ok(file !== undefined);
  return new Promise<void>((resolve) => {
    output(file.content).apply((conf) => {
      assert.match(conf, /^appendonly yes\nappendfsync always$/m);
      resolve();
    });
  });
});

test("a template that lacks a value or does not use one is an error", () => {
  assert.throws(() => renderTemplate("nginx/nginx.conf.template", {}), /nothing is given for \{\{workers\}\}/);
  assert.throws(() => renderTemplate("LICENSE", { port: 1 }), /does not use port/);
});

test("Prometheus finds every component that has metrics by DNS", () => {
  const config = parse(text(component(describeStack(), "prometheus").files[0]));
  const jobs = config.scrape_configs.map(
    (job: { job_name: string; dns_sd_configs: { names: string[]; port: number }[] }) => [
      job.job_name,
      job.dns_sd_configs[0]?.names[0],
      job.dns_sd_configs[0]?.port,
    ],
  );
  const expected = describeStack().flatMap(({ name, metrics }) =>
    metrics === undefined ? [] : [[metrics.job, `${name}.resume.svc`, metrics.port]],
  );
  assert.deepEqual(jobs, expected);
  for (const row of [
    ["resume", "resume.resume.svc", 3000],
    ["nginx", "nginx-exporter.resume.svc", 9113],
    ["redis", "redis-exporter.resume.svc", 9121],
    ["prometheus", "prometheus.resume.svc", 9090],
  ]) {
    assert.ok(
      expected.some((other) => isDeepStrictEqual(other, row)),
      JSON.stringify(row),
    );
  }
});

test("of what is not ours Prometheus keeps only what somebody asks for; of the service, all", () => {
  const config = parse(text(component(describeStack(), "prometheus").files[0]));
  const kept = new Map<string, string | undefined>(
    config.scrape_configs.map((job: { job_name: string; metric_relabel_configs?: { regex: string }[] }) => [
      job.job_name,
      job.metric_relabel_configs?.[0]?.regex,
    ]),
  );
  assert.equal(kept.get("resume"), undefined);
  assert.match(kept.get("nginx") ?? "", /^nginx_up\|nginx_http_requests_total\|/);
  assert.match(kept.get("redis") ?? "", /(^|\|)redis_up(\||$)/);
  assert.match(kept.get("prometheus") ?? "", /(^|\|)prometheus_tsdb_retention_limit_bytes(\||$)/);
});

test("Grafana is provisioned with its data source and the dashboards' folder", () => {
  const files = component(describeStack(), "grafana").files;
  const [source] = parse(text(files.find(({ path }) => path.endsWith("/datasources/prometheus.yaml")))).datasources;
  assert.equal(source.uid, dataSourceUid);
  assert.equal(source.url, "http://prometheus.resume.svc:9090");
  const [provider] = parse(dashboardProvider("/somewhere")).providers;
  assert.equal(provider.options.path, "/somewhere");
});

test("every panel of every dashboard asks the provisioned data source", () => {
  for (const [name, build] of Object.entries(dashboards)) {
    const queries = (build().panels ?? []).flatMap((panel) => ("targets" in panel ? (panel.targets ?? []) : []));
    assert.ok(queries.length >= 9, name);
    for (const query of queries) {
      assert.ok("datasource" in query);
      assert.deepEqual(query.datasource, { type: "prometheus", uid: dataSourceUid }, name);
    }
  }
});

test("nobody reaches Grafana without a password, and it is in no plain environment", () => {
  const { env, files } = component(describeStack(), "grafana");
  assert.equal(env.GF_AUTH_ANONYMOUS_ENABLED, "false");
  assert.equal(env.GF_SECURITY_ADMIN_PASSWORD, undefined);
  assert.ok(
    files.some(
      ({ path, content }) => path === env.GF_SECURITY_ADMIN_PASSWORD__FILE && content === "the grafanaPassword",
    ),
  );
});

test("what Grafana and Prometheus send leads to where a browser finds them, once that is known", () => {
  const parts = (browsed?: Discovery["browsed"]) => {
    const given = { ...discovery, ...(browsed === undefined ? {} : { browsed }) };
    const all = describeStack({}, given);
    return { grafana: component(all, "grafana").env, prometheus: component(all, "prometheus").command ?? [] };
  };
  const known = parts((port) => `http://127.0.0.1:${port}`);
  assert.equal(known.grafana.GF_SERVER_ROOT_URL, "http://127.0.0.1:3000");
  assert.ok(known.prometheus.includes("--web.external-url=http://127.0.0.1:9090"));
  const unknown = parts();
  assert.equal(unknown.grafana.GF_SERVER_ROOT_URL, undefined);
  assert.ok(unknown.prometheus.every((argument) => !argument.startsWith("--web.external-url")));
});

describe("with someone to call", () => {
  const email = {
    to: "me@example.com",
    from: "site@example.com",
    smtp: "mail.example.com:587",
    user: "me",
    password: "pa$s",
  };
  const webhook = "https://hooks.example.com/?token=a$b";
  const grafanaOf = (operators?: unknown) =>
    component(describeStack(operators === undefined ? {} : { alerts: JSON.stringify(operators) }), "grafana");
  const fileOf = (files: readonly ConfigFile[], name: string) => files.find(({ path }) => path.endsWith(name));
  const revealed = async (value: Input<string> | undefined): Promise<string> => {
    assert.ok(value !== undefined);
    assert.equal(await isSecret(output(value)), true);
    return new Promise((resolve) => void output(value).apply(resolve));
  };
  const told = (file: ConfigFile | undefined): Promise<string> => revealed(file?.content);

  test("Grafana calls by webhook and mail; the addresses are secrets, and no dollar is read as a variable", async () => {
    const { files, env } = grafanaOf({ webhook, email });
    const { contactPoints, policies } = parse(await told(fileOf(files, "alerting/contacts.yaml")));
    const [{ name, receivers }] = contactPoints;
    assert.deepEqual(
      receivers.map(({ type, settings }: { type: string; settings: unknown }) => [type, settings]),
      [
        ["webhook", { url: "https://hooks.example.com/?token=a$$b", httpMethod: "POST" }],
        ["email", { addresses: "me@example.com", singleEmail: true }],
      ],
    );
    assert.equal(policies[0].receiver, name);
    for (const [name, value] of [
      ["GF_SMTP_HOST", email.smtp],
      ["GF_SMTP_USER", email.user],
      ["GF_SMTP_FROM_ADDRESS", email.from],
    ] as const) {
      assert.equal(await revealed(env[name]), value);
    }
    assert.equal(await told(files.find(({ path }) => path === env.GF_SMTP_PASSWORD__FILE)), email.password);
    assert.ok(!JSON.stringify(env).includes(email.password));
  });

  test("every alert of Prometheus is passed on, and one tells that Prometheus is away", () => {
    const { groups } = parse(String(fileOf(grafanaOf({ webhook }).files, "alerting/rules.yaml")?.content));
    const rules: { title: string; execErrState: string; noDataState: string }[] = groups[0].rules;
    assert.deepEqual(
      rules.map(({ title }) => title).sort(),
      [...Object.values(alertNames), "PrometheusUnreachable"].sort(),
    );
    assert.deepEqual(
      rules.filter(({ execErrState }) => execErrState !== "OK").map(({ title }) => title),
      ["PrometheusUnreachable"],
    );
    assert.ok(rules.every(({ noDataState }) => noDataState === "OK"));
  });

  test("with nobody to call the rules are paused, and no mail goes out", () => {
    const { files, env } = grafanaOf();
    const rules: { isPaused: boolean }[] = parse(String(fileOf(files, "alerting/rules.yaml")?.content)).groups[0].rules;
    assert.ok(rules.length > 0 && rules.every(({ isPaused }) => isPaused));
    assert.ok(fileOf(files, "alerting/contacts.yaml"));
    assert.equal(env.GF_SMTP_ENABLED, undefined);
  });

  test("without Grafana nobody could be called, so it is refused, and the address is not shown", () => {
    assert.throws(
      () => parseConfig({ alerts: JSON.stringify({ webhook }), images: '{"grafana":"none"}' }),
      /resume:alerts is "\(hidden\)"; allowed: nothing while resume:images leaves Grafana out/,
    );
  });
});

test("no component runs as root or with a port that only root may open", () => {
  for (const { name, user, published } of describeStack()) {
    assert.ok(user.uid > 0, name);
    for (const { port } of published) {
      assert.ok(port > 1024, name);
    }
  }
});

describe("with TLS", () => {
  let tls: { certificate: string; key: string };
  const nginxOf = (texts: Record<string, string>) => component(describeStack(texts), "nginx");
  before(async () => {
    tls = await selfSigned(["nora.example.com", "127.0.0.1"]);
  });

  test("nginx takes HTTP/1.1, 2 and 3, and plain HTTP says where", () => {
    const nginx = nginxOf({ tls: JSON.stringify(tls), tlsPort: "443" });
    const conf = text(nginx.files[0]);
    assert.match(conf, /listen 8443 ssl backlog=65535;\n +listen 8443 quic reuseport;/);
    assert.match(conf, /keepalive_requests 1000;/);
    assert.match(conf, /return 308 https:\/\/\$host:443\$request_uri;/);
    assert.deepEqual(nginx.published, [
      { port: 8080, hostPort: 8080, protocols: ["tcp"], audience: "visitors" },
      { port: 8443, hostPort: 443, protocols: ["tcp", "udp"], audience: "visitors" },
    ]);
  });

  test("the private key is a secret, and the certificate is not", async () => {
    const [, , certificate, key] = nginxOf({ tls: JSON.stringify(tls) }).files;
    assert.equal(certificate?.content, tls.certificate);
    assert.ok(key !== undefined);
    assert.equal(await isSecret(output(key.content)), true);
  });

  test("without it there is nothing of it", () => {
    const nginx = nginxOf({});
    assert.doesNotMatch(text(nginx.files[0]), /ssl|quic|443/);
    assert.equal(nginx.files.length, 2);
  });

  test("a certificate without its own key is refused, and neither is shown", async () => {
    const other = await selfSigned(["other.example.com"]);
    for (const wrong of [
      { ...tls, key: other.key },
      { certificate: tls.certificate },
      { certificate: "x", key: "y" },
    ]) {
      assert.throws(
        () => parseConfig({ tls: JSON.stringify(wrong) }),
        /resume:tls is "\(hidden\)"; allowed: an object with a certificate and the key that belongs to it, both in PEM\.$/,
      );
    }
  });
});
