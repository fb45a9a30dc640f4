import { parseArgs } from "node:util";
import { Redis } from "ioredis";
import { ConfigError, type RedisConfig, readConfig } from "./config.ts";
import { formatMessage, type StoredMessage } from "./contact/format-message.ts";
import { messageStream } from "./contact/mailbox.ts";

/**
 * Prints the messages of the contact form, oldest first, as text or as one JSON object a line:
 * `node messages.js [--json] [--after ID]`. Or deletes those before one of them, for good:
 * `node messages.js --delete-before ID`. Uses the same environment as the service.
 */

const pageSize = 100;
const connectMs = 5_000;
const idShape = /^\d{1,20}-\d{1,20}$/;

try {
  const { values } = parseArgs({
    options: {
      json: { type: "boolean", default: false },
      after: { type: "string" },
      "delete-before": { type: "string" },
    },
  });
  const { json, after, "delete-before": before } = values;
  for (const [option, id] of Object.entries({ after, "delete-before": before })) {
    if (id !== undefined && !idShape.test(id)) {
      throw new Error(`--${option} is "${id}", but must be a message's ID, such as 1795446000000-0.`);
    }
  }
  if (before !== undefined && (json || after !== undefined)) {
    throw new Error("--delete-before stands alone: what it deletes is not printed.");
  }
  const { redis } = readConfig(process.env);
  if (redis === undefined) {
    throw new ConfigError(["REDIS_HOST is not set, so there are no messages."]);
  }
  await withRedis(redis, (client) => (before === undefined ? print(client, json, after) : remove(client, before)));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

async function print(client: Redis, json: boolean, after: string | undefined): Promise<void> {
  let count = 0;
  for await (const message of storedMessages(client, after)) {
    process.stdout.write(json ? `${JSON.stringify(message)}\n` : formatMessage(message));
    count += 1;
  }
  if (!json) {
    process.stdout.write(count === 0 ? "No messages.\n" : `${counted(count)}.\n`);
  }
}

async function remove(client: Redis, before: string): Promise<void> {
  const deleted = await client.xtrim(messageStream, "MINID", before);
  const left = await client.xlen(messageStream);
  process.stdout.write(`${counted(deleted)} before ${before} deleted, ${left} left.\n`);
}

function counted(count: number): string {
  return `${count} ${count === 1 ? "message" : "messages"}`;
}

/** Connects, runs the action, and closes the connection. */
async function withRedis(config: RedisConfig, action: (client: Redis) => Promise<void>): Promise<void> {
  const client = new Redis({
    host: config.host,
    port: config.port,
    password: config.password,
    connectTimeout: connectMs,
    lazyConnect: true,
    retryStrategy: () => null,
  });
  let reason = "the connection was closed";
  client.on("error", (error) => {
    reason = error.message;
  });
  try {
    await client.connect().catch(() => {
      throw new Error(`Redis can't be reached: ${reason}.`);
    });
    await action(client);
  } finally {
    client.disconnect();
  }
}

/** Reads all messages after the given id, page by page. */
async function* storedMessages(client: Redis, after: string | undefined): AsyncGenerator<StoredMessage> {
  let last = after;
  for (;;) {
    const page = await client.xrange(messageStream, last === undefined ? "-" : `(${last}`, "+", "COUNT", pageSize);
    for (const [id, fields] of page) {
      yield storedMessage(id, fields);
      last = id;
    }
    if (page.length < pageSize) {
      return;
    }
  }
}

function storedMessage(id: string, fields: readonly string[]): StoredMessage {
  const value = (name: string): string => {
    const at = fields.findIndex((field, index) => index % 2 === 0 && field === name);
    return at < 0 ? "" : (fields[at + 1] ?? "");
  };
  const time = new Date(Number(id.split("-")[0])).toISOString();
  const requestId = value("requestId");
  return { id, time, name: value("name"), email: value("email"), message: value("message"), requestId };
}
