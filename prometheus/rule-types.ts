/** What rules depend on. The number of replicas is not among it: scaling would replace Prometheus. */
export interface RuleParameters {
  /** Every job that is scraped. */
  readonly jobs: readonly string[];
  /** How many connections one worker of nginx may have. */
  readonly nginxConnections: number;
  /** The highest rate of a replica's own health checks, per second. */
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
