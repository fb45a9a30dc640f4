import type { Result } from "ioredis";

/**
 * Lua that Redis runs as one atomic step, as commands of the ioredis client: it sends a script's hash, and the script
 * itself only where Redis does not have it yet.
 */
export const redisScripts = {
  /** Returns a value and the milliseconds until it expires. */
  readWithTtl: {
    numberOfKeys: 1,
    lua: `return { redis.call("GET", KEYS[1]), redis.call("PTTL", KEYS[1]) }`,
  },

  /** Deletes a lock if it still belongs to its owner. */
  releaseLock: {
    numberOfKeys: 1,
    lua: `
if redis.call("GET", KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call("DEL", KEYS[1])`,
  },

  /** Increments a counter, which expires ARGV[1] seconds after its first increment. Returns the count and the seconds left. */
  increment: {
    numberOfKeys: 1,
    lua: `
local count = redis.call("INCR", KEYS[1])
if count == 1 then redis.call("EXPIRE", KEYS[1], ARGV[1]) end
return { count, redis.call("TTL", KEYS[1]) }`,
  },

  /** Replaces a value that is still ARGV[1] by ARGV[2] for ARGV[3] seconds. Deletes it where ARGV[2] is empty. */
  compareAndSwap: {
    numberOfKeys: 1,
    lua: `
if redis.call("GET", KEYS[1]) ~= ARGV[1] then return 0 end
if ARGV[2] == "" then redis.call("DEL", KEYS[1])
else redis.call("SET", KEYS[1], ARGV[2], "EX", ARGV[3]) end
return 1`,
  },

  /**
   * Adds an entry to the stream KEYS[1] unless it has ARGV[1] entries. Stores the entry's id in KEYS[2] for ARGV[2]
   * seconds, so that a second call returns the same id and adds nothing. Where KEYS[3] is given, its value must be
   * ARGV[3]; it is replaced by ARGV[4] for ARGV[5] seconds, or deleted where ARGV[4] is empty. Returns the id, "full" or
   * "spent".
   */
  appendOnce: {
    lua: `
local there = redis.call("GET", KEYS[2])
if there and #redis.call("XRANGE", KEYS[1], there, there) == 1 then return there end
if KEYS[3] and redis.call("GET", KEYS[3]) ~= ARGV[3] then return "spent" end
if redis.call("XLEN", KEYS[1]) >= tonumber(ARGV[1]) then return "full" end
local id = redis.call("XADD", KEYS[1], "*", unpack(ARGV, 6))
redis.call("SET", KEYS[2], id, "EX", ARGV[2])
if KEYS[3] then
  if ARGV[4] == "" then redis.call("DEL", KEYS[3])
  else redis.call("SET", KEYS[3], ARGV[4], "EX", ARGV[5]) end
end
return id`,
  },
} as const;

/** Their arguments: the keys, then the rest. `appendOnce` has two keys or three, so their number comes first. */
declare module "ioredis" {
  interface RedisCommander<Context> {
    readWithTtl(key: string): Result<unknown, Context>;
    releaseLock(key: string, owner: string): Result<unknown, Context>;
    increment(key: string, ttlSeconds: number): Result<unknown, Context>;
    compareAndSwap(key: string, from: string, to: string, ttlSeconds: number): Result<unknown, Context>;
    appendOnce(numberOfKeys: number, ...keysAndArguments: readonly (string | number)[]): Result<unknown, Context>;
  }
}
