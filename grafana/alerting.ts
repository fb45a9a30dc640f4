import { stringify } from "yaml";
import { alerts } from "../prometheus/alerts.ts";
import { exported } from "../prometheus/exported.ts";
import { jobNames } from "../prometheus/names.ts";
import { dataSourceUid, folder } from "./provisioning.ts";

/**
 * Notifications. Prometheus alone evaluates alerts; for each of them Grafana has a rule that relays it, and one more rule
 * for a Prometheus that does not answer.
 *
 * Provisioned contacts and rules stay in Grafana's database when their file is gone. So the files are always written, and
 * delete what no longer exists.
 */

/** Grafana reads `$NAME` in the settings of a contact point as a variable of its environment. */
function literal(text: string) {
  return text.replaceAll("$", "$$$$");
}

const contactPoint = "operators";
const organisation = { orgId: 1 };

/** Who is notified. */
export interface AlertContacts {
  /** Gets a POST with the alerts as JSON. */
  webhook?: string;
  email?: { to: string };
}

/** A way to notify, as Grafana knows it. */
interface Receiver {
  uid: "webhook" | "email";
  type: string;
  settings: Record<string, string | boolean>;
}

function receiversOf({ webhook, email }: AlertContacts): Receiver[] {
  return [
    ...(webhook === undefined
      ? []
      : [{ uid: "webhook", type: "webhook", settings: { url: literal(webhook), httpMethod: "POST" } } as const]),
    ...(email === undefined
      ? []
      : [{ uid: "email", type: "email", settings: { addresses: literal(email.to), singleEmail: true } } as const]),
  ];
}

const everyUid: readonly Receiver["uid"][] = ["webhook", "email"];

/** Without contacts the policies are reset to Grafana's default, because a contact point in use can't be deleted. */
function policiesOf(receivers: readonly Receiver[]) {
  return receivers.length === 0
    ? { resetPolicies: [organisation.orgId] }
    : {
        contactPoints: [{ ...organisation, name: contactPoint, receivers }],
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
      };
}

/** Grafana's provisioning file of contact points and policies; without contacts it deletes the old ones. It contains secrets. */
export function contacts(operators: AlertContacts = {}) {
  const receivers = receiversOf(operators);
  const gone = everyUid.filter((uid) => receivers.every((receiver) => receiver.uid !== uid));
  return stringify({
    apiVersion: 1,
    ...policiesOf(receivers),
    deleteContactPoints: gone.map((uid) => ({ ...organisation, uid })),
  });
}

/** A rule of Grafana: it fires where its expression gives a value above 0. */
interface RelayedRule {
  name: string;
  expr: string;
  /** How long it must hold, as Prometheus writes times. */
  for: string;
  severity: string;
  summary: string;
  action: string;
  /** The state of the rule while Prometheus does not answer. */
  onError: "OK" | "Alerting";
}

const unreachable: RelayedRule = {
  name: "PrometheusUnreachable",
  // Prometheus answers but does not scrape itself. Just after its start it has scraped nothing yet.
  expr: `absent(${exported.up}{job="${jobNames.prometheus}"} == 1)`,
  for: "1m",
  severity: "page",
  summary: "Prometheus does not answer: boards have no data, and no other alert can fire.",
  action: "npm run logs -- --component prometheus --no-follow, then npm run up",
  onError: "Alerting",
};

// Jobs change neither names nor texts.
const known = alerts({ jobs: [] }).map(
  ({ name, severity, summary, action }): RelayedRule => ({
    name,
    // Grafana adds its own alertname and severity; the other labels tell alerts apart.
    expr: `max without (alertname, alertstate, severity) (${exported.alerts}{alertname="${name}",alertstate="firing"})`,
    // Prometheus has waited already.
    for: "0s",
    severity,
    summary,
    action,
    onError: "OK",
  }),
);

/** All rules that Grafana evaluates; they return nothing while all is well. */
export const relayedRules: readonly RelayedRule[] = [...known, unreachable];

/**
 * Rules that no longer exist. A provisioned rule stays in Grafana's database, read-only, until a file deletes it. So when
 * an alert is removed from prometheus/alerts.ts, its name is added here.
 */
export const retiredRules: readonly string[] = [];

/** Grafana's provisioning file of the rules that relay Prometheus' alerts; paused without contacts. */
export function relayRules(operators: AlertContacts | undefined) {
  const isPaused = operators === undefined;
  const rules = relayedRules.map((one) => ({ ...rule(one), isPaused }));
  return stringify(
    {
      apiVersion: 1,
      groups: [{ ...organisation, name: "stack", folder, interval: "10s", rules }],
      deleteRules: retiredRules.map((uid) => ({ ...organisation, uid })),
    },
    { lineWidth: 0 },
  );
}

const lastMinute = { from: 60, to: 0 };

function rule({ name, expr, for: holds, severity, summary, action, onError }: RelayedRule) {
  return {
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
    for: holds,
    // A rule returns no data while all is well. A Prometheus that does not answer is an error.
    noDataState: "OK",
    execErrState: onError,
    labels: { severity },
    // Grafana expands variables of its environment in settings only, not here.
    annotations: { summary, action },
  };
}
