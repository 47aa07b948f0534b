/** Of one worker's pods, as they were found to be. Seconds. */
export interface PodTimes {
  /** From the order until the container starts: scheduling, and pulling the image when the node has none. */
  readonly schedule: number;
  /** From exec until it joins the group. */
  readonly start: number;
  /** The whole group stands when a member comes or goes: until its handlers have ended, and then that long. */
  readonly join: number;
}

/** The pods of a worker and the consumer group that they make up. */
export interface MemberGroup {
  /** Ordered, whether they run already or not. */
  readonly pods: number;
  /**
   * Members that the partitions are spread over; 0 while the group stands.
   * @param busyUntil - when the handlers that run now will have ended
   */
  working(now: number, busyUntil: number): number;
  /** Orders or ends pods. */
  scale(now: number, pods: number, busyUntil: number): void;
  readonly rebalances: number;
}

/**
 * Assignment is eager: whenever a member comes or goes, all stop. Who comes while they stand begins the standing anew, as
 * a join does. Starts with `pods` members at work.
 */
export function memberGroup(pods: number, times: PodTimes): MemberGroup {
  let members = pods;
  let ordered = pods;
  let standsUntil = 0;
  let rebalances = 0;
  const joins: number[] = [];
  const stand = (at: number, busyUntil: number) => {
    // Those who come together are one change.
    if (at >= standsUntil) rebalances++;
    standsUntil = Math.max(standsUntil, Math.max(at, busyUntil) + times.join);
  };
  return {
    get pods() {
      return ordered;
    },
    get rebalances() {
      return rebalances;
    },
    working(now, busyUntil) {
      while (joins[0] !== undefined && joins[0] <= now) {
        stand(joins.shift() ?? now, busyUntil);
        members++;
      }
      return now < standsUntil ? 0 : members;
    },
    scale(now, wanted, busyUntil) {
      for (; ordered < wanted; ordered++) joins.push(now + times.schedule + times.start);
      // The youngest go first: those that haven't joined yet go unnoticed.
      for (; ordered > wanted; ordered--) {
        if (joins.pop() !== undefined) continue;
        members--;
        stand(now, busyUntil);
      }
    },
  };
}
