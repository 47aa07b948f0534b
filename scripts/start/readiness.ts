const ASK_EVERY_MS = 100;
/** Once ready it is only watched, for people to look at. */
const WATCH_EVERY_MS = 1_000;
/** A busy machine answers late; all have to be ready at once before a sale begins. */
const PATIENCE_MS = 10_000;

/** Asks `url` again and again and tells each change of its answer; ends with `stop`. */
export function watchReadiness(url: string, changed: (ready: boolean) => void): { stop(): void } {
  let stopped = false;
  let ready = false;
  let timer: NodeJS.Timeout | undefined;
  const look = async () => {
    const well = await isReady(url);
    if (stopped) return;
    if (well !== ready) {
      ready = well;
      changed(well);
    }
    timer = setTimeout(look, ready ? WATCH_EVERY_MS : ASK_EVERY_MS);
  };
  void look();
  return {
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

async function isReady(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(PATIENCE_MS) });
    await response.body?.cancel();
    return response.status === 200;
  } catch {
    return false;
  }
}
