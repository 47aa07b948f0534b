import type { Service } from "./service.ts";

const LOOK_MS = 500;

/** Tells, once for each end, that a part ended though nobody asked for it; `stop` of the result ends watching. */
export function watchServices(
  services: readonly Service[],
  tell: (service: Service) => void,
): { stop(): void } {
  const ended = new Set<Service>();
  const timer = setInterval(() => {
    for (const service of services) {
      if (service.pid !== undefined) ended.delete(service);
      else if (!ended.has(service)) {
        ended.add(service);
        tell(service);
      }
    }
  }, LOOK_MS);
  return { stop: () => clearInterval(timer) };
}
