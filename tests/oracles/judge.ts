import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";

/** Another implementation of Avro in a process of its own; `java/Oracle.java` says what it can be asked. */
export interface Judge {
  /** E.g. `Avro Java 1.12.2 on Java 25`. */
  readonly version: string;
  /**
   * What it says of data written under `writer`, read as `reader` and written again under that: bytes, or why not.
   * A text: it doesn't take one of the schemas.
   */
  decode(writer: string, reader: string, payloads: readonly Buffer[]): Promise<string | readonly Decoded[]>;
  /** Empty: compatible; `undefined` never; `{ refused }`: it doesn't take one of the schemas. Java only. */
  compatible(reader: string, writer: string): Promise<readonly string[] | { readonly refused: string }>;
  close(): Promise<void>;
}
export type Decoded = { readonly bytes: Buffer } | { readonly failed: string };

type Parts = readonly Buffer[];

/** Questions that wait for their answers at once. */
const MOST_OPEN = 64;
/** Far more than the slowest answer takes, a Java start on a busy machine included. */
const ANSWER_MS = 240_000;

/** Starts it; it ends when its standard input does, so with this process, however that ends. */
export async function startJudge(name: string, command: string, words: readonly string[]): Promise<Judge> {
  const child = spawn(command, words, { stdio: ["pipe", "pipe", "pipe"] });
  const ask = asker(name, child);
  const [, version] = await ask([Buffer.from("version")]);
  return {
    version: `${name} ${version}`,
    async decode(writer, reader, payloads) {
      const head = ["decode", writer, reader].map((text) => Buffer.from(text));
      const [verdict, ...parts] = await ask([...head, ...payloads]);
      if (String(verdict) !== "ok") return String(parts[0]);
      return parts.map((part) =>
        part[0] === 0x2b ? { bytes: part.subarray(1) } : { failed: part.toString("utf8", 1) },
      );
    },
    async compatible(reader, writer) {
      const [verdict, text] = await ask(["compatible", reader, writer].map((each) => Buffer.from(each)));
      if (String(verdict) !== "ok") return { refused: String(text) };
      return String(text)
        .split("\n")
        .filter((line) => line !== "");
    },
    close() {
      const closed = Promise.withResolvers<void>();
      child.once("close", () => closed.resolve());
      child.stdin.end();
      return closed.promise;
    },
  };
}

function asker(name: string, child: ChildProcessWithoutNullStreams): (question: Parts) => Promise<Parts> {
  const open: PromiseWithResolvers<Parts>[] = [];
  const waiting: (() => void)[] = [];
  let errors = "";
  const lose = (why: string) => {
    const error = new Error(`${name} ${why}${errors === "" ? "" : `: ${errors.slice(-2_000)}`}`);
    for (const each of open.splice(0)) each.reject(error);
  };
  child.stderr.on("data", (chunk) => {
    errors = (errors + chunk).slice(-4_000);
  });
  child.on("error", (error) => lose(`can't be started: ${error.message}`));
  child.on("close", (code, signal) => lose(`ended with ${code ?? signal}`));
  child.stdin.on("error", () => {});
  let timer: NodeJS.Timeout | undefined;
  const watch = () => {
    clearTimeout(timer);
    if (open.length > 0) timer = setTimeout(() => child.kill("SIGKILL"), ANSWER_MS);
  };
  readParts(child.stdout, (parts) => {
    open.shift()?.resolve(parts);
    waiting.shift()?.();
    watch();
  });
  return async (question) => {
    while (open.length >= MOST_OPEN) await new Promise<void>((resolve) => waiting.push(resolve));
    if (child.exitCode !== null) throw new Error(`${name} has ended: ${errors}`);
    const answer = Promise.withResolvers<Parts>();
    open.push(answer);
    child.stdin.write(packed(question));
    watch();
    return answer.promise;
  };
}

function packed(parts: Parts): Buffer {
  const sized = parts.flatMap((part) => [u32(part.length), part]);
  return Buffer.concat([u32(parts.length), ...sized]);
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function readParts(stream: NodeJS.ReadableStream, each: (parts: Parts) => void): void {
  let kept: Buffer = Buffer.alloc(0);
  stream.on("data", (chunk: Buffer) => {
    kept = kept.length === 0 ? chunk : Buffer.concat([kept, chunk]);
    for (let next = partsIn(kept); next !== undefined; next = partsIn(kept)) {
      kept = kept.subarray(next.length);
      each(next.parts);
    }
  });
}

function partsIn(bytes: Buffer): { parts: Parts; length: number } | undefined {
  if (bytes.length < 4) return undefined;
  const parts: Buffer[] = [];
  let at = 4;
  for (let left = bytes.readUInt32BE(0); left > 0; left--) {
    if (bytes.length < at + 4) return undefined;
    const from = at + 4;
    at = from + bytes.readUInt32BE(at);
    if (bytes.length < at) return undefined;
    parts.push(bytes.subarray(from, at));
  }
  return { parts, length: at };
}
