import { stringify } from "yaml";
import { alerts } from "./alerts.ts";
import { recordingGroups } from "./recording.ts";
import type { RuleGroup, RuleParameters } from "./rule-types.ts";

/** All rules. A group's rules run one after the other, each seeing what those before it recorded. */
export const ruleGroups = (parameters: RuleParameters): RuleGroup[] => [
  ...recordingGroups(parameters),
  {
    name: "alerts",
    rules: alerts(parameters).map(({ name, severity, expr, for: holds, summary, description, action }) => ({
      alert: name,
      expr,
      for: holds,
      labels: { severity },
      annotations: { summary, description, action },
    })),
  },
];

/** rules.yml, as Prometheus reads it. */
export const renderRules = (parameters: RuleParameters): string =>
  stringify({ groups: ruleGroups(parameters) }, { lineWidth: 0 });
