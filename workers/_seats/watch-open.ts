import { setTimeout as sleep } from "node:timers/promises";
import { gauge, type Host, registered } from "../_runtime/mod.ts";
import type { SeatMap } from "./seat-map.ts";

/** What a worker says that uses the seat map. */
export const seatMapMetrics = {
  open: gauge({
    name: "seat_map_open",
    unit: "state",
    help: "1: the seat map can be used from here; 0: Redis is away, or the map is missing or being rebuilt",
  }),
};

const LOOK_EVERY_MS = 1_000;

/** Says about once a second whether the seat map is open, from now until the host's signal. */
export async function watchSeatMap(
  { metrics, signal }: Pick<Host, "metrics" | "signal">,
  seatMap: Pick<SeatMap, "isOpen">,
): Promise<void> {
  const { open } = registered(metrics, seatMapMetrics);
  while (!signal.aborted) {
    open.set((await seatMap.isOpen()) ? 1 : 0);
    await sleep(LOOK_EVERY_MS, undefined, { signal, ref: false }).catch(() => {});
  }
}
