import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parse } from "yaml";
import { type AlertContacts, contacts, relayedRules, relayRules } from "../alerting.ts";

/** What a provisioning file may say, as far as ours do. */
interface AlertingFile {
  groups?: { rules: { uid: string; isPaused: boolean }[] }[];
  contactPoints?: { name: string; receivers: { uid: string; settings: Record<string, unknown> }[] }[];
  policies?: { receiver: string; routes: { receiver: string }[] }[];
  resetPolicies?: number[];
  deleteContactPoints?: { uid: string }[];
}

const defaultReceiver = "Grafana's own";

/** Keeps what it was told, and reads provisioning files in Grafana's order: rules, contact points, policies; then what is to go. */
class Database {
  readonly paused = new Map<string, boolean>();
  readonly receivers = new Map<string, { name: string; settings: Record<string, unknown> }>();
  used: string[] = [defaultReceiver];

  provision(operators: AlertContacts | undefined): void {
    const files: AlertingFile[] = [parse(relayRules(operators)), parse(contacts(operators))];
    for (const { groups = [] } of files) {
      for (const { rules } of groups) {
        for (const { uid, isPaused } of rules) {
          this.paused.set(uid, isPaused);
        }
      }
    }
    for (const { contactPoints = [] } of files) {
      for (const { name, receivers } of contactPoints) {
        for (const { uid, settings } of receivers) {
          this.receivers.set(uid, { name, settings });
        }
      }
    }
    for (const { policies = [] } of files) {
      for (const { receiver, routes } of policies) {
        this.used = [receiver, ...routes.map((route) => route.receiver)];
      }
    }
    for (const { resetPolicies = [] } of files) {
      if (resetPolicies.length > 0) {
        this.used = [defaultReceiver];
      }
    }
    for (const { deleteContactPoints = [] } of files) {
      for (const { uid } of deleteContactPoints) {
        this.receivers.delete(uid);
      }
    }
    const names = new Set([defaultReceiver, ...[...this.receivers.values()].map(({ name }) => name)]);
    // Grafana refuses to take the last of a contact point away that a policy names, and does not start then.
    for (const name of this.used) {
      assert.ok(names.has(name), `a policy names ${name}, which is gone`);
    }
  }

  calls = () => (this.used.includes(defaultReceiver) ? [] : [...this.receivers.keys()].sort());
}

const webhook = "https://hooks.example.com/one";
const email = { to: "me@example.com", from: "site@example.com", smtp: "mail.example.com:587" };

describe("Grafana, which keeps what it was once told", () => {
  const course: [string, AlertContacts | undefined, string[]][] = [
    ["nobody, on a new database", undefined, []],
    ["the webhook", { webhook }, ["webhook"]],
    ["mail in its place", { email }, ["email"]],
    ["both", { webhook, email }, ["email", "webhook"]],
    ["the webhook alone again", { webhook }, ["webhook"]],
    ["both again", { webhook, email }, ["email", "webhook"]],
    ["nobody", undefined, []],
  ];

  test("calls those whom the config names, whatever it named before", () => {
    const database = new Database();
    for (const [step, operators, called] of course) {
      database.provision(operators);
      assert.deepEqual(database.calls(), called, step);
      assert.deepEqual([...database.receivers.keys()].sort(), called, step);
      assert.equal(database.paused.size, relayedRules.length, step);
      for (const paused of database.paused.values()) {
        assert.equal(paused, operators === undefined, step);
      }
    }
  });

  test("takes a new address", () => {
    const database = new Database();
    database.provision({ webhook });
    database.provision({ webhook: "https://hooks.example.com/other" });
    assert.equal(database.receivers.get("webhook")?.settings.url, "https://hooks.example.com/other");
  });
});

test("a rule that tells of Prometheus itself waits until it has found itself, and takes its silence for the worst", () => {
  const rules: { uid: string; for: string; execErrState: string }[] = parse(relayRules({ webhook })).groups[0].rules;
  const own = rules.filter(({ execErrState }) => execErrState === "Alerting");
  assert.deepEqual(
    own.map((rule) => [rule.uid, rule.for]),
    [["PrometheusUnreachable", "1m"]],
  );
});
