import { stringify } from "yaml";
import type { AlertName } from "../names.ts";
import type { AlertCase, ValueCase } from "./cases.ts";

const firing = (alert: AlertName) => `count(ALERTS{alertname="${alert}",alertstate="firing"}) > bool 0 or vector(0)`;

const checks = (expr: string, times: readonly string[], value: number) =>
  times.map((time) => ({ expr, eval_time: time, exp_samples: [{ value }] }));

const inputs = (given: Readonly<Record<string, string>>) =>
  Object.entries(given).map(([series, values]) => ({ series, values }));

const alertTest = ({ alert, story, every, given, quiet, fires, resolved }: AlertCase) => ({
  name: `${alert}: ${story}`,
  interval: every,
  input_series: inputs(given),
  promql_expr_test: [
    ...checks(firing(alert), quiet, 0),
    ...checks(firing(alert), fires, 1),
    ...checks(firing(alert), resolved, 0),
  ],
});

const valueTest = ({ story, every, given, at, values }: ValueCase) => ({
  name: story,
  interval: every,
  input_series: inputs(given),
  promql_expr_test: Object.entries(values).map(([expr, value]) => ({
    // Without labels: one number is what each of them is about. Rounded: these are sums of binary fractions.
    expr: `round(sum(${expr}), 0.000001)`,
    eval_time: at,
    exp_samples: [{ value }],
  })),
});

/** A file for `promtool test rules`, of the cases whose samples are `every` so long. */
export const renderRuleTests = (
  ruleFile: string,
  every: "5s" | "1m",
  alertCases: readonly AlertCase[],
  valueCases: readonly ValueCase[],
): string =>
  stringify(
    {
      rule_files: [ruleFile],
      evaluation_interval: every,
      tests: [
        ...alertCases.filter((one) => one.every === every).map(alertTest),
        ...valueCases.filter((one) => one.every === every).map(valueTest),
      ],
    },
    { lineWidth: 0 },
  );
