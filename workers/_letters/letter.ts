import { MalformedHeaders, type Ours, parseOurs } from "../_runtime/headers.ts";
import { identity } from "../_runtime/identity.ts";
import type { Header } from "../_runtime/record.ts";
import type { LetterRow } from "./letter-row.ts";
import type { LetterState } from "./state.ts";

/** A record of a DLQ without its body: what the index keeps. */
export interface Letter {
  readonly dlq: string;
  readonly partition: number;
  readonly offset: number;
  readonly worker: string;
  /** Source topic. */
  readonly topic: string;
  /** Died then: the letter's own timestamp. */
  readonly diedAt: number;
  /** A copy: never a view of what was fetched. */
  readonly key: Buffer | null;
  /** Of the value; null: a tombstone. */
  readonly bytes: number | null;
  /** Those of our headers that can be read. */
  readonly ours: Ours;
  readonly malformed: string | undefined;
}

/** What stands where a letter doesn't say. */
const UNKNOWN = "unknown";

const DLQ = /^(.+)\.([^.]+)\.dlq$/;

/** A DLQ's worker and source topic, declared or not, by its name; undefined: no DLQ. */
export function partsOfDlq(dlq: string): { readonly topic: string; readonly worker: string } | undefined {
  const match = DLQ.exec(dlq);
  return match?.[1] === undefined || match[2] === undefined
    ? undefined
    : { topic: match[1], worker: match[2] };
}

export function letterId({ dlq, partition, offset }: Pick<Letter, "dlq" | "partition" | "offset">): string {
  return identity(dlq, partition, offset);
}

/**
 * Our headers of a letter, whoever wrote it: those that can't be read are left out, and the first such is told. A
 * letter without an identity was not written by Boxoffice, or not whole.
 */
export function readOurs(headers: readonly Header[]): { ours: Ours; malformed: string | undefined } {
  try {
    const ours = parseOurs(headers);
    return { ours, malformed: ours.id === undefined ? "header 'bo-id' is missing" : undefined };
  } catch (error) {
    if (!(error instanceof MalformedHeaders)) throw error;
    const ours: Ours = {};
    for (const header of headers) {
      // Of repeated ones the first counts.
      if (header[0].startsWith("bo-")) Object.assign(ours, { ...readOne(header), ...ours });
    }
    return { ours, malformed: error.message };
  }
}

function readOne(header: Header): Ours {
  try {
    return parseOurs([header]);
  } catch {
    return {};
  }
}

/** The key as people write it: as UTF-8, `base64:…` when it isn't. */
export function keyText(key: Buffer): string;
export function keyText(key: Buffer | null): string | null;
export function keyText(key: Buffer | null): string | null {
  if (key === null) return null;
  const text = key.toString();
  const exact = !text.includes("\ufffd") || Buffer.from(text).equals(key);
  // A key that itself looks like our notation would be taken for other bytes.
  return exact && !text.startsWith("base64:") ? text : `base64:${key.toString("base64")}`;
}

/** The groups' key: letters without one of ours are kept apart by what little is known. */
export function fingerprintOf({ ours }: Letter): string {
  return ours.fingerprint ?? UNKNOWN;
}

export function stageOf({ ours }: Letter): string {
  return ours.stage ?? UNKNOWN;
}

export function errorOf({ ours }: Letter): string {
  return ours.error ?? UNKNOWN;
}

/** @param retentionMs of its DLQ; undefined: kept for ever */
export function rowOf(letter: Letter, state: LetterState, retentionMs: number | undefined): LetterRow {
  const { ours } = letter;
  return {
    letter: letterId(letter),
    worker: letter.worker,
    topic: letter.topic,
    partition: letter.partition,
    id: ours.id && identity(ours.id.topic, ours.id.partition, ours.id.offset),
    key: keyText(letter.key),
    stage: stageOf(letter),
    error: errorOf(letter),
    reason: ours.reason ?? "",
    fingerprint: fingerprintOf(letter),
    attempts: ours.attempt ?? 0,
    replays: ours.replays ?? 0,
    firstFailed: ours.firstFailed,
    diedAt: letter.diedAt,
    expiresAt: retentionMs === undefined ? undefined : letter.diedAt + retentionMs,
    bytes: letter.bytes,
    outcome: state.outcome,
    edited: isEdited(state),
    plan: planOf(state) ?? ours.replay,
    build: ours.build,
    before: ours.letter && identity(ours.letter.topic, ours.letter.partition, ours.letter.offset),
    malformed: letter.malformed,
  };
}

function isEdited(state: LetterState): boolean {
  if (state.outcome === "replaying") return state.edited === true;
  return (state.outcome === "open" || state.outcome === "discarded") && state.edit !== undefined;
}

function planOf(state: LetterState): string | undefined {
  return "plan" in state ? (state.plan ?? undefined) : undefined;
}
