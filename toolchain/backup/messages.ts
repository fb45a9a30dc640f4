import { randomUUID } from "node:crypto";
import { z } from "zod";
import { messageStream, redisAuth, redisCli } from "../../infra/system/names.ts";
import { captureOutputs } from "../../lib/exec.ts";
import { UserError } from "../../lib/user-error.ts";
import type { ComponentExec } from "../lib/component-exec.ts";

/** An entry of the stream: its id, then its fields, each name followed by its value. */
const message = z.tuple([z.string().regex(/^\d{1,20}-\d{1,20}$/), z.array(z.string()).min(2)]);
export const messageList = z.array(message);
export type Message = z.infer<typeof message>;

/** Each page is one answer of Redis, which needs memory for it. */
const pageSize = 500;

/** Timeout of a command, in seconds: a Redis that hangs does not answer at all. */
const timeoutSeconds = 60;

/** How often a restore starts again because the stream has changed meanwhile. */
const attempts = 3;

/**
 * Replaces the stream KEYS[1] by KEYS[2] in one step, if that has ARGV[2] entries. Entries that came after ARGV[1] are
 * taken over.
 */
const replaceScript = `
if redis.call("XLEN", KEYS[2]) ~= tonumber(ARGV[2]) then return redis.error_reply("ERR the messages are not complete") end
for _, entry in ipairs(redis.call("XRANGE", KEYS[1], "(" .. ARGV[1], "+")) do
  redis.call("XADD", KEYS[2], entry[1], unpack(entry[2]))
end
redis.call("PERSIST", KEYS[2])
redis.call("RENAME", KEYS[2], KEYS[1])
return redis.call("XLEN", KEYS[1])`;

/** A command in Redis' protocol. */
function encode(...words: string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join("")}`;
}

/** Compares ids: milliseconds, then a counter. Both may be larger than a safe number. */
function compareIds(one: string, other: string): number {
  const [[time = "", count = ""], [otherTime = "", otherCount = ""]] = [one.split("-"), other.split("-")];
  const difference = BigInt(time) - BigInt(otherTime) || BigInt(count) - BigInt(otherCount);
  return difference < 0n ? -1 : Number(difference > 0n);
}

/** All messages of two lists, by id. A message that both have is there once. */
export function mergeMessages(one: readonly Message[], other: readonly Message[]): Message[] {
  const byId = new Map([...other, ...one].map((entry) => [entry[0], entry]));
  return [...byId.values()].sort(([id], [otherId]) => compareIds(id, otherId));
}

/** The stream of the contact form's messages, through Redis' CLI in its container. */
export class Messages {
  readonly #exec: ComponentExec;

  constructor(exec: ComponentExec) {
    this.#exec = exec;
  }

  /** @throws {UserError} when Redis can't be reached, as every method here */
  async count(): Promise<number> {
    return Number(await this.#cli(["XLEN", messageStream]));
  }

  /** All messages, oldest first. */
  async read(): Promise<Message[]> {
    const all: Message[] = [];
    for (;;) {
      const last = all.at(-1)?.[0];
      const range = [last === undefined ? "-" : `(${last}`, "+", "COUNT", String(pageSize)];
      const page = messageList.parse(JSON.parse(await this.#cli(["--json", "XRANGE", messageStream, ...range])));
      all.push(...page);
      if (page.length < pageSize) {
        return all;
      }
    }
  }

  /**
   * Adds the messages that are not there. It happens in one step: a failure before it changes nothing.
   * @returns how many were added
   */
  async add(messages: readonly Message[]): Promise<number> {
    for (let attempt = 1; ; attempt++) {
      const there = await this.read();
      const all = mergeMessages(there, messages);
      if (all.length === there.length) {
        return 0;
      }
      try {
        await this.#replace(all, there.at(-1)?.[0] ?? "0-0");
        return all.length - there.length;
      } catch (error) {
        // A message that came meanwhile may be older than one of the restored.
        if (!(error instanceof UserError) || attempt === attempts) {
          throw error;
        }
      }
    }
  }

  /** @param last the last message that was there when they were read */
  async #replace(all: readonly Message[], last: string): Promise<void> {
    const copy = `${messageStream}:restored:${randomUUID()}`;
    // An interrupted restore leaves a copy, which expires.
    const commands = all.map(([id, fields], index) => {
      const entry = encode("XADD", copy, id, ...fields);
      return index === 0 ? entry + encode("EXPIRE", copy, "600") : entry;
    });
    try {
      await this.#cli(["--pipe"], Buffer.from(commands.join("")));
      await this.#cli(["EVAL", replaceScript, "2", messageStream, copy, last, String(all.length)]);
    } catch (error) {
      await this.#cli(["UNLINK", copy]);
      throw error;
    }
  }

  async #cli(args: string[], input?: Buffer): Promise<string> {
    const from = input === undefined ? "" : `head -c ${input.length} | `;
    const script = `export ${redisAuth}; ${from}timeout -s KILL ${timeoutSeconds} ${redisCli} -e "$@"`;
    const command = ["sh", "-c", script, "sh", ...args];
    const { code, stdout, stderr } = await captureOutputs((outputs) =>
      this.#exec("redis", command, input === undefined ? outputs : { ...outputs, input }),
    );
    if (code === undefined) {
      throw new UserError("No container of redis runs.");
    }
    if (code !== 0) {
      throw new UserError(`Redis does not do ${args[0]}: ${`${stderr}${stdout}`.trim() || `exit code ${code}`}`);
    }
    return stdout.trim();
  }
}
