import { drawChart, type Line } from "./chart.ts";
import { BEFORE_SECONDS, type Played } from "./policies.ts";

const UNTIL_SECONDS = 160;
const BEFORE_SHOWN = 10;

/** The on-sale under each policy: what comes, what lies undone, pods, and how long a record that came then took. */
export function plotOf(played: readonly Played[]): string {
  const [first] = played;
  if (first === undefined) throw new RangeError("Cannot plot as nothing was played");
  const arrivals = perSecond(first.course.moments.map(({ at, arrived }) => [at, arrived]));
  const line = (of: (each: Played) => Line["points"], steps = false) =>
    played.map((each): Line => ({ name: each.policy.name, points: of(each), steps }));
  return drawChart({
    title:
      "A recorded on-sale under different ways to scale payment: records that come, lag, pods, waiting times",
    x: { label: "seconds from the beginning of the on-sale", from: -BEFORE_SHOWN, until: UNTIL_SECONDS },
    panels: [
      { title: "records that come, a second", lines: [{ name: "come", points: arrivals, filled: true }] },
      { title: "lag, records", lines: line(lagOf) },
      { title: "pods (ordered)", lines: line(podsOf, true) },
      { title: "time in payment of records that came then, seconds", lines: line(waitsOf) },
    ],
  });
}

function shown(points: readonly (readonly [number, number])[]): Line["points"] {
  return points
    .map(([at, value]) => [at - BEFORE_SECONDS, value] as const)
    .filter(([at]) => at >= -BEFORE_SHOWN && at <= UNTIL_SECONDS);
}

/** One point a second of a running sum, as what came in that second. */
function perSecond(sums: readonly (readonly [number, number])[]): Line["points"] {
  const wholes = sums.filter((_, i) => i % 10 === 9);
  return shown(wholes.map(([at, sum], i) => [at, sum - (wholes[i - 1]?.[1] ?? 0)]));
}

function lagOf({ course }: Played): Line["points"] {
  return shown(course.moments.filter((_, i) => i % 10 === 9).map(({ at, lag }) => [at, lag]));
}

/** Changes only: a step line holds its value. */
function podsOf({ course }: Played): Line["points"] {
  const points = shown(course.moments.map(({ at, pods }) => [at, pods]));
  return points.filter(([, pods], i) => i === 0 || i === points.length - 1 || pods !== points[i - 1]?.[1]);
}

/** The longest of each second's. */
function waitsOf({ course }: Played): Line["points"] {
  const longest = new Map<number, number>();
  for (const { at, seconds } of course.took) {
    const second = Math.floor(at);
    longest.set(second, Math.max(seconds, longest.get(second) ?? 0));
  }
  return shown([...longest].sort(([a], [b]) => a - b));
}
