import { type RedisConnection, type RedisScript, type RedisValue, Unavailable } from "../_runtime/mod.ts";
import { OPEN } from "./scripts.ts";

/**
 * Which build of the seat map is in force: the Redis process that holds it, a random token of the build and the
 * Kafka cluster whose log it was built from. The names of all keys begin with the token, so a script of an older
 * build could not even touch a newer one.
 */
export interface Generation {
  readonly runId: string;
  readonly token: string;
  readonly cluster: string;
  /** `building`: only the rebuild that made it writes. */
  readonly state: "open" | "building";
}

export interface GuardedRedis {
  /**
   * Runs a script in the open generation. `expected`: the token that it must be, for what began in another call.
   * @throws {Unavailable} when none is open, it changed since it was learnt, or Redis is away
   */
  run(script: RedisScript, args: readonly RedisValue[], expected?: string): Promise<GuardedReply>;
  /** What stands in Redis now, undefined when nothing does. */
  read(): Promise<Found | undefined>;
}

export interface Found {
  readonly generation: Generation;
  /** Another process of Redis wrote it. */
  readonly stale: boolean;
}

/** True where the seat map has to be built, or built again, to be that of `cluster`'s log. */
export function mustBuild(found: Found | undefined, cluster: string): boolean {
  if (found === undefined || found.stale || found.generation.state !== "open") return true;
  // An old Redis beside a new Kafka: the seats are of another log, however open the map looks.
  return found.generation.cluster !== cluster;
}

export interface GuardedReply {
  readonly kind: string;
  readonly rest: readonly string[];
  /** Token of the generation that it ran in. */
  readonly generation: string;
}

export const generationKey = (prefix: string) => `${prefix}seats:generation`;
export const nameSpace = (prefix: string, token: string) => `${prefix}seats:${token}:`;
const written = ({ state, runId, token, cluster }: Generation) => `${state} ${runId} ${token} ${cluster}`;

export function guardRedis(redis: RedisConnection, prefix: string): GuardedRedis {
  let known: Generation | undefined;

  async function read() {
    const { runId } = redis;
    const text = await redis.call("GET", generationKey(prefix));
    if (typeof text !== "string") return undefined;
    const [state, itsRunId = "", token = "", cluster = ""] = text.split(" ");
    const generation: Generation = {
      state: state === "open" ? "open" : "building",
      ...{ runId: itsRunId, token, cluster },
    };
    return { generation, stale: runId === undefined || itsRunId !== runId };
  }

  async function open(): Promise<Generation> {
    if (known !== undefined && known.runId === redis.runId) return known;
    const found = await read();
    if (found === undefined) throw closed("it is empty");
    if (found.stale) throw closed("Redis was restarted since it was built");
    if (found.generation.state !== "open") throw closed("it is being rebuilt");
    known = found.generation;
    return known;
  }

  return {
    read,
    async run(script, args, expected) {
      const generation = await open();
      if (expected !== undefined && expected !== generation.token) throw closed("it was rebuilt meanwhile");
      try {
        return await runIn(redis, prefix, generation, script, args);
      } catch (error) {
        // Learnt anew at the next call: this one belongs to a generation that is gone.
        known = undefined;
        throw error;
      }
    },
  };
}

/** Runs a script in exactly this generation. */
export async function runIn(
  redis: RedisConnection,
  prefix: string,
  generation: Generation,
  script: RedisScript,
  args: readonly RedisValue[],
): Promise<GuardedReply> {
  // The connection may be a new one since: then this may be another process.
  if (redis.runId !== generation.runId) throw closed("the connection is to another Redis process");
  const { token } = generation;
  const reply = await redis.script(
    script,
    [generationKey(prefix)],
    [written(generation), nameSpace(prefix, token), ...args],
  );
  if (!Array.isArray(reply))
    throw new TypeError(`Cannot read a script's answer: current value is ${String(reply)}`);
  const [kind, ...rest] = reply.map(String);
  if (kind === undefined || kind === "generation") throw closed("it was closed or rebuilt meanwhile");
  return { kind, rest, generation: token };
}

/**
 * Closes whatever is open and begins a new build: from here on no script of workers or intake runs.
 * Only the holder of the rebuild's lock calls this.
 */
export async function beginBuild(
  redis: RedisConnection,
  prefix: string,
  { token, cluster }: Pick<Generation, "token" | "cluster">,
): Promise<Generation> {
  const { runId } = redis;
  if (runId === undefined) throw new Unavailable("redis", "Cannot rebuild the seat map: Redis is away");
  const generation: Generation = { state: "building", runId, token, cluster };
  await redis.call("SET", generationKey(prefix), written(generation));
  return generation;
}

export async function openBuild(
  redis: RedisConnection,
  prefix: string,
  building: Generation,
): Promise<Generation> {
  const generation: Generation = { ...building, state: "open" };
  await runIn(redis, prefix, building, OPEN, [written(generation)]);
  return generation;
}

function closed(why: string): Unavailable {
  return new Unavailable(
    "redis",
    `Cannot use the seat map: ${why}. Settlement and expiry rebuild it by themselves; 'boxoffice rebuild seats' does it now`,
  );
}
