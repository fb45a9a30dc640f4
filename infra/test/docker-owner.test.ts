import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { clientAt } from "../../lib/docker-engine.ts";
import { UserError } from "../../lib/user-error.ts";
import { stackLabels } from "../labels.ts";
import { assertNotOthers, ownContainers } from "../targets/docker/owner.ts";

const labels = stackLabels("resume", "dev");
const network = { id: "id-of-ours", name: "resume-dev-0a1b2c3" };
let containers: object[] = [];

const folder = mkdtempSync(join(tmpdir(), "owner-"));
const socket = join(folder, "sock");
const engine = clientAt(`unix://${socket}`);
const server = createServer((_, response) => response.end(JSON.stringify(containers)));
before(() => new Promise<void>((resolve) => server.listen(socket, resolve)));
after(() => {
  server.close();
  server.closeAllConnections();
  rmSync(folder, { recursive: true });
});

function container(id: string, networks: Record<string, string>) {
  const entries = Object.entries(networks).map(([name, NetworkID]) => [name, { NetworkID }]);
  return { Id: id, NetworkSettings: { Networks: Object.fromEntries(entries) } };
}

const ours = [
  container("running", { [network.name]: network.id }),
  container("never started", { [network.name]: "" }),
  container("connected to another network as well", { bridge: "b", [network.name]: network.id }),
];
const halfMade = container("in no network of a stack", { bridge: "" });
const others = container("of another clone", { "resume-dev-9f8e7d6": "id-of-theirs" });

test("a container with the labels is the stack's when it is in the network of the state", async () => {
  containers = [...ours, halfMade, others];
  assert.deepEqual(
    (await ownContainers(engine, { labels, network })).map(({ Id }) => Id),
    ours.map(({ Id }) => Id),
  );
});

test("a stack of the same name in another network is refused, by a state that has a network and by one that has none", async () => {
  containers = [...ours, halfMade];
  await assertNotOthers(engine, labels, async () => network);
  containers = [halfMade];
  await assertNotOthers(engine, labels, async () => undefined);
  containers = [];
  await assertNotOthers(engine, labels, () => assert.fail("the state is not read without containers"));

  containers = [others];
  for (const [own, end] of [
    [network, "this clone's is resume-dev-0a1b2c3"],
    [undefined, "this clone's state has none"],
  ] as const) {
    await assert.rejects(
      assertNotOthers(engine, labels, async () => own),
      (error) =>
        error instanceof UserError &&
        error.message ===
          `The stack dev on this engine is another clone's: its network is resume-dev-9f8e7d6, and ${end}. ` +
            "Choose another name for yours: npm run up -- --stack NAME.",
    );
  }
});
