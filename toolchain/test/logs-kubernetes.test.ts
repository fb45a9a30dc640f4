import assert from "node:assert/strict";
import { createServer, type ServerResponse } from "node:http";
import { after, before, test } from "node:test";
import { KubeConfig } from "@kubernetes/client-node";
import { stackLabels } from "../../infra/labels.ts";
import { exitCode } from "../../lib/cluster/pod-exec.ts";
import { UserError } from "../../lib/user-error.ts";
import { asUserError, placeIn } from "../lib/stack-place.ts";
import { inUtc, kubernetesSource } from "../logs/kubernetes-source.ts";

/** A run of a container, with the lines that it has written by run id. */
interface Run {
  pod: string;
  id: string;
  state: "running" | "terminated" | "waiting";
  previous?: string;
  lines: Record<string, string[]>;
  /** The response of the request that follows it. */
  open?: ServerResponse;
}

const runs: Run[] = [];
const asked: string[] = [];
let refusal: number | undefined;

function podOf({ pod, id, state, previous }: Run) {
  return {
    metadata: { name: pod, labels: { "resume.component": pod.replace(/-.*/, "") } },
    status: {
      containerStatuses: [
        {
          name: "main",
          containerID: id,
          state: { [state]: {} },
          ...(previous === undefined ? {} : { lastState: { terminated: { containerID: previous } } }),
        },
      ],
    },
  };
}

/** An API server with pods that log. */
const server = createServer((request, response) => {
  const url = new URL(request.url ?? "", "http://api");
  asked.push(`${url.pathname}${url.search}`);
  const json = (status: number, body: unknown) => {
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify(body));
  };
  if (refusal !== undefined) {
    return json(refusal, { message: "pods is forbidden" });
  }
  if (url.pathname.endsWith("/pods")) {
    return json(200, { items: runs.map(podOf) });
  }
  const run = runs.find(({ pod }) => url.pathname.endsWith(`/pods/${pod}/log`));
  if (!run) {
    return json(404, { message: "gone" });
  }
  const of = url.searchParams.get("previous") === "true" ? run.previous : run.id;
  const lines = run.lines[of ?? ""];
  if (!lines) {
    return json(400, { message: "previous terminated container not found" });
  }
  response.writeHead(200, { "content-type": "text/plain" });
  for (const line of lines) {
    response.write(`${line}\n`);
  }
  if (url.searchParams.get("follow") !== "true" || run.state !== "running") {
    return response.end();
  }
  run.open = response;
  return undefined;
});

const config = new KubeConfig();
before(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  config.loadFromClusterAndUser(
    { name: "c", server: `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`, skipTLSVerify: true },
    { name: "u" },
  );
});
after(() => {
  server.closeAllConnections();
  server.close();
});

function time(second: number) {
  return `2026-01-01T00:00:0${second}.000000000Z`;
}
function source() {
  return kubernetesSource(config, "shop", stackLabels("resume", "k8s"));
}
function write(run: Run, line: string) {
  run.lines[run.id]?.push(line);
  run.open?.write(`${line}\n`);
}

test("the logs of pods are merged by time, those of previous runs included", async () => {
  runs.splice(0, runs.length, {
    pod: "resume-a",
    id: "a2",
    previous: "a1",
    state: "running",
    lines: { a1: [`${time(1)} died`], a2: [`${time(4)} again here`, `${time(3)} noted late`] },
  });
  // Its node no longer has the log of the previous run.
  runs.push({ pod: "nginx-b", id: "b2", previous: "b1", state: "terminated", lines: { b2: [`${time(2)} two`] } });
  runs.push({ pod: "redis-c", id: "", state: "waiting", lines: {} });
  asked.length = 0;
  const range = { since: 1_767_225_600, follow: false, component: "resume", signal: AbortSignal.timeout(10_000) };
  const lines = [];
  for await (const line of source()(range)) {
    lines.push(line);
  }
  assert.deepEqual(
    lines.map(({ container, text }) => `${container} ${text}`),
    ["resume-a died", "nginx-b two", "resume-a again here", "resume-a noted late"],
  );
  assert.equal(lines[0]?.component, "resume");
  const listed = asked.find((path) => path.startsWith("/api/v1/namespaces/shop/pods?"));
  assert.equal(
    new URL(listed ?? "", "http://api").searchParams.get("labelSelector"),
    "resume.project=resume,resume.stack=k8s,resume.component=resume",
  );
  assert.ok(asked.every((path) => !path.includes("/log?") || path.includes("sinceTime=2026-01-01T00%3A00%3A00.000Z")));
});

