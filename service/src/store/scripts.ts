/** What Redis does as one step, in its own Lua. KEYS and ARGV are what the callers in redis.ts give. */

/** A value and the milliseconds until it is forgotten. */
export const READ = `return { redis.call("GET", KEYS[1]), redis.call("PTTL", KEYS[1]) }`;

/** Removes a lock that is still its owner's. */
export const UNLOCK = `
if redis.call("GET", KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call("DEL", KEYS[1])`;

/** Counts up; the count's time begins with its first. Gives the count and the seconds left. */
export const COUNT = `
local count = redis.call("INCR", KEYS[1])
if count == 1 then redis.call("EXPIRE", KEYS[1], ARGV[1]) end
return { count, redis.call("TTL", KEYS[1]) }`;

/** A value (KEYS[1]) that is still ARGV[1] becomes ARGV[2], for ARGV[3] seconds, or goes where that is empty. */
export const SWAP = `
if redis.call("GET", KEYS[1]) ~= ARGV[1] then return 0 end
if ARGV[2] == "" then redis.call("DEL", KEYS[1])
else redis.call("SET", KEYS[1], ARGV[2], "EX", ARGV[3]) end
return 1`;

/**
 * Adds an entry to a stream that is not full, and remembers its id, so that it is added once. Where KEYS[3] is given, its
 * value must be ARGV[3], and becomes ARGV[4] for ARGV[5] seconds, or goes where that is empty. Gives the id, "full" or
 * "spent".
 */
export const APPEND = `
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
return id`;
