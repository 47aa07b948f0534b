import * as z from "zod";
import { Unavailable, UsageError } from "../../workers/_runtime/mod.ts";
import type { PartitionStatus } from "../../workers/_runtime/partition-status.ts";

/** A process's health port, and what it may be asked with. */
export interface Endpoint {
  readonly url: string;
  readonly token: string;
}

/** A partition with the process that owns it. */
export interface OwnedPartition extends PartitionStatus {
  readonly worker: string;
  readonly url: string;
}

/** Longest wait for a process's answer, ms; a release writes to the DLQ before it answers. */
const ANSWER_MS = 30_000;

const Halted = z.object({
  reason: z.string(),
  schemaId: z.number().optional(),
  record: z.string(),
  since: z.number(),
});
const Listed = z.object({
  worker: z.string(),
  partitions: z.array(
    z.object({
      topic: z.string(),
      partition: z.number(),
      state: z.enum(["opening", "scanning", "running", "draining", "halted", "closed"]),
      committedOffset: z.number().optional(),
      lag: z.number().optional(),
      parkedKeys: z.number(),
      outstanding: z.number(),
      halted: Halted.optional(),
    }),
  ),
});
const Released = z.object({ released: z.number() });
const Refused = z.object({ error: z.string() });

/** @throws {Unavailable} when nobody answers there, {UsageError} when it refuses */
export async function listOwned({ url, token }: Endpoint): Promise<readonly OwnedPartition[]> {
  const { worker, partitions } = await ask(url, "/partitions", token, Listed);
  return partitions.map(({ halted, lag, ...status }) => ({
    ...status,
    worker,
    url,
    committedOffset: status.committedOffset,
    ...(lag !== undefined && { lag }),
    ...(halted && { halted: { ...halted, schemaId: halted.schemaId } }),
  }));
}

/** @throws {Unavailable} when nobody answers there, {UsageError} when it refuses */
export async function releaseOwned(
  { url, token }: Endpoint,
  body: { readonly topic: string; readonly partition: number; readonly schemaId?: number },
): Promise<number> {
  return (await ask(url, "/partitions/release", token, Released, body)).released;
}

async function ask<T>(
  url: string,
  path: string,
  token: string,
  answer: z.ZodType<T>,
  body?: unknown,
): Promise<T> {
  const { status, json } = await call(url, path, token, body);
  const read = answer.safeParse(json);
  if (status === 200 && read.success) return read.data;
  const refused = Refused.safeParse(json);
  if (status < 500 && refused.success) throw new UsageError(`'${url}' refused: ${refused.data.error}`);
  throw new Unavailable(
    "worker",
    `Cannot read the answer of '${url}${path}' (status ${status}): is it a worker's health port?`,
  );
}

async function call(
  url: string,
  path: string,
  token: string,
  body: unknown,
): Promise<{ readonly status: number; readonly json: unknown }> {
  try {
    const response = await fetch(`${url}${path}`, {
      method: body === undefined ? "GET" : "POST",
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(ANSWER_MS),
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, json: parseJson(text) };
  } catch (error) {
    throw new Unavailable(
      "worker",
      `Cannot reach '${url}': is the worker running, and is this its health port?`,
      {
        cause: error,
      },
    );
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
