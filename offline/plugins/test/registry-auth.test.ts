import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { registryAuth, registryOf } from "../docker/registry-auth.ts";

test("the registry in an image's name", () => {
  const images = [
    "nginx",
    "library/nginx:1",
    "localhost/nginx",
    "127.0.0.1:5000/nginx",
    "registry.example/a/b@sha256:1",
  ];
  assert.deepEqual(images.map(registryOf), [undefined, undefined, "localhost", "127.0.0.1:5000", "registry.example"]);
});

test("plain credentials of docker login are found, others are not", async (t) => {
  const directory = await mkdtemp(join(tmpdir(), "registry-auth-"));
  const before = process.env.DOCKER_CONFIG;
  process.env.DOCKER_CONFIG = directory;
  t.after(async () => {
    if (before === undefined) {
      delete process.env.DOCKER_CONFIG;
    } else {
      process.env.DOCKER_CONFIG = before;
    }
    await rm(directory, { recursive: true });
  });
  assert.equal(await registryAuth("registry.example/a"), undefined);
  const auth = (text: string) => ({ auth: Buffer.from(text).toString("base64") });
  const auths = {
    "registry.example": auth("me:pass:word"),
    "https://default.example/v1/": auth("you:x"),
    "helper.example": {},
  };
  await writeFile(join(directory, "config.json"), JSON.stringify({ auths }));
  assert.deepEqual(await registryAuth("registry.example/a"), {
    username: "me",
    password: "pass:word",
    serveraddress: "registry.example",
  });
  assert.deepEqual(await registryAuth("nginx"), {
    username: "you",
    password: "x",
    serveraddress: "https://default.example/v1/",
  });
  assert.equal(await registryAuth("helper.example/a"), undefined);
});
