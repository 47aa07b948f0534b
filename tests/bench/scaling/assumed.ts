/** What nobody can measure on one machine; docs/scaling.md lists them beside what they lead to. */
export const ASSUMED = {
  /** Of one charge at a real gateway, seconds. */
  gatewaySeconds: 0.3,
  /** Of one e-mail handed to a relay nearby, seconds. */
  smtpSeconds: 0.1,
  /** Of one call to Redis, seconds. */
  redisSeconds: 0.001,
  /** A pod's one thread is to be busy for no more than this share: what is above it waits. */
  podBusy: 0.6,
  /** Of Redis' one thread. */
  redisBusy: 0.6,
  /** Of a broker's cores. */
  brokerBusy: 0.5,
  brokerCores: 8,
  replicas: 3,
  /** What a follower's fetches cost the leader, as a share of what the records cost it. */
  followerShare: 0.5,
  /** Partitions to the pods that need them: so that more pods can be added on the day. */
  partitionHeadroom: 1.3,
} as const;

export type Assumed = { readonly [name in keyof typeof ASSUMED]: number };
