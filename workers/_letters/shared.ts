/**
 * Runs tasks one after another. Who asks for a task of a kind while one of that kind waits for its turn shares it; one
 * that runs already may have begun too early for the caller, and is not shared. A caller that aborts leaves it to the
 * others.
 */
export type Shared = (kind: string, task: () => Promise<void>, signal: AbortSignal) => Promise<void>;

export function shared(): Shared {
  const waiting = new Map<string, Promise<void>>();
  let last: Promise<void> = Promise.resolve();

  return (kind, task, signal) => {
    const known = waiting.get(kind);
    if (known !== undefined) return orAborted(known, signal);
    const turn = last
      .catch(() => {})
      .then(() => {
        waiting.delete(kind);
        return task();
      });
    waiting.set(kind, turn);
    last = turn;
    return orAborted(turn, signal);
  };
}

/** Waits no longer than the caller wants to; the answer goes on without it. */
function orAborted<T>(answer: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const abort = () => reject(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort, { once: true });
  answer.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  return promise;
}
