import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { after, mock, test } from "node:test";
import { gunzipSync, gzipSync } from "node:zlib";
import { pack } from "tar-stream";
import { messageStream } from "../../infra/system/names.ts";
import { projectRoot } from "../../lib/paths.ts";
import { UserError } from "../../lib/user-error.ts";
import { messageStream as serviceStream } from "../../service/src/contact/mailbox.ts";
import { type Backup, readBackup, writeBackup } from "../backup/archive.ts";
import { helperPod, setGrafanaPassword } from "../backup/grafana.ts";
import { Messages, mergeMessages } from "../backup/messages.ts";

const folder = mkdtempSync(join(tmpdir(), "backup-"));
after(() => rmSync(folder, { recursive: true }));

const whole: Backup = {
  stack: "dev",
  created: "2026-11-30T09:00:00.000Z",
  messages: [
    ["5-1", ["name", "Ada", "message", "é\n\"'"]],
    ["1795446000000-0", ["name", "Bob", "message", "hello"]],
  ],
  grafana: Buffer.from([0, 255, 1, 10, 13]),
};
const file = join(folder, "whole.tar.gz");

test("a backup is read as it was written, is its owner's alone, and is never overwritten", async () => {
  await writeBackup(file, whole);
  assert.deepEqual(await readBackup(file), whole);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  await assert.rejects(writeBackup(file, whole), /whole\.tar\.gz is there already, and is not overwritten/);
  await assert.rejects(writeBackup(join(folder, "no/where.tar.gz"), whole), /no\/where\.tar\.gz can't be written/);
  const small = join(folder, "messages.tar.gz");
  await writeBackup(small, { ...whole, grafana: undefined });
  assert.deepEqual(await readBackup(small), { ...whole, grafana: undefined });
  assert.deepEqual(readdirSync(folder).sort(), ["messages.tar.gz", "whole.tar.gz"], "no half file is left");
});

/** A file as backup writes it, with another manifest. */
async function withManifest(manifest: object): Promise<Buffer> {
  const tar = pack();
  tar.entry({ name: "manifest.json" }, JSON.stringify(manifest));
  tar.finalize();
  return gzipSync(await buffer(tar));
}

test("a file that is damaged at any place, too short or foreign is refused with one sentence", async () => {
  const bytes = readFileSync(file);
  const damaged = join(folder, "damaged");
  const expectRefusal = async (content: Buffer, what: string) => {
    writeFileSync(damaged, content);
    await assert.rejects(
      readBackup(damaged),
      (error) =>
        error instanceof UserError && /is no backup of this project, or is damaged: .*\. Nothing/.test(error.message),
      what,
    );
  };
  for (let length = 0; length < bytes.length; length += 40) {
    await expectRefusal(bytes.subarray(0, length), `the first ${length} bytes`);
  }
  // The gzip header's time and system, bytes 4 to 9, carry nothing.
  for (let at = 10; at < bytes.length; at += 7) {
    await expectRefusal(
      Buffer.from(bytes.map((byte, index) => (index === at ? byte ^ 1 : byte))),
      `byte ${at} changed`,
    );
  }
  const tar = gunzipSync(bytes);
  const at = tar.indexOf("hello");
  tar.write("jello", at);
  await expectRefusal(gzipSync(tar), "another message under the same checksum");
  await expectRefusal(readFileSync(join(projectRoot, "package.json")), "package.json");
  const parts = { "messages.json": { bytes: 2, sha256: "" } };
  const manifest = { format: 1, project: "resume", stack: "dev", created: whole.created, messages: 0, parts };
  await expectRefusal(await withManifest({}), "a foreign manifest");
  await expectRefusal(await withManifest(manifest), "a manifest alone");
  await expectRefusal(await withManifest({ ...manifest, format: 2 }), "another format");
  await expectRefusal(await withManifest({ ...manifest, project: "other" }), "another project");
  await assert.rejects(readBackup(join(folder, "none")), /restore: there is no file .*none\./);
});

test("messages are merged by id, in the order of their ids, and none is there twice", () => {
  const [one, other] = whole.messages;
  assert.ok(one && other);
  const newer: [string, string[]] = ["1795446000000-10", ["name", "C"]];
  const older: [string, string[]] = ["1795446000000-9", ["name", "D"]];
  assert.deepEqual(mergeMessages([other, newer], [older, other, one]), [one, other, older, newer]);
  assert.deepEqual(mergeMessages([["5-1", ["name", "kept"]]], [one]), [["5-1", ["name", "kept"]]]);
});

test("the key of the messages is the service's", () => {
  assert.equal(messageStream, serviceStream);
});

test("a Redis that does not run, or does not answer, is one sentence", async () => {
  await assert.rejects(new Messages(async () => undefined).count(), /No container of redis runs\./);
  const messages = new Messages(async (component, command, { errors }) => {
    assert.equal(component, "redis");
    assert.deepEqual(command.slice(3), ["sh", "XLEN", "messages"]);
    errors.write("Could not connect to Redis\n");
    return 1;
  });
  await assert.rejects(messages.count(), /Redis does not do XLEN: Could not connect to Redis$/);
});

test("Grafana's password is read from its file, so that no command line shows it", async () => {
  const commands: string[][] = [];
  await setGrafanaPassword(async (component, command) => {
    commands.push([component, ...command]);
    return 0;
  });
  const script = "grafana cli admin reset-admin-password --password-from-stdin < /etc/stack/admin-password";
  assert.deepEqual(commands, [["grafana", "sh", "-c", script]]);
  await assert.rejects(
    setGrafanaPassword(async () => undefined),
    /can't be set in Grafana's database: it does not run/,
  );
});

test("the pod beside Grafana has its claim, node and user, and the service's image", () => {
  const securityContext = { runAsUser: 472 };
  const container = { name: "grafana", image: "grafana:1", securityContext: { readOnlyRootFilesystem: true } };
  const claim = { name: "data", persistentVolumeClaim: { claimName: "data-grafana-0" } };
  const mount = { name: "data", mountPath: "/var/lib/grafana" };
  const grafana = {
    spec: { nodeName: "one", securityContext, volumes: [claim], containers: [{ ...container, volumeMounts: [mount] }] },
  };
  const replica = { spec: { containers: [{ name: "resume", image: "service:1" }] } };
  const { spec } = helperPod(grafana, replica);
  assert.equal(spec?.nodeName, "one");
  assert.deepEqual(spec?.securityContext, securityContext);
  assert.deepEqual(spec?.volumes?.[0], claim);
  assert.equal(spec?.containers[0]?.image, "service:1");
  assert.deepEqual(spec?.containers[0]?.volumeMounts?.[0], mount);
  assert.equal(spec?.containers[0]?.securityContext?.readOnlyRootFilesystem, true);
  assert.throws(() => helperPod(undefined, replica), /no pod of Grafana or no replica runs/);
});

test("wrong arguments of down, backup and restore are one sentence, before anything is looked for", async () => {
  const wrong: [string[], RegExp][] = [
    [["down", "dev"], /'dev'[\s\S]*Usage: npm run down -- \[--stack NAME\] \[--yes\] \[--keep-data\]/],
    [["down", "--keep"], /'--keep'[\s\S]*Usage: npm run down/],
    [["down", "--stack", "none-such"], /--stack is "none-such"; allowed: /],
    [["backup"], /The files are ""; allowed: one file\. Usage: npm run backup/],
    [["backup", file], /is there already, and is not overwritten/],
    [["backup", join(folder, "no/file")], /there is no folder .*no\./],
    [["restore", "one", "two"], /The files are "one two"; allowed: one file\. Usage: npm run restore/],
    [["restore", join(folder, "none")], /there is no file .*none\./],
  ];
  const written = mock.method(process.stderr, "write", () => true);
  for (const [[name = "", ...args], sentence] of wrong) {
    const { default: command } = await import(`../commands/${name}.ts`);
    await assert.rejects(command(args), (error) => error instanceof UserError && sentence.test(error.message));
  }
  written.mock.restore();
  assert.equal(written.mock.callCount(), 0, "no tool was looked for");
});
