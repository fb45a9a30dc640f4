import assert from "node:assert/strict";
import { after, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { componentLabel, stackLabels } from "../../infra/labels.ts";
import { clientAt } from "../../lib/docker-engine.ts";
import { RedisFiles } from "../lib/repair-redis.ts";

const image = process.env.RESUME_TEST_REDIS_IMAGE ?? "";
const docker = clientAt(process.env.DOCKER_HOST ?? "");
const labels = stackLabels("resume", `repair-${process.pid}`);
const volume = `repair-${process.pid}`;
const made: { remove: (options: { force: boolean }) => Promise<unknown> }[] = [];
after(async () => {
  await Promise.all(made.map((container) => container.remove({ force: true })));
  await docker.getVolume(volume).remove();
});

const hostConfig = { Binds: [`${volume}:/data`], NetworkMode: "none" };

test("Redis whose file ends in zeros, as after a crash, starts again and again, and is repaired with what it had", {
  timeout: 60_000,
}, async () => {
  const redis = await docker.createContainer({
    Image: image,
    Cmd: ["redis-server", "--dir", "/data", "--appendonly", "yes", "--appendfsync", "always", "--save", ""],
    Labels: { ...labels, [componentLabel]: "redis" },
    HostConfig: { ...hostConfig, RestartPolicy: { Name: "unless-stopped" } },
  });
  made.push(redis);
  const cli = async (...args: string[]): Promise<string> => {
    const exec = await redis.exec({ Cmd: ["redis-cli", ...args], AttachStdout: true, Tty: true });
    const stream = await exec.start({ Tty: true });
    let output = "";
    for await (const chunk of stream) {
      output += String(chunk);
    }
    return output.trim();
  };
  await redis.start();
  while ((await cli("ping")) !== "PONG") {
    await pause(100);
  }
  assert.match(await cli("xadd", "messages", "*", "text", "kept"), /^"?\d+-0"?$/);
  assert.deepEqual(await (await RedisFiles.find(docker, { labels })).damagedBytes(), 0);

  await redis.stop({ t: 5 });
  const damage = await docker.createContainer({
    Image: image,
    Entrypoint: ["sh", "-c", "head -c 512 /dev/zero >> /data/appendonlydir/appendonly.aof.1.incr.aof"],
    HostConfig: hostConfig,
  });
  made.push(damage);
  await damage.start();
  assert.equal((await damage.wait()).StatusCode, 0);
  await redis.start();
  while ((await redis.inspect()).RestartCount < 1) {
    await pause(100);
  }

  const files = await RedisFiles.find(docker, { labels });
  assert.equal(await files.damagedBytes(), 512);
  assert.match(await files.repair(), /^\/data\/appendonlydir\.damaged-/);
  while ((await cli("ping")) !== "PONG") {
    await pause(100);
  }
  assert.match(await cli("xrange", "messages", "-", "+"), /kept/);
  assert.equal(await files.damagedBytes(), 0);
});
