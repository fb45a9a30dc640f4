/** What the rules need to know of the stack. Not the number of replicas: scaling would replace Prometheus. */
export interface RuleParameters {
  /** Every job that is scraped. */
  readonly jobs: readonly string[];
  /** How many connections one worker of nginx may have. */
  readonly nginxConnections: number;
  /** How often a replica is asked by its own health checks at the most, a second. */
  readonly healthChecks: number;
}

export type Rule =
  | { readonly record: string; readonly expr: string }
  | {
      readonly alert: string;
      readonly expr: string;
      readonly for: string;
      readonly labels: Readonly<Record<string, string>>;
      readonly annotations: Readonly<Record<string, string>>;
    };

export interface RuleGroup {
  readonly name: string;
  /** How often its rules are evaluated; without it as often as targets are scraped. */
  readonly interval?: string;
  readonly rules: readonly Rule[];
}
