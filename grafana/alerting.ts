import { stringify } from "yaml";
import { alerts } from "../prometheus/alerts.ts";
import { exported } from "../prometheus/exported.ts";
import { jobNames } from "../prometheus/names.ts";
import { dataSourceUid, folder } from "./provisioning.ts";

/**
 * Who is called, and of what. Prometheus alone decides what fires; for each of its alerts Grafana has a rule that only
 * passes it on, and one of its own that tells of a Prometheus that does not answer.
 *
 * What Grafana was once told of alerts stays in its database, also when the file is gone. So the files are always there,
 * and say too what is no more.
 */

/** Grafana reads `$NAME` in the settings of a contact point as a variable of its environment. */
const literal = (text: string) => text.replaceAll("$", "$$$$");

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

const receiversOf = ({ webhook, email }: AlertContacts): Receiver[] => [
  ...(webhook === undefined
    ? []
    : [{ uid: "webhook", type: "webhook", settings: { url: literal(webhook), httpMethod: "POST" } } as const]),
  ...(email === undefined
    ? []
    : [{ uid: "email", type: "email", settings: { addresses: literal(email.to), singleEmail: true } } as const]),
];

const everyUid: readonly Receiver["uid"][] = ["webhook", "email"];

/** Without anyone to call, nothing may point to the contact point that goes: what called is set back to Grafana's own. */
const policiesOf = (receivers: readonly Receiver[]) =>
  receivers.length === 0
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

/** Grafana's provisioning file of who is called, and how often; without operators it takes away those it had. It holds what the user keeps secret. */
export const contacts = (operators: AlertContacts = {}) => {
  const receivers = receiversOf(operators);
  const gone = everyUid.filter((uid) => receivers.every((receiver) => receiver.uid !== uid));
  return stringify({
    apiVersion: 1,
    ...policiesOf(receivers),
    deleteContactPoints: gone.map((uid) => ({ ...organisation, uid })),
  });
};

/** A rule of Grafana: it fires where its expression gives a value above 0. */
interface RelayedRule {
  name: string;
  expr: string;
  /** How long it must hold, as Prometheus writes times. */
  for: string;
  severity: string;
  summary: string;
  action: string;
  /** What Grafana makes of a Prometheus that does not answer. */
  onError: "OK" | "Alerting";
}

const unreachable: RelayedRule = {
  name: "PrometheusUnreachable",
  // One that answers, but not even finds itself. Just after its start it has found nothing yet.
  expr: `absent(${exported.up}{job="${jobNames.prometheus}"} == 1)`,
  for: "1m",
  severity: "page",
  summary: "Prometheus does not answer: nothing is seen, and no other alert can come.",
  action: "npm run logs -- --component prometheus --no-follow, then npm run pulumi -- up --yes --refresh",
  onError: "Alerting",
};

// Which jobs there are changes nothing in name and text.
const known = alerts({ jobs: [] }).map(
  ({ name, severity, summary, action }): RelayedRule => ({
    name,
    // Grafana gives an alert its own name; of the labels, what tells one from another is kept.
    expr: `max without (alertname, alertstate, severity) (${exported.alerts}{alertname="${name}",alertstate="firing"})`,
    // Prometheus has waited already.
    for: "0s",
    severity,
    summary,
    action,
    onError: "OK",
  }),
);

/** All that Grafana evaluates; where all is well, none of it gives anything. */
export const relayedRules: readonly RelayedRule[] = [...known, unreachable];

/**
 * Rules that were passed on once and are no more. A provisioned rule stays in Grafana's database, where nobody may delete
 * it, until a file says that it goes: so the name of an alert that leaves prometheus/alerts.ts is added here.
 */
export const retiredRules: readonly string[] = [];

/** Grafana's provisioning file of the rules that pass Prometheus' alerts on; paused where nobody is to be called. */
export const relayRules = (operators: AlertContacts | undefined) => {
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
};

const lastMinute = { from: 60, to: 0 };

const rule = ({ name, expr, for: holds, severity, summary, action, onError }: RelayedRule) => ({
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
  // No data is what a rule gives as long as all is well; a Prometheus that does not answer is an error.
  noDataState: "OK",
  execErrState: onError,
  labels: { severity },
  // Grafana fills variables of its environment in where settings are, not here: a text is taken as it stands.
  annotations: { summary, action },
});
