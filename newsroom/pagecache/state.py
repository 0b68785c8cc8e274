"""What Redis knows of freshness: one hash with the epoch, a sequence, and each tag's last purge.

The rule: a page keeps the epoch and the sequence read when its rendering BEGAN. It is fresh while the epoch is the same
and none of its tags was purged at a later sequence.

The epoch is new whenever purges may have been forgotten: the hash is gone (emptied, evicted) or the server is another
one (restarted from an old dump, failed over to a replica). Everything kept before is stale then, never fresh. It all
stands in ONE hash, so that eviction takes the epoch with the tags.
"""

from __future__ import annotations

PREFIX = "{pages}:"  # the braces keep all keys in one slot of a cluster
STATE = PREFIX + "state"
GONE = PREFIX + "gone"
PAGE = PREFIX + "page:"
LOCK = PREFIX + "lock:"
PAGE_SECONDS = 86_400
GONE_KEPT = 5_000  # withdrawals remembered for processes that were away; each page is asked exactly besides

_ENSURE = """
local run = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)') or '?'
local held = redis.call('HMGET', KEYS[1], ':run', ':epoch', ':seq')
local epoch, seq = held[2], tonumber(held[3] or 0)
if held[1] ~= run or not epoch then
    redis.call('DEL', KEYS[1], KEYS[2])
    local t = redis.call('TIME')
    epoch, seq = run .. '.' .. t[1] .. '.' .. t[2] .. '.' .. ARGV[1], 0
    redis.call('HSET', KEYS[1], ':run', run, ':epoch', epoch, ':seq', 0)
end
"""

# ARGV: nonce, sequence up to which the caller knows the withdrawals, bump (1 starts a new sequence number)
# -> epoch, sequence, [tag, sequence, ... withdrawn since]
BEGIN = (
    _ENSURE
    + """
if ARGV[3] == '1' then seq = redis.call('HINCRBY', KEYS[1], ':seq', 1) end
return {epoch, seq, redis.call('ZRANGEBYSCORE', KEYS[2], '(' .. ARGV[2], '+inf', 'WITHSCORES')}
"""
)

# ARGV: nonce, known sequence, tags... -> epoch, sequence, [tag, sequence, ... withdrawn since], newest purge, newest withdrawal of these
CHECK = (
    _ENSURE
    + """
local newest, gone = 0, 0
for i = 3, #ARGV do
    local at = redis.call('HMGET', KEYS[1], ARGV[i], '!' .. ARGV[i])
    newest = math.max(newest, tonumber(at[1] or 0))
    gone = math.max(gone, tonumber(at[2] or 0))
end
return {epoch, seq, redis.call('ZRANGEBYSCORE', KEYS[2], '(' .. ARGV[2], '+inf', 'WITHSCORES'), newest, gone}
"""
)

# KEYS: + page. ARGV: nonce, epoch, sequence, seconds, page, tags... -> 1 kept, 0 purged meanwhile
STORE = (
    _ENSURE
    + """
if epoch ~= ARGV[2] then return 0 end
for i = 6, #ARGV do
    if tonumber(redis.call('HGET', KEYS[1], ARGV[i]) or 0) > tonumber(ARGV[3]) then return 0 end
end
redis.call('SET', KEYS[3], ARGV[5], 'EX', ARGV[4])
return 1
"""
)

# ARGV: nonce, withdrawn (1 or 0), -(GONE_KEPT + 1), tags... -> sequence
PURGE = (
    _ENSURE
    + """
seq = redis.call('HINCRBY', KEYS[1], ':seq', 1)
for i = 4, #ARGV do
    redis.call('HSET', KEYS[1], ARGV[i], seq)
    if ARGV[2] == '1' then
        redis.call('HSET', KEYS[1], '!' .. ARGV[i], seq)
        redis.call('ZADD', KEYS[2], seq, ARGV[i])
    end
end
if ARGV[2] == '1' then redis.call('ZREMRANGEBYRANK', KEYS[2], 0, ARGV[3]) end
return seq
"""
)

# KEYS: lock. ARGV: token
RELEASE = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0"
