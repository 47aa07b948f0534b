/** How fast a HorizontalPodAutoscaler may change the number of pods, one way. */
export interface Direction {
  readonly windowSeconds: number;
  readonly select: "Max" | "Min" | "Disabled";
  readonly policies: readonly {
    readonly type: "Pods" | "Percent";
    readonly value: number;
    readonly periodSeconds: number;
  }[];
}

export interface AutoscalerRules {
  readonly min: number;
  readonly max: number;
  /** Of the cluster (`--horizontal-pod-autoscaler-tolerance`), a tenth by default. */
  readonly tolerance: number;
  readonly up: Direction;
  readonly down: Direction;
}

/** An external metric with a target of the type AverageValue, as KEDA makes them. */
export interface Metric {
  readonly total: number;
  /** What one pod is to have of it. */
  readonly each: number;
}

/** What an autoscaler remembers between two looks. */
export interface Memory {
  /** What the metrics asked for, before anything was smoothed. */
  readonly asked: readonly { readonly at: number; readonly pods: number }[];
  /** Pods that came (above zero) and went. */
  readonly changes: readonly { readonly at: number; readonly by: number }[];
}

export const NO_MEMORY: Memory = { asked: [], changes: [] };

export interface Decision {
  readonly pods: number;
  readonly memory: Memory;
}

/**
 * One look of a HorizontalPodAutoscaler, as its controller computes it (`horizontal.go`, `replica_calculator.go`): what the
 * metrics ask for, smoothed by the windows, limited by the policies. Pure.
 * @param at - seconds, ascending from look to look
 */
export function decide(
  rules: AutoscalerRules,
  memory: Memory,
  {
    at,
    current,
    metrics,
  }: { readonly at: number; readonly current: number; readonly metrics: readonly Metric[] },
): Decision {
  const asked = Math.max(...metrics.map((metric) => askedBy(metric, current, rules.tolerance)));
  const smooth = stabilized(rules, memory, at, current, asked);
  const pods = limited(rules, memory, at, current, smooth);
  const remembered = [...memory.asked, { at, pods: asked }].filter((each) => each.at > at - LONGEST_SECONDS);
  const changes = memory.changes.filter((each) => each.at > at - LONGEST_SECONDS);
  const change = pods === current ? [] : [{ at, by: pods - current }];
  return { pods, memory: { asked: remembered, changes: [...changes, ...change] } };
}

/** No window or period may be longer. */
const LONGEST_SECONDS = 3_600;

/** As many pods as there are now while the metric is about what that many are to have: within the tolerance. */
export function askedBy({ total, each }: Metric, current: number, tolerance: number): number {
  const ratio = total / (each * current);
  if (ratio >= 1 - tolerance && ratio <= 1 + tolerance) return current;
  return Math.ceil(total / each);
}

/** Up no further than the least that was asked for within the window, down no further than the most. */
function stabilized(
  { up, down }: AutoscalerRules,
  { asked }: Memory,
  at: number,
  current: number,
  now: number,
): number {
  const within = ({ windowSeconds }: Direction) =>
    asked.filter((each) => each.at > at - windowSeconds).map(({ pods }) => pods);
  const least = Math.min(now, ...within(up));
  const most = Math.max(now, ...within(down));
  return Math.min(Math.max(current, least), most);
}

function limited(
  rules: AutoscalerRules,
  { changes }: Memory,
  at: number,
  current: number,
  wanted: number,
): number {
  const { min, max, up, down } = rules;
  const startOf = (seconds: number) =>
    current - changes.filter((each) => each.at > at - seconds).reduce((sum, { by }) => sum + by, 0);
  if (wanted > current) {
    const reach = up.policies.map(({ type, value, periodSeconds }) => {
      const start = startOf(periodSeconds);
      return type === "Pods" ? start + value : Math.ceil(start * (1 + value / 100));
    });
    return Math.min(wanted, max, Math.max(current, furthest(up, reach, "up", current)));
  }
  if (wanted < current) {
    const reach = down.policies.map(({ type, value, periodSeconds }) => {
      const start = startOf(periodSeconds);
      return type === "Pods" ? start - value : Math.trunc(start * (1 - value / 100));
    });
    return Math.max(wanted, min, Math.min(current, furthest(down, reach, "down", current)));
  }
  return Math.min(max, Math.max(min, wanted));
}

/** `Max` selects the policy that changes most, `Min` the one that changes least. */
function furthest(
  { select }: Direction,
  reach: readonly number[],
  way: "up" | "down",
  current: number,
): number {
  if (select === "Disabled" || reach.length === 0) return current;
  return (select === "Max") === (way === "up") ? Math.max(...reach) : Math.min(...reach);
}
