import { pause } from "../workers/_runtime/wait.ts";

/** Resolves after `ms`. @throws the signal's reason, as soon as it is aborted */
export async function pauseOrThrow(ms: number, signal: AbortSignal): Promise<void> {
  await pause(ms, signal);
  signal.throwIfAborted();
}
