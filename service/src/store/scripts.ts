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

/** Adds an entry to a stream that is not full. Gives its id, or nothing. */
export const APPEND = `
if redis.call("XLEN", KEYS[1]) >= tonumber(ARGV[1]) then return false end
return redis.call("XADD", KEYS[1], "*", unpack(ARGV, 2))`;
