import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Logger } from "pino";
import * as z from "zod";
import { UsageError } from "./errors.ts";
import type { JsonAnswer } from "./json-answer.ts";
import type { PartitionControl } from "./partition-status.ts";

/** Largest body of an admin call, bytes. */
const MAX_BODY_BYTES = 16_384;

const Release = z.strictObject({
  topic: z.string().min(1),
  partition: z.int().min(0),
  schemaId: z.int().min(0).optional(),
});

export interface AdminCalls {
  /** Whose process this is; told beside its partitions. */
  readonly worker: string;
  /** Undefined: this process has no partitions, the calls answer 404. */
  readonly partitions?: PartitionControl;
  /** Undefined: the calls answer 403. */
  readonly adminToken: string | undefined;
  readonly log: Logger;
}

/** `GET /partitions` and `POST /partitions/release`, for operators who hold the token. */
export async function answerAdmin(
  request: IncomingMessage,
  path: string,
  { worker, adminToken, partitions, log }: AdminCalls,
): Promise<JsonAnswer> {
  if (adminToken === undefined)
    return refuse(403, "Cannot take operators' calls as ADMIN_TOKEN is not set: set it and start again");
  if (!holdsToken(request.headers.authorization, adminToken))
    return refuse(401, "Cannot take the call as 'Authorization' must be 'Bearer <ADMIN_TOKEN>'");
  if (partitions === undefined) return refuse(404, "Cannot find partitions: this process reads no topics");
  if (path === "/partitions" && request.method === "GET")
    return { status: 200, body: { worker, partitions: partitions.listPartitions() } };
  if (path !== "/partitions/release" || request.method !== "POST")
    return refuse(
      404,
      `Cannot find '${request.method} ${path}': there are GET /partitions and POST /partitions/release`,
    );

  const asked = Release.safeParse(await readJson(request));
  if (!asked.success)
    return refuse(
      400,
      `Cannot release as the body must be {topic, partition, schemaId?}: ${z.prettifyError(asked.error)}`,
    );
  const { topic, partition, schemaId } = asked.data;
  try {
    const result = await partitions.release(topic, partition, schemaId);
    log.warn(
      { topic, partition, schemaId, released: result.released },
      "an operator released a halted partition",
    );
    return { status: 200, body: result };
  } catch (error) {
    if (error instanceof UsageError) return refuse(409, error.message);
    throw error;
  }
}

function refuse(status: number, error: string): JsonAnswer {
  return { status, body: { error } };
}

/** Compares digests: equal lengths whatever was sent, and no byte-by-byte hint in the time it takes. */
function holdsToken(header: string | undefined, token: string): boolean {
  const given = /^Bearer (.+)$/i.exec(header ?? "")?.[1] ?? "";
  return timingSafeEqual(digest(given), digest(token));
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

/** Undefined for what is too large or no JSON, which no schema accepts. */
async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8"));
  } catch {
    return undefined;
  }
}
