import { stringify } from "yaml";
import { alerts } from "./alerts.ts";
import { recordingGroups } from "./recording.ts";
import type { RuleGroup, RuleParameters } from "./rule-types.ts";

/** All rules. A group's rules run in order, so each can use the series recorded before it. */
export function ruleGroups(parameters: RuleParameters): RuleGroup[] {
  return [
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
}

/** The content of rules.yml. */
export function renderRules(parameters: RuleParameters): string {
  return stringify({ groups: ruleGroups(parameters) }, { lineWidth: 0 });
}
