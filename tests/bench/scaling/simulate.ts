import { type AutoscalerRules, decide, type Memory, NO_MEMORY } from "./autoscaler.ts";
import { metricOf, type Trigger } from "./keda.ts";
import { memberGroup, type PodTimes } from "./member-group.ts";
import { createQueues, type Handling, type Took } from "./queues.ts";

/** Records a second that one member can do. */
export function speedOf({ concurrency, handlerSeconds }: Handling): number {
  return concurrency / handlerSeconds;
}

export interface Scenario {
  /** Records that come, a step each; to be handled by the worker. */
  readonly arrivals: readonly number[];
  readonly stepSeconds: number;
  /** Whom the partitions are spread over. */
  readonly partitions: number;
  readonly member: Handling;
  readonly times: PodTimes;
  /** Pods at the beginning. */
  readonly pods: number;
  /** Undefined: their number stays. */
  readonly autoscaler:
    | {
        readonly rules: AutoscalerRules;
        readonly trigger: Pick<Trigger, "lagThreshold" | "allowIdleConsumers">;
        /** Between two looks, seconds (`--horizontal-pod-autoscaler-sync-period`). */
        readonly everySeconds: number;
        /** Of the first look, seconds. */
        readonly firstSeconds: number;
        /** How old the lag is that it sees, seconds: KEDA's `useCachedMetrics` and polling interval; 0 asks the broker. */
        readonly ageSeconds: number;
      }
    | undefined;
  /** People's orders, which no autoscaler undoes: when, and how many. */
  readonly orders?: readonly { readonly at: number; readonly pods: number }[];
}

/** How it stood at the end of a step. */
export interface Moment {
  readonly at: number;
  readonly arrived: number;
  readonly done: number;
  readonly lag: number;
  readonly pods: number;
  /** Members at work; 0: the group stands. */
  readonly working: number;
}

export interface Course {
  readonly moments: readonly Moment[];
  readonly took: readonly Took[];
  readonly rebalances: number;
  readonly podSeconds: number;
}

/**
 * Plays an autoscaler, the pods it orders and the consumer group they make up over the arrivals, step by step. Pure: the
 * same scenario has the same course.
 */
export function simulate(scenario: Scenario): Course {
  const { arrivals, stepSeconds, partitions, member, autoscaler, orders = [] } = scenario;
  const group = memberGroup(scenario.pods, scenario.times);
  const queues = createQueues(partitions, member);
  const moments: Moment[] = [];
  let memory: Memory = NO_MEMORY;
  let [looks, podSeconds, arrived] = [0, 0, 0];
  for (const [step, count] of arrivals.entries()) {
    const now = step * stepSeconds;
    const end = now + stepSeconds;
    for (const order of orders)
      if (order.at >= now && order.at < end) group.scale(now, order.pods, queues.busyUntil);
    if (autoscaler !== undefined && now >= autoscaler.firstSeconds + looks * autoscaler.everySeconds) {
      looks++;
      const { rules, trigger } = autoscaler;
      const seen = moments[step - 1 - Math.round(autoscaler.ageSeconds / stepSeconds)]?.lag ?? 0;
      const metrics = [metricOf(seen, trigger, partitions)];
      const decision = decide(rules, memory, { at: now, current: group.pods, metrics });
      memory = decision.memory;
      group.scale(now, decision.pods, queues.busyUntil);
    }
    queues.add(now, count);
    arrived += count;
    const working = group.working(now, queues.busyUntil);
    queues.start(now, end, working);
    queues.finish(end);
    podSeconds += group.pods * stepSeconds;
    moments.push({ at: end, arrived, done: queues.done, lag: queues.lag, pods: group.pods, working });
  }
  return { moments, took: queues.took, rebalances: group.rebalances, podSeconds };
}
