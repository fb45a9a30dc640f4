import { parseArgs } from "node:util";
import { Redis } from "ioredis";
import { ConfigError, type RedisConfig, readConfig } from "./config.ts";
import { MESSAGES } from "./contact/mailbox.ts";
import { formatMessage, type StoredMessage } from "./contact/read-out.ts";

/**
 * Prints the messages of the contact form, oldest first: `node messages.js [--json] [--after ID]`. As text, or as one
 * JSON object a line. Reads only; uses the same environment as the service.
 */

const PAGE = 100;
const CONNECT_MS = 5_000;

try {
  const { values } = parseArgs({ options: { json: { type: "boolean", default: false }, after: { type: "string" } } });
  const { redis } = readConfig(process.env);
  if (redis === undefined) throw new ConfigError(["REDIS_HOST is not set, so there are no messages."]);
  let count = 0;
  for await (const message of storedMessages(redis, values.after)) {
    process.stdout.write(values.json ? `${JSON.stringify(message)}\n` : formatMessage(message));
    count += 1;
  }
  if (!values.json)
    process.stdout.write(count === 0 ? "No messages.\n" : `${count} ${count === 1 ? "message" : "messages"}.\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

/** All messages after the given id, page by page. */
async function* storedMessages(config: RedisConfig, after: string | undefined): AsyncGenerator<StoredMessage> {
  const client = new Redis({
    host: config.host,
    port: config.port,
    password: config.password,
    connectTimeout: CONNECT_MS,
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
    let last = after;
    for (;;) {
      const page = await client.xrange(MESSAGES, last === undefined ? "-" : `(${last}`, "+", "COUNT", PAGE);
      for (const [id, fields] of page) {
        yield storedMessage(id, fields);
        last = id;
      }
      if (page.length < PAGE) return;
    }
  } finally {
    client.disconnect();
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
