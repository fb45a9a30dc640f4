import { createHash } from "node:crypto";
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { buffer } from "node:stream/consumers";
import { gunzipSync, gzipSync } from "node:zlib";
import { extract, pack } from "tar-stream";
import { z } from "zod";
import { hasCode, messageOf, UserError } from "../../lib/user-error.ts";
import { project } from "../lib/stack-config.ts";
import { type Message, messageList } from "./messages.ts";

/** Everything that a backup holds. */
export interface Backup {
  stack: string;
  /** When it was made: ISO date and time. */
  created: string;
  messages: Message[];
  /** Grafana's database; undefined where the stack has no Grafana. */
  grafana: Buffer | undefined;
}

const manifestName = "manifest.json";
const partNames = { messages: "messages.json", grafana: "grafana.db" } as const;
const format = 1;

const partSchema = z.object({ bytes: z.int(), sha256: z.string() });
const manifestSchema = z.object({
  format: z.int(),
  project: z.string(),
  stack: z.string(),
  created: z.iso.datetime(),
  messages: z.int(),
  parts: z.object({ [partNames.messages]: partSchema, [partNames.grafana]: partSchema.optional() }),
});

function sha256(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** A file of the command line. npm runs commands in the project's folder, and INIT_CWD is the user's. */
export function userFile(file: string): string {
  return resolve(process.env.INIT_CWD ?? "", file);
}

/** @throws {UserError} when there is such a file, or no folder for it */
export function assertNewFile(file: string): void {
  if (existsSync(file)) {
    throw new UserError(`backup: ${file} is there already, and is not overwritten. Name another file.`);
  }
  if (!existsSync(dirname(file))) {
    throw new UserError(`backup: there is no folder ${dirname(file)}.`);
  }
}

/** Writes a backup as a .tar.gz that only its owner may read: it has personal data. There is no half file at any time. */
export async function writeBackup(file: string, { stack, created, messages, grafana }: Backup): Promise<void> {
  const parts = Object.entries({
    [partNames.messages]: Buffer.from(JSON.stringify(messages)),
    ...(grafana === undefined ? {} : { [partNames.grafana]: grafana }),
  });
  const sums = parts.map(([name, bytes]) => [name, { bytes: bytes.length, sha256: sha256(bytes) }]);
  const manifest = { format, project, stack, created, messages: messages.length, parts: Object.fromEntries(sums) };
  const tar = pack();
  for (const [name, bytes] of [[manifestName, JSON.stringify(manifest, null, 2)], ...parts] as const) {
    tar.entry({ name, mode: 0o600, mtime: new Date(created) }, bytes);
  }
  tar.finalize();
  const bytes = gzipSync(await buffer(tar));
  const temporary = `${file}.${process.pid}.part`;
  try {
    writeFileSync(temporary, bytes, { mode: 0o600, flag: "wx", flush: true });
    assertNewFile(file);
    renameSync(temporary, file);
  } catch (error) {
    throw error instanceof UserError ? error : new UserError(`backup: ${file} can't be written: ${messageOf(error)}`);
  } finally {
    rmSync(temporary, { force: true });
  }
}

async function unpack(bytes: Buffer): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  const tar = extract();
  tar.end(gunzipSync(bytes));
  for await (const entry of tar) {
    files.set(entry.header.name, await buffer(entry));
  }
  return files;
}

/** Reads a backup, and checks all of it. @throws {UserError} when there is none, or it is damaged or of something else */
export async function readBackup(file: string): Promise<Backup> {
  try {
    const files = await unpack(readFileSync(file));
    const read = (name: string) => files.get(name) ?? fail(`it has no ${name}`);
    const manifest = manifestSchema.parse(JSON.parse(read(manifestName).toString()));
    if (manifest.project !== project || manifest.format !== format) {
      fail(`it has format ${manifest.format} of the project ${manifest.project}, not ${format} of ${project}`);
    }
    for (const [name, part] of Object.entries(manifest.parts)) {
      if (part !== undefined && sha256(read(name)) !== part.sha256) {
        fail(`its ${name} has another checksum`);
      }
    }
    const messages = messageList.parse(JSON.parse(read(partNames.messages).toString()));
    const grafana = manifest.parts[partNames.grafana] === undefined ? undefined : read(partNames.grafana);
    return { stack: manifest.stack, created: manifest.created, messages, grafana };
  } catch (error) {
    if (hasCode(error, "ENOENT")) {
      throw new UserError(`restore: there is no file ${file}.`);
    }
    const reason = error instanceof z.ZodError ? "its contents have another form" : messageOf(error);
    throw new UserError(
      `restore: ${file} is no backup of this project, or is damaged: ${reason}. Nothing was changed.`,
    );
  }
}

/** @throws {Error} always */
function fail(reason: string): never {
  throw new Error(reason);
}
