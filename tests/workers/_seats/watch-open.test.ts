import { Registry } from "prom-client";
import t from "tap";
import { generationKey } from "../../../workers/_seats/generation.ts";
import { watchSeatMap } from "../../../workers/_seats/watch-open.ts";
import { until } from "../../_support/fleet.ts";
import { openSeatMap } from "../../_support/seats.ts";

t.test("watchSeatMap() tells 1 while the map is open, 0 when it is gone, and ends", async (t) => {
  const { redis, prefix, seatMap } = await openSeatMap(t);
  const metrics = new Registry();
  const ended = new AbortController();
  const watching = watchSeatMap({ metrics, signal: ended.signal }, seatMap);
  const shows = (value: number) => async () =>
    (await metrics.metrics()).includes(`\nboxoffice_seat_map_open ${value}\n`);
  await until(t, "it is open", shows(1));
  const written = await redis.call("GET", generationKey(prefix));
  await redis.call("SET", generationKey(prefix), String(written).replace("open", "building"));
  await until(t, "it is being rebuilt", shows(0));
  await redis.call("SET", generationKey(prefix), String(written));
  await until(t, "it is open again", shows(1));
  await redis.call("DEL", generationKey(prefix));
  await until(t, "it is gone", shows(0));
  ended.abort();
  await watching;
});
