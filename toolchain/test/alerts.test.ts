import assert from "node:assert/strict";
import { test } from "node:test";
import { alertsIn, printAlert } from "../commands/alerts.ts";

function active(alertname: string, severity: string, state: string, minute: number) {
  return {
    labels: { alertname, severity, replica: "resume-0" },
    annotations: { summary: `${alertname} means this.`, description: "It is so.", action: "npm run up" },
    state,
    activeAt: `2026-11-30T09:${minute}:45.313003802Z`,
    value: "1e+00",
  };
}

const response = JSON.stringify({
  status: "success",
  data: {
    alerts: [
      active("RedisDown", "page", "pending", 30),
      active("ReplicaDown", "ticket", "firing", 20),
      active("NginxDown", "page", "firing", 40),
      active("NoReplica", "page", "firing", 35),
    ],
  },
});

test("alerts that fire come first, then pages, then the oldest", () => {
  assert.deepEqual(
    alertsIn(response).map(({ name }) => name),
    ["NoReplica", "NginxDown", "ReplicaDown", "RedisDown"],
  );
  assert.deepEqual(alertsIn('{"data":{"alerts":[]}}'), []);
});

test("an alert is printed with all that its reader needs", () => {
  const [first] = alertsIn(response);
  assert.ok(first);
  assert.equal(
    printAlert(first),
    `NoReplica: page, firing since 2026-11-30 09:35:45 UTC
  NoReplica means this.
  It is so.
  To do: npm run up
`,
  );
});

test("what is no list of alerts is an error that shows it", () => {
  for (const text of ["Service Unavailable", '{"status":"error"}', '{"data":{"alerts":[{"state":"firing"}]}}']) {
    assert.throws(() => alertsIn(text), {
      name: "UserError",
      message: `Prometheus' list of alerts can't be read: ${text}`,
    });
  }
});
