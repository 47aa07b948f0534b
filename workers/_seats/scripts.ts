import { type RedisScript, redisScript } from "../_runtime/mod.ts";

/**
 * Every script begins the same: KEYS[1] holds the generation, ARGV[1] what the caller believes it to be, ARGV[2]
 * the name space of that generation. Other keys are made from the name space inside the script (the owner of a
 * seat is known only there), so the seat map needs one Redis server, not a cluster.
 *
 *   <ns>reservation:<id>   hash: the fields of `Reservation`, and `pending`: publishes not known to have failed
 *   <ns>seats:<concert>    hash: seat -> h<id> (held) or s<id> (sold); a free seat isn't there
 *   <ns>changes:<concert>  sorted set: seat -> version at its last change
 *   <ns>version:<concert>  the newest version
 *   <ns>concerts           hash: concert id -> record time, a space, the concert as JSON
 */
const PRELUDE = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return {'generation'} end
local ns = ARGV[2]

local function changed(concert, seats)
  if #seats == 0 then return end
  local version = redis.call('INCR', ns .. 'version:' .. concert)
  for _, seat in ipairs(seats) do redis.call('ZADD', ns .. 'changes:' .. concert, version, seat) end
end

local function free(concert, seats, id)
  local freed = {}
  for _, seat in ipairs(seats) do
    local owner = redis.call('HGET', ns .. 'seats:' .. concert, seat)
    if owner == 'h' .. id or owner == 's' .. id then
      redis.call('HDEL', ns .. 'seats:' .. concert, seat)
      freed[#freed + 1] = seat
    end
  end
  changed(concert, freed)
end

local function seatsOf(id)
  local reservation = redis.call('HMGET', ns .. 'reservation:' .. id, 'concertId', 'seats')
  return reservation[1], cjson.decode(reservation[2])
end

local function with(kind, id)
  local answer = redis.call('HGETALL', ns .. 'reservation:' .. id)
  table.insert(answer, 1, kind)
  return answer
end
`;

const script = (body: string): RedisScript => redisScript(PRELUDE + body);

/**
 * Takes all seats or none. ARGV: mode (hold | adopt), id, concert, seats as JSON, now, margin, body hash, then
 * the reservation's fields. A seat is free when nobody has it, or when its hold ended more than the margin ago:
 * that reservation is then lapsed and all its seats go. `adopt` is for a request that is in the log and that this
 * generation doesn't know: where the seats are gone it begins as lapsed.
 */
export const HOLD = script(`
local mode, id, concert, now, margin = ARGV[3], ARGV[4], ARGV[5], tonumber(ARGV[7]), tonumber(ARGV[8])
local key = ns .. 'reservation:' .. id
local state = redis.call('HGET', key, 'state')
if state then
  if mode == 'adopt' then
    redis.call('HSET', key, 'published', '1')
    return with('known', id)
  end
  if redis.call('HGET', key, 'bodyHash') ~= ARGV[9] then return {'conflict'} end
  if state ~= 'held' then return with('ended', id) end
  if redis.call('HGET', key, 'published') ~= '1' then redis.call('HINCRBY', key, 'pending', 1) end
  return with('again', id)
end

local seats = cjson.decode(ARGV[6])
local taken, lapsing, isLapsing = {}, {}, {}
for _, seat in ipairs(seats) do
  local owner = redis.call('HGET', ns .. 'seats:' .. concert, seat)
  if owner then
    local other = string.sub(owner, 2)
    local deadline = tonumber(redis.call('HGET', ns .. 'reservation:' .. other, 'holdUntil') or '')
    if string.sub(owner, 1, 1) == 'h' and deadline and deadline + margin < now then
      if not isLapsing[other] then
        isLapsing[other] = true
        lapsing[#lapsing + 1] = other
      end
    else
      taken[#taken + 1] = seat
    end
  end
end
if #taken > 0 and mode == 'hold' then
  table.insert(taken, 1, 'taken')
  return taken
end

redis.call('HSET', key, 'concertId', concert, 'seats', ARGV[6], 'bodyHash', ARGV[9], 'revision', 1)
for i = 10, #ARGV, 2 do redis.call('HSET', key, ARGV[i], ARGV[i + 1]) end
if mode == 'adopt' then redis.call('HSET', key, 'published', '1', 'pending', 0)
else redis.call('HSET', key, 'published', '0', 'pending', 1) end
if #taken > 0 then
  redis.call('HSET', key, 'state', 'lapsed')
  return with('lapsed', id)
end
for _, other in ipairs(lapsing) do
  local otherConcert, otherSeats = seatsOf(other)
  redis.call('HSET', ns .. 'reservation:' .. other, 'state', 'lapsed')
  redis.call('HINCRBY', ns .. 'reservation:' .. other, 'revision', 1)
  free(otherConcert, otherSeats, other)
end
for _, seat in ipairs(seats) do redis.call('HSET', ns .. 'seats:' .. concert, seat, 'h' .. id) end
changed(concert, seats)
redis.call('HSET', key, 'state', 'held')
return with('fresh', id)
`);

/**
 * ARGV: id. Forgets a hold of which no publish can have reached the log: each attempt that certainly failed takes
 * itself off `pending`; one whose outcome is unknown never does.
 */
export const RELEASE = script(`
local id = ARGV[3]
local key = ns .. 'reservation:' .. id
if redis.call('HGET', key, 'state') ~= 'held' or redis.call('HGET', key, 'published') == '1' then return {'kept'} end
if redis.call('HINCRBY', key, 'pending', -1) > 0 then return {'kept'} end
local concert, seats = seatsOf(id)
free(concert, seats, id)
redis.call('DEL', key)
return {'released'}
`);

/** ARGV: id, field. Sets a flag of a known reservation; flags are no transitions, so the revision stands. */
export const MARK = script(`
local key = ns .. 'reservation:' .. ARGV[3]
if redis.call('EXISTS', key) == 0 then return {'unknown'} end
redis.call('HSET', key, ARGV[4], '1')
return with('marked', ARGV[3])
`);

/**
 * The compare-and-set behind every transition. ARGV: id, the revision that the decision was made on, what to do
 * with the seats (sell | free), then the fields to set. Selling wants every seat held by this very reservation;
 * freeing frees those that still name it.
 */
export const MOVE = script(`
local id, action = ARGV[3], ARGV[5]
local key = ns .. 'reservation:' .. id
if redis.call('HGET', key, 'revision') ~= ARGV[4] then return {'changed'} end
local concert, seats = seatsOf(id)
if action == 'sell' then
  for _, seat in ipairs(seats) do
    if redis.call('HGET', ns .. 'seats:' .. concert, seat) ~= 'h' .. id then return {'lost'} end
  end
  for _, seat in ipairs(seats) do redis.call('HSET', ns .. 'seats:' .. concert, seat, 's' .. id) end
  changed(concert, seats)
elseif action == 'free' then
  free(concert, seats, id)
end
for i = 6, #ARGV, 2 do redis.call('HSET', key, ARGV[i], ARGV[i + 1]) end
redis.call('HINCRBY', key, 'revision', 1)
return {'moved'}
`);

/** ARGV: id. */
export const FIND = script(`return with('reservation', ARGV[3])`);

/** ARGV: concert, the version to start from (empty: everything). Answers version, then seat, owner mark pairs. */
export const VIEW = script(`
local concert, since = ARGV[3], ARGV[4]
local answer = {'view', redis.call('GET', ns .. 'version:' .. concert) or '0'}
if since == '' then
  local all = redis.call('HGETALL', ns .. 'seats:' .. concert)
  for i = 1, #all, 2 do
    answer[#answer + 1] = all[i]
    answer[#answer + 1] = string.sub(all[i + 1], 1, 1)
  end
else
  for _, seat in ipairs(redis.call('ZRANGEBYSCORE', ns .. 'changes:' .. concert, '(' .. since, '+inf')) do
    answer[#answer + 1] = seat
    answer[#answer + 1] = string.sub(redis.call('HGET', ns .. 'seats:' .. concert, seat) or '', 1, 1)
  end
end
return answer
`);

/** ARGV: concert id, time of its record, the concert as JSON. An older record changes nothing. */
export const PUT_CONCERT = script(`
local known = redis.call('HGET', ns .. 'concerts', ARGV[3])
if known and tonumber(string.match(known, '^(%S+)')) > tonumber(ARGV[4]) then return {'older'} end
redis.call('HSET', ns .. 'concerts', ARGV[3], ARGV[4] .. ' ' .. ARGV[5])
return {'put'}
`);

/** ARGV: concert id, or empty for all ids. */
export const CONCERTS = script(`
if ARGV[3] ~= '' then return {'concert', redis.call('HGET', ns .. 'concerts', ARGV[3]) or ''} end
local ids = redis.call('HKEYS', ns .. 'concerts')
table.insert(ids, 1, 'ids')
return ids
`);

/** Writes of a rebuild. ARGV: entries as JSON, each {id, concert, seats, mark (h, s or empty), owned, fields}. */
export const RESTORE = script(`
for _, entry in ipairs(cjson.decode(ARGV[3])) do
  redis.call('HSET', ns .. 'reservation:' .. entry.id, unpack(entry.fields))
  if entry.mark ~= '' then
    for _, seat in ipairs(entry.owned) do
      redis.call('HSET', ns .. 'seats:' .. entry.concert, seat, entry.mark .. entry.id)
    end
    changed(entry.concert, entry.owned)
  end
end
return {'restored'}
`);

/** The last write of a rebuild. ARGV: the value that opens. */
export const OPEN = script(`
redis.call('SET', KEYS[1], ARGV[3])
return {'open'}
`);

/** Removes keys of other builds; run in an open generation, so that it can't meet a newer one. ARGV: keys. */
export const REMOVE = script(`
for i = 3, #ARGV do
  if string.sub(ARGV[i], 1, #ns) ~= ns then redis.call('UNLINK', ARGV[i]) end
end
return {'removed'}
`);
