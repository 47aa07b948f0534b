import type { Track } from "./track.ts";

/** Of one source partition: beyond either the source is paused, below half of it resumed. */
const MOST_HELD = 10_000;
const MOST_HELD_BYTES = 8_000_000;
/** Records outstanding in a partition's retry topics: their places are kept in memory until they are done. */
const MOST_OUTSTANDING = 200_000;

export interface Holding {
  /** Source records in memory. */
  readonly held: number;
  readonly heldBytes: number;
  readonly outstanding: number;
  /** The registry has to answer before more can be let in. */
  readonly blocked: boolean;
  /** The scan of the retry topics isn't through. */
  readonly scanning: boolean;
}

/** Whether a source track is to be paused, given whether it is now. Retry and replay tracks are never paused for load. */
export function shouldPause(holding: Holding, paused: boolean): boolean {
  const { held, heldBytes, outstanding, blocked, scanning } = holding;
  if (blocked || scanning || outstanding >= MOST_OUTSTANDING) return true;
  const share = Math.max(held / MOST_HELD, heldBytes / MOST_HELD_BYTES);
  return paused ? share > 0.5 : share >= 1;
}

/** Applies `paused` to a track, telling the group member only what changed. */
export function setPaused(
  track: Track,
  paused: boolean,
  member: { pause(topic: string, partition: number): void; resume(topic: string, partition: number): void },
): void {
  if (track.paused === paused) return;
  track.paused = paused;
  if (paused) member.pause(track.topic, track.partition);
  else member.resume(track.topic, track.partition);
}
