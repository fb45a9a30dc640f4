import { stringify } from "yaml";
import type { Operators } from "../infra/config.ts";
import { alerts } from "../prometheus/alerts.ts";
import { job } from "../prometheus/config.ts";
import { exported } from "../prometheus/exported.ts";
import { dataSourceUid, folder } from "./provisioning.ts";

/**
 * Who is called, and of what. Prometheus alone decides what fires; for each of its alerts Grafana has a rule that only
 * passes it on, and one of its own that tells of a Prometheus that does not answer.
 */

/** Grafana reads `$NAME` in its provisioning files as a variable of its environment. */
const literal = (text: string) => text.replaceAll("$", "$$$$");

const contactPoint = "operators";
const organisation = { orgId: 1 };

/** Grafana's provisioning file of who is called, and how often. It holds what the user keeps secret. */
export const contacts = ({ webhook, email }: Operators) =>
  stringify({
    apiVersion: 1,
    contactPoints: [
      {
        ...organisation,
        name: contactPoint,
        receivers: [
          ...(webhook === undefined
            ? []
            : [{ uid: "webhook", type: "webhook", settings: { url: literal(webhook), httpMethod: "POST" } }]),
          ...(email === undefined
            ? []
            : [{ uid: "email", type: "email", settings: { addresses: literal(email.to), singleEmail: true } }]),
        ],
      },
    ],
    policies: [
      {
        ...organisation,
        receiver: contactPoint,
        group_by: ["grafana_folder", "alertname"],
        group_wait: "10s",
        group_interval: "1m",
        repeat_interval: "1d",
        routes: [{ receiver: contactPoint, object_matchers: [["severity", "=", "page"]], repeat_interval: "1h" }],
      },
    ],
  });

interface PassedOn {
  name: string;
  expr: string;
  severity: string;
  summary: string;
  action: string;
  /** What Grafana makes of a Prometheus that does not answer. */
  onError: "OK" | "Alerting";
}

const unreachable: PassedOn = {
  name: "PrometheusUnreachable",
  expr: `vector(1) unless ${exported.up}{job="${job("prometheus")}"} == 1`,
  severity: "page",
  summary: "Prometheus does not answer: nothing is seen, and no other alert can come.",
  action: "npm run logs -- --component prometheus --no-follow, then npm run pulumi -- up --yes --refresh",
  onError: "Alerting",
};

/** Grafana's provisioning file of the rules that pass Prometheus' alerts on. */
export const passOn = () => {
  // Which jobs there are changes nothing in name and text.
  const known = alerts({ jobs: [], nginxConnections: 1 }).map(
    ({ name, severity, summary, action }): PassedOn => ({
      name,
      // Grafana gives an alert its own name; of the labels, what tells one from another is kept.
      expr: `max without (alertname, alertstate, severity) (${exported.alerts}{alertname="${name}",alertstate="firing"})`,
      severity,
      summary,
      action,
      onError: "OK",
    }),
  );
  return stringify(
    {
      apiVersion: 1,
      groups: [{ ...organisation, name: "stack", folder, interval: "10s", rules: [...known, unreachable].map(rule) }],
    },
    { lineWidth: 0 },
  );
};

const lastMinute = { from: 60, to: 0 };

const rule = ({ name, expr, severity, summary, action, onError }: PassedOn) => ({
  uid: name,
  title: name,
  condition: "fires",
  data: [
    {
      refId: "value",
      datasourceUid: dataSourceUid,
      relativeTimeRange: lastMinute,
      model: { refId: "value", expr, instant: true },
    },
    {
      refId: "fires",
      datasourceUid: "__expr__",
      relativeTimeRange: lastMinute,
      model: {
        refId: "fires",
        type: "threshold",
        expression: "value",
        conditions: [{ evaluator: { type: "gt", params: [0] } }],
      },
    },
  ],
  for: "0s",
  noDataState: "OK",
  execErrState: onError,
  labels: { severity },
  annotations: { summary: literal(summary), action: literal(action) },
});
