import { stringify } from "yaml";
import { alerts } from "../../../prometheus/alerts.ts";
import type { AlertName } from "../../../prometheus/names.ts";
import { ruleGroups } from "../../../prometheus/rules.ts";
import type { AlertCase, QuietCase, ValueCase } from "./promtool-cases.ts";

const firing = (alert: AlertName) => `count(ALERTS{alertname="${alert}",alertstate="firing"}) > bool 0 or vector(0)`;

const checks = (expr: string, times: readonly string[], value: number) =>
  times.map((time) => ({ expr, eval_time: time, exp_samples: [{ value }] }));

const inputs = (given: Readonly<Record<string, string>>) =>
  Object.entries(given).map(([series, values]) => ({ series, values }));

/** What the one who is called reads when the alert first fires. */
const tells = ({ alert, fires: [first], notification }: AlertCase) => {
  const { severity, summary, action } = alertOf(alert);
  return {
    eval_time: first,
    alertname: alert,
    exp_alerts: [
      {
        exp_labels: { severity, ...notification.labels },
        exp_annotations: { summary, description: notification.description, action },
      },
    ],
  };
};

/** Which jobs there are, and limits, change neither what an alert says nor which groups there are. */
const facts = { jobs: [], nginxConnections: 1, healthChecks: 1 };

function alertOf(name: AlertName) {
  const found = alerts(facts).find((alert) => alert.name === name);
  if (found === undefined) {
    throw new Error(`there is no alert ${name}`);
  }
  return found;
}

const alertTest = (one: AlertCase) => ({
  name: `${one.alert}: ${one.story}`,
  interval: one.every,
  input_series: inputs(one.given),
  promql_expr_test: [
    ...checks(firing(one.alert), one.quiet, 0),
    ...checks(firing(one.alert), one.fires, 1),
    ...checks(firing(one.alert), one.resolved, 0),
  ],
  alert_rule_test: [tells(one)],
});

const quietTest = ({ alert, story, every, given, quiet }: QuietCase) => ({
  name: `not ${alert}: ${story}`,
  interval: every,
  input_series: inputs(given),
  promql_expr_test: checks(firing(alert), quiet, 0),
});

const valuesAt = ({ at, values }: Pick<ValueCase, "at" | "values">) =>
  Object.entries(values).map(([expr, value]) => ({
    // Without labels: one number is what each of them is about. Rounded: these are sums of binary fractions.
    expr: `round(sum(${expr}), 0.000001)`,
    eval_time: at,
    exp_samples: [{ value }],
  }));

const valueTest = ({ story, every, given, later, ...first }: ValueCase) => ({
  name: story,
  interval: every,
  input_series: inputs(given),
  promql_expr_test: [...valuesAt(first), ...(later === undefined ? [] : valuesAt(later))],
});

export interface Cases {
  readonly alerts?: readonly AlertCase[];
  readonly quiet?: readonly QuietCase[];
  readonly values?: readonly ValueCase[];
}

/** A file for `promtool test rules`, of the cases whose samples are `every` so long. */
export const renderRuleTests = (
  ruleFile: string,
  every: "5s" | "1m",
  { alerts = [], quiet = [], values = [] }: Cases,
): string => {
  const asOften = <T extends { every: string }>(cases: readonly T[]) => cases.filter((one) => one.every === every);
  return stringify(
    {
      rule_files: [ruleFile],
      evaluation_interval: every,
      // Else promtool takes them as they come, and values differ from run to run.
      group_eval_order: ruleGroups(facts).map(({ name }) => name),
      tests: [...asOften(alerts).map(alertTest), ...asOften(quiet).map(quietTest), ...asOften(values).map(valueTest)],
    },
    { lineWidth: 0 },
  );
};
