import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { describeStack } from "./description.ts";
import { eventually } from "./eventually.ts";
import { targets } from "./prometheus.ts";
import { hasGrafana, type ProjectStack } from "./stack.ts";

/** The smoke test of a stack of four replicas: pages, metrics and dashboards are the same on each target. */
export function smokeTest(stack: ProjectStack): void {
  test("tells the design's outputs", async () => {
    const told = await stack.outputs();
    assert.equal(told.replicaCount, 4);
    assert.match(String(told.url), /^http:/);
    if (hasGrafana) {
      assert.match(String(told.grafanaUrl), /^http:/);
    } else {
      assert.equal(told.grafanaUrl, null);
    }
  });

  test("answers from each of four replicas", async () => {
    const url = await stack.address("url");
    const seen = new Set<string | null>();
    await eventually(20, async () => {
      const response = await fetch(`${url}/health`);
      assert.equal(response.status, 200);
      seen.add(response.headers.get("x-replica"));
      assert.equal(seen.size, 4);
    });
  });

  test("shows the résumé, and its other pages and data", async () => {
    const resume: { basics: { name: string } } = JSON.parse(readFileSync("service/content/resume.json", "utf8"));
    const url = await stack.address("url");
    const page = await fetch(url);
    assert.equal(page.status, 200);
    assert.ok((await page.text()).includes(resume.basics.name));
    for (const path of [
      "/experience",
      "/projects",
      "/contact",
      "/api/resume",
      "/resume.json",
      "/resume.pdf",
      "/ready",
    ]) {
      assert.equal((await fetch(`${url}${path}`)).status, 200, path);
    }
  });

  test("keeps a visitor's theme in Redis", async () => {
    const url = await stack.address("url");
    const body = new URLSearchParams({ theme: "dark" });
    const answer = await fetch(`${url}/theme`, { method: "POST", body, redirect: "manual" });
    assert.equal(answer.status, 303);
    const cookie = answer.headers.getSetCookie().at(0)?.split(";").at(0) ?? "";
    assert.match(await (await fetch(url, { headers: { cookie } })).text(), /data-theme="dark"/);
  });

  test("keeps the service's metrics to itself", async () => {
    assert.equal((await fetch(`${await stack.address("url")}/metrics`)).status, 404);
    assert.equal((await fetch(`${await stack.address("url")}/nginx-status`)).status, 404);
  });

  const scraped = Object.fromEntries(
    describeStack().flatMap(({ metrics, replicas }) =>
      metrics === undefined ? [] : [[metrics.job, { up: replicas, of: replicas }]],
    ),
  );
  test("every scrape target is up", async () => {
    const prometheus = await stack.address("prometheusUrl");
    await eventually(40, async () => assert.deepEqual(await targets(prometheus), scraped));
  });

  test("has nothing to change after that, also after a refresh", async () => {
    await stack.expectNoChange();
    await stack.project.must("refresh", "--yes", "--expect-no-changes", "--stack", stack.name);
    await stack.expectNoChange();
  });
}
