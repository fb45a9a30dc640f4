import { format } from "../../grafana/pictures/format.ts";
import { type PlanResult, type Second, totals } from "../load/plan.ts";
import type { Scenario } from "../scenarios/catalogue.ts";
import { whole } from "./format.ts";

/** Shows what runs: one line that changes on a terminal, a line for each run elsewhere. */
export class Progress {
  readonly #out: NodeJS.WriteStream;
  #title = "";
  #total = 0;
  #elapsed = 0;

  constructor(out: NodeJS.WriteStream) {
    this.#out = out;
  }

  start({ name }: Scenario, label: string, users: number, seconds: number): void {
    this.#title = [name, ...(label === "" ? [] : [label]), `${whole(users)} users`].join(", ");
    this.#total = seconds;
    this.#elapsed = 0;
    this.#show("…");
  }

  second({ requests, failed, p95 }: Second): void {
    this.#elapsed++;
    const failures = failed === 0 ? "" : `, ${whole(failed)} FAILED`;
    this.#show(
      `${this.#elapsed} of ${this.#total} s, ${whole(requests)} req/s, p95 ${format(p95 / 1000, "s")}${failures}`,
    );
  }

  end(result: PlanResult): void {
    const { requests, failed, perSecond } = totals(result);
    const success = requests === 0 ? 0 : (Math.floor(((requests - failed) / requests) * 1e4) / 1e4) * 100;
    this.#clear();
    this.#out.write(`bench: ${this.#title}: ${whole(perSecond)} req/s, ${success.toFixed(2)} % success\n`);
  }

  /** A line of its own. */
  say(text: string): void {
    this.#clear();
    this.#out.write(`bench: ${text}\n`);
  }

  #show(text: string): void {
    if (!this.#out.isTTY) {
      return;
    }
    this.#clear();
    this.#out.write(`bench: ${this.#title}: ${text}`);
  }

  #clear(): void {
    if (this.#out.isTTY) {
      this.#out.write("\r\x1b[K");
    }
  }
}
