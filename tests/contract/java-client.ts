import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fetchParts } from "../../scripts/stack/fetch.ts";
import { cacheFolder } from "../../scripts/stack/folders.ts";
import { findJava } from "../../scripts/stack/java.ts";
import type { Compression } from "../../workers/_runtime/broker/compression.ts";
import type { Header, KafkaRecord, OutRecord } from "../../workers/_runtime/record.ts";

/**
 * Kafka's own Java client, the judge of what we put on the wire and the source of what others put there.
 * One JVM (`java/KafkaTool.java`, on the stack's class path) answers one request after the other.
 */
export interface JavaClient {
  /** Writes in one producer's life; with `transactionalId` in one transaction, aborted if asked. */
  produce(
    records: readonly (OutRecord & { readonly timestamp?: number })[],
    options?: {
      readonly compression?: Compression;
      readonly transactionalId?: string;
      readonly abort?: boolean;
    },
  ): Promise<readonly { partition: number; offset: number }[]>;
  /** Everything that is in the topic, partition by partition. */
  consume(
    topic: string,
    options?: { readonly isolation?: "read_committed" | "read_uncommitted" },
  ): Promise<readonly KafkaRecord[]>;
  /** What the cluster itself says of topics, by name. */
  describe(
    topics: readonly string[],
  ): Promise<Readonly<Record<string, { partitions: number; config: Readonly<Record<string, string>> }>>>;
  /** And of a group that exists. */
  group(group: string): Promise<Group>;
  /** Creates a user for SCRAM-SHA-256 and -512. */
  createScramUser(user: string, password: string): Promise<void>;
  /** Lets a user do more; names as Kafka's own: `TRANSACTIONAL_ID`, `PREFIXED`, `DESCRIBE_CONFIGS`. */
  createAcls(user: string, acls: readonly UserAcl[]): Promise<void>;
  /** The private key of a PKCS #12 file, as PEM. */
  privateKey(file: string, password: string): Promise<string>;
  close(): Promise<void>;
}

export interface UserAcl {
  readonly type: string;
  readonly name: string;
  readonly pattern: string;
  readonly operations: readonly string[];
}

export interface Group {
  /** By `<topic>-<partition>`. */
  readonly committed: Readonly<Record<string, { offset: number; metadata: string }>>;
  /** What each member is assigned, as `<topic>-<partition>`. */
  readonly members: Readonly<Record<string, readonly string[]>>;
  /** All that the cluster knows, of whatever group. */
  readonly transactionalIds: readonly string[];
}

type Wire = { key: string | null; value: string | null; headers: [string, string | null][] };
type Answer = {
  key?: string;
  error?: string;
  written?: { partition: number; offset: number }[];
  records?: (KafkaRecord & Wire)[];
  topics?: Awaited<ReturnType<JavaClient["describe"]>>;
} & Partial<Group>;

/** @throws {UsageError} when there is no Java of at least 21. */
export async function startJavaClient(brokers: readonly string[]): Promise<JavaClient> {
  const java = findJava();
  const { kafkaClassPath } = await fetchParts(cacheFolder(), java, AbortSignal.timeout(300_000));
  const source = join(import.meta.dirname, "java", "KafkaTool.java");
  const options = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto"];
  const child = spawn(java.command, [...options, "-cp", kafkaClassPath, source, brokers.join(",")], {
    stdio: ["pipe", "pipe", "pipe"],
  });
  const ask = conversation(child);
  return {
    async produce(records, { compression = "none", transactionalId, abort = false } = {}) {
      const described = records.map((record) => ({ ...record, ...toWire(record) }));
      const { written = [] } = await ask({
        op: "produce",
        compression,
        transactionalId,
        abort,
        records: described,
      });
      return written;
    },
    async consume(topic, { isolation = "read_committed" } = {}) {
      const { records = [] } = await ask({ op: "consume", topic, isolation });
      return records.map((record) => ({ ...record, ...fromWire(record) }));
    },
    async describe(topics) {
      return (await ask({ op: "describe", topics })).topics ?? {};
    },
    async group(group) {
      const { committed = {}, members = {}, transactionalIds = [] } = await ask({ op: "group", group });
      return { committed, members, transactionalIds };
    },
    async createScramUser(user, password) {
      await ask({ op: "scram", user, password });
    },
    async createAcls(user, acls) {
      await ask({ op: "acls", user, acls });
    },
    async privateKey(file, password) {
      return (await ask({ op: "key", file, password })).key ?? "";
    },
    async close() {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      if (child.exitCode !== null) return;
      child.stdin.end();
      const timer = setTimeout(() => child.kill("SIGKILL"), 3_000);
      await ended;
      clearTimeout(timer);
    },
  };
}

function conversation(child: ChildProcess): (request: object) => Promise<Answer> {
  const { stdin, stdout, stderr } = child;
  if (!stdin || !stdout || !stderr) throw new Error("the Java client has no pipes");
  let said = "";
  stderr.on("data", (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-4_000);
  });
  const lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
  let last: Promise<unknown> = Promise.resolve();
  return (request) => {
    const answer = last.then(async () => {
      stdin.write(`${JSON.stringify(request)}\n`);
      const { value, done } = await lines.next();
      if (done) throw new Error(`The Java client ended: ${said}`);
      const parsed: Answer = JSON.parse(value);
      if (parsed.error !== undefined) throw new Error(`The Java client failed: ${parsed.error}`);
      return parsed;
    });
    last = answer.catch(() => {});
    return answer;
  };
}

const encode = (bytes: Buffer | null) => bytes?.toString("base64") ?? null;
const decode = (text: string | null) => (text === null ? null : Buffer.from(text, "base64"));

function toWire(record: OutRecord): Wire {
  return {
    key: encode(record.key),
    value: encode(record.value),
    headers: record.headers.map(([name, value]) => [name, encode(value)]),
  };
}

function fromWire({ key, value, headers }: Wire): {
  key: Buffer | null;
  value: Buffer | null;
  headers: Header[];
} {
  return {
    key: decode(key),
    value: decode(value),
    headers: headers.map(([name, bytes]) => [name, decode(bytes)]),
  };
}
