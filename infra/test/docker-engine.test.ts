import assert from "node:assert/strict";
import { createHash, X509Certificate } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createPlainServer } from "node:http";
import { createServer, type Server } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, describe, test } from "node:test";
import { TLSSocket } from "node:tls";
import { selfSigned } from "../../lib/certificate.ts";
import { engineConnection } from "../../lib/docker-engine.ts";
import { describeEngine } from "../../lib/engine-facts.ts";

const variables = [
  "DOCKER_HOST",
  "DOCKER_CONTEXT",
  "DOCKER_CERT_PATH",
  "DOCKER_CONFIG",
  "DOCKER_CA_MATERIAL",
  "DOCKER_CERT_MATERIAL",
  "DOCKER_KEY_MATERIAL",
] as const;

describe("the engine that the docker provider will talk to", () => {
  const folder = mkdtempSync(join(tmpdir(), "engine-"));
  const files = join(folder, "certificates");
  let server: Server;
  let host: string;
  let material: { ca: string; cert: string; key: string };
  const saved = variables.map((name) => [name, process.env[name]] as const);

  before(async () => {
    const { certificate, key } = await selfSigned(["localhost", "127.0.0.1"]);
    material = { ca: certificate, cert: certificate, key };
    // An engine that answers only who shows a certificate.
    const own = new X509Certificate(certificate).fingerprint256;
    const options = { key, cert: certificate, requestCert: true, rejectUnauthorized: false };
    server = createServer(options, ({ socket }, response) => {
      const shown = socket instanceof TLSSocket ? socket.getPeerCertificate().fingerprint256 : undefined;
      if (shown !== own) {
        response.statusCode = 403;
      }
      response.setHeader("Content-Type", "application/json");
      response.end(JSON.stringify({ NCPU: 7, OSType: "linux", Architecture: "aarch64" }));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    host = `tcp://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
    writeMaterial(files);
  });
  beforeEach(() => {
    for (const name of variables) {
      delete process.env[name];
    }
  });
  after(() => {
    for (const [name, value] of saved) {
      if (value === undefined) {
        delete process.env[name];
      } else {
        process.env[name] = value;
      }
    }
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true });
  });

  const writeMaterial = (to: string) => {
    mkdirSync(to, { recursive: true });
    for (const [name, text] of Object.entries(material)) {
      writeFileSync(join(to, `${name}.pem`), text);
    }
  };

  const seen = (settings: Record<string, string>) => describeEngine(engineConnection(settings));
  const expected = { cpus: 7, platform: "linux/arm64" };

  test("by TLS, with the material of the config", async () => {
    const { ca: caMaterial, cert: certMaterial, key: keyMaterial } = material;
    assert.deepEqual(await seen({ host, caMaterial, certMaterial, keyMaterial }), expected);
  });

  test("by TLS, with the files of a folder that the config or the environment names", async () => {
    assert.deepEqual(await seen({ host, certPath: files }), expected);
    process.env.DOCKER_HOST = host;
    process.env.DOCKER_CERT_PATH = files;
    assert.deepEqual(await seen({}), expected);
  });

  test("a socket of the config, with another engine's address and certificates in the environment", async () => {
    const socket = join(folder, "engine.sock");
    const engine = createPlainServer((_, response) => {
      response.setHeader("Content-Type", "application/json");
      response.end(JSON.stringify({ NCPU: 3, OSType: "linux", Architecture: "x86_64" }));
    });
    await new Promise<void>((resolve) => engine.listen(socket, resolve));
    process.env.DOCKER_HOST = host;
    process.env.DOCKER_CERT_PATH = files;
    assert.deepEqual(await seen({ host: `unix://${socket}` }), { cpus: 3, platform: "linux/amd64" });
    engine.closeAllConnections();
    engine.close();
  });

  test("by a context of the Docker CLI, with what is kept for it; it comes before a host", async () => {
    const id = createHash("sha256").update("far").digest("hex");
    const meta = join(folder, "contexts/meta", id);
    mkdirSync(meta, { recursive: true });
    writeFileSync(join(meta, "meta.json"), JSON.stringify({ Name: "far", Endpoints: { docker: { Host: host } } }));
    writeMaterial(join(folder, "contexts/tls", id, "docker"));
    process.env.DOCKER_CONFIG = folder;
    assert.deepEqual(await seen({ context: "far", host: "unix:///nowhere.sock" }), expected);
    process.env.DOCKER_CONTEXT = "far";
    assert.deepEqual(await seen({}), expected);
    assert.equal(engineConnection({ context: "default" }).host, "unix:///var/run/docker.sock");
    const other = { caMaterial: "A", certMaterial: "B", keyMaterial: "C" };
    assert.deepEqual(engineConnection({ context: "far", ...other }), { host, tls: { ca: "A", cert: "B", key: "C" } });
  });

  test("material that is not whole, or beside a folder, is refused before anything is dialled", () => {
    const allowed =
      "allowed: docker:caMaterial, docker:certMaterial and docker:keyMaterial together, or docker:certPath";
    const refused = (settings: Record<string, string>, names: string) =>
      assert.throws(() => engineConnection({ host, ...settings }), new RegExp(`^.*${names} set; ${allowed} alone\\.$`));
    refused({ caMaterial: "A" }, "docker:caMaterial is");
    refused({ caMaterial: "A", keyMaterial: "C" }, "docker:caMaterial, docker:keyMaterial are");
    refused({ certMaterial: "B", certPath: files }, "docker:certMaterial, docker:certPath are");
    process.env.DOCKER_CERT_PATH = files;
    refused({ caMaterial: "A", certMaterial: "B", keyMaterial: "C" }, "docker:keyMaterial, docker:certPath are");
  });

  test("what is not there is one sentence", async () => {
    process.env.DOCKER_CONFIG = folder;
    assert.throws(() => engineConnection({ context: "gone" }), /docker:context is "gone"; allowed: a context that/);
    assert.throws(
      () => engineConnection({ host, certPath: "/nowhere" }),
      /docker:certPath leads to \/nowhere; allowed: a folder with ca\.pem, cert\.pem and key\.pem\./,
    );
    await assert.rejects(seen({ host }), /No Docker engine can be used at tcp:\/\/127\.0\.0\.1:\d+: /);
  });
});
