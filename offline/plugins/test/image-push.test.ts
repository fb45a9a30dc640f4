import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { afterEach, describe, test } from "node:test";
import Docker from "dockerode";
import { pushImage } from "../docker/image-push.ts";

const image = "registry.example.com:5000/me/app:7";
const digest = `sha256:${"ab".repeat(32)}`;

describe("an image is pushed", () => {
  let server: Server;
  afterEach(() => {
    server.close();
  });

  /** An engine that answers a push with these events. */
  async function engineSaying(events: object[], onRequest: (request: IncomingMessage) => void = () => {}) {
    server = createServer((request, response) => {
      onRequest(request);
      response.setHeader("Content-Type", "application/json");
      response.end(events.map((event) => `${JSON.stringify(event)}\n`).join(""));
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    assert.ok(typeof address === "object" && address !== null);
    return new Docker({ protocol: "http", host: "127.0.0.1", port: address.port });
  }

  test("a pushed image is named by the digest that the registry gave it", async () => {
    const asked: (string | undefined)[] = [];
    const said: string[] = [];
    const events = [
      { status: "Pushed" },
      { status: "Pushing", progress: "[=>]" },
      { aux: { Tag: "7", Digest: digest } },
    ];
    const docker = await engineSaying(events, ({ url, headers }) => {
      asked.push(url, String(headers["x-registry-auth"]));
    });
    assert.deepEqual(await pushImage(docker, image, (line) => said.push(line)), {
      repoDigest: `registry.example.com:5000/me/app@${digest}`,
      registryServer: "registry.example.com:5000",
    });
    assert.match(asked[0] ?? "", /^\/images\/registry\.example\.com:5000\/me\/app:7\/push/);
    assert.ok(asked[1], "the engine refuses a push without this header");
    assert.deepEqual(said, ["Pushed"]);
  });

  test("what the registry refuses is said in its own words", async () => {
    const docker = await engineSaying([{ error: "denied: no such project" }]);
    await assert.rejects(
      pushImage(docker, image, () => {}),
      /unable to push image registry\.example\.com:5000\/me\/app:7: denied: no such project/,
    );
  });

  test("a push without a digest is an error, not an image by another name", async () => {
    const docker = await engineSaying([{ status: "Pushed" }]);
    await assert.rejects(
      pushImage(docker, image, () => {}),
      /does not say what digest/,
    );
  });
});
