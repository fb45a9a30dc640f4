import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { isRoot } from "../../lib/debian.ts";
import { mustRun } from "../../lib/run.ts";
import { which } from "../../lib/which.ts";

const able =
  process.platform === "linux" && isRoot() && ["dockerd", "iptables", "ip", "unshare"].every((name) => which(name));
const cache = mkdtempSync(join(tmpdir(), "own-engine-"));
after(() => rmSync(cache, { recursive: true, force: true }));

test("our own engine starts, is found again, is restarted when it was killed, and leaves nothing when it is stopped", {
  skip: able ? false : "needs Linux, root, dockerd, iptables, ip and unshare",
  timeout: 180_000,
}, async () => {
  const program = join(import.meta.dirname, "support/own-engine.ts");
  const namespaces = ["--net", "--pid", "--mount", "--fork", "--mount-proc"];
  // The machine's own engine, at its default socket, is out of sight in there.
  const env = { RESUME_TOOLCHAIN_DIR: cache, DOCKER_HOST: undefined, DOCKER_CONTEXT: "default" };
  const script = 'mount -t tmpfs none "$(realpath /var/run)" && exec "$@"';
  const args = [...namespaces, "sh", "-c", script, "sh", process.execPath, program];
  const output = await mustRun("unshare", args, { env });
  const seen = JSON.parse(output);

  assert.deepEqual(seen.after, seen.before);
  assert.deepEqual(seen.left, []);
  assert.ok(seen.during.links.includes("docker0"));
  assert.match(seen.during.filter, /DOCKER/);
  assert.match(seen.commandLine, /dockerd/);
  const [first, again, restarted, stopped] = seen.pids;
  assert.equal(again, first);
  assert.notEqual(restarted, first);
  assert.ok(restarted);
  assert.equal(stopped, 0);
  for (const engine of seen.engines) {
    assert.equal(engine.ours, true);
    assert.match(engine.host, /^unix:\/\/\/run\/resume-[0-9a-f]{8}\/docker\.sock$/);
    assert.ok(engine.nofile >= 1024);
  }
  assert.equal(seen.engines.length, 3);
  assert.ok(!existsSync((seen.engines[0]?.host ?? "").replace("unix://", "")));
});
