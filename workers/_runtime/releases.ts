import type { Logger } from "pino";

export type Release = () => Promise<void> | void;

export interface Releases {
  /** To be called as soon as a resource is held. */
  push(name: string, release: Release): void;
  /**
   * Lets everything go, the newest first (it may lean on what is older), each in at most `eachMs`. One that
   * fails or hangs is logged and doesn't keep the others. A second call waits for the first.
   */
  run(eachMs: number): Promise<void>;
}

export function createReleases(log: Logger): Releases {
  const held: { readonly name: string; readonly release: Release }[] = [];
  let running: Promise<void> | undefined;
  const walk = async (eachMs: number) => {
    for (let next = held.pop(); next !== undefined; next = held.pop())
      await releaseOne(next.name, next.release, eachMs, log);
  };
  return {
    push: (name, release) => void held.push({ name, release }),
    run(eachMs) {
      running ??= walk(eachMs);
      return running;
    },
  };
}

async function releaseOne(name: string, release: Release, eachMs: number, log: Logger): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it took longer than ${eachMs} ms`)), eachMs);
  });
  try {
    await Promise.race([release(), tooLong]);
  } catch (error) {
    log.error({ err: error, resource: name }, "cannot let go of a resource, going on without");
  } finally {
    clearTimeout(timer);
  }
}