test("following includes pods that start later and restarted containers; a closed stream is opened again", async () => {
  const first: Run = { pod: "resume-a", id: "a1", state: "running", lines: { a1: [`${time(1)} one`] } };
  runs.splice(0, runs.length, first);
  const end = new AbortController();
  const lines: string[] = [];
  const signal = AbortSignal.any([end.signal, AbortSignal.timeout(20_000)]);
  for await (const { container, text } of source()({ since: 0, follow: true, component: undefined, signal })) {
    lines.push(`${container} ${text}`);
    if (text === "one") {
      setTimeout(() => write(first, `${time(2)} two`), 300);
    }
    if (text === "two") {
      runs.push({ pod: "nginx-b", id: "b1", state: "running", lines: { b1: [`${time(3)} new`] } });
    }
    if (text === "new") {
      first.open?.end();
      first.lines.a1?.push(`${time(4)} after the cut`);
    }
    if (text === "after the cut") {
      Object.assign(first, { id: "a2", previous: "a1" });
      first.lines.a1?.push(`${time(5)} last words`);
      first.lines.a2 = [`${time(6)} born again`];
      first.open?.write(`${time(5)} last words\n`);
      first.open?.end();
    }
    if (text === "born again") {
      end.abort();
    }
  }
  assert.deepEqual(lines, [
    "resume-a one",
    "resume-a two",
    "nginx-b new",
    "resume-a after the cut",
    "resume-a last words",
    "resume-a born again",
  ]);
});

test("a refusal of the API server while following ends it with one sentence", async () => {
  runs.splice(0, runs.length, { pod: "resume-a", id: "a1", state: "running", lines: { a1: [`${time(1)} one`] } });
  const read = async () => {
    const range = { since: 0, follow: true, component: undefined, signal: AbortSignal.timeout(20_000) };
    for await (const { text } of source()(range)) {
      if (text === "one") {
        refusal = 403;
      }
    }
  };
  try {
    const thrown = await read().then(
      () => assert.fail("nothing was refused"),
      (error: unknown) => asUserError(error, "k8s"),
    );
    assert.ok(thrown instanceof UserError);
    assert.match(thrown.message, /^The cluster of the k8s stack: pods is forbidden/);
  } finally {
    refusal = undefined;
  }
});

test("a node's own time zone becomes UTC, and short fractions sort as text", () => {
  assert.equal(inUtc("2026-01-01T02:00:01.5+02:00"), "2026-01-01T00:00:01.500000000Z");
  assert.equal(inUtc("2026-01-01T00:00:01.123456789Z"), "2026-01-01T00:00:01.123456789Z");
  assert.equal(inUtc("2026-01-01T00:00:01Z"), "2026-01-01T00:00:01.000000000Z");
});

test("a stack's place is read from its config; a missing cluster or a secret kubeconfig is refused", async () => {
  assert.deepEqual(await placeIn("", "resume", "dev"), { target: "docker" });
  const server = "https://10.0.0.1";
  const kubeconfig = JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "c", cluster: { server } }],
    users: [{ name: "u", user: {} }],
    contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
  });
  const config = { "resume:target": "kubernetes", "kubernetes:kubeconfig": kubeconfig, "kubernetes:context": "x" };
  const place = await placeIn(JSON.stringify({ config }), "resume", "k8s");
  assert.ok(place.target === "kubernetes");
  assert.equal(place.namespace, "resume-k8s");
  assert.equal(place.access.getCurrentCluster()?.server, server);
  const named = await placeIn(JSON.stringify({ config: { ...config, "resume:namespace": "shop" } }), "resume", "k8s");
  assert.equal(named.target === "kubernetes" && named.namespace, "shop");
  const wrong = { ...config, "kubernetes:context": "y" };
  await assert.rejects(
    () => placeIn(JSON.stringify({ config: wrong }), "resume", "k8s"),
    /k8s stack is not found: kubernetes:context is "y"; allowed: a context of kubernetes:kubeconfig: x/,
  );
  const secret = { ...config, "kubernetes:kubeconfig": { secure: "v1:abc" } };
  await assert.rejects(
    () => placeIn(JSON.stringify({ config: secret }), "resume", "k8s"),
    /kubernetes:kubeconfig is a secret/,
  );
});

test("the exit code of a command in a pod is in the status of the API server", () => {
  assert.equal(exitCode({ status: "Success" }), 0);
  const details = { causes: [{ reason: "ExitCode", message: "3" }] };
  assert.equal(exitCode({ status: "Failure", reason: "NonZeroExitCode", details }), 3);
  assert.equal(exitCode({ status: "Failure" }), 1);
});
