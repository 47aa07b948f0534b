/**
 * What KEDA's Kafka scaler reads from a trigger's metadata, https://keda.sh/docs/2.21/scalers/apache-kafka/; it takes any
 * key, and ignores others. A test compares them with its source.
 */
export const TRIGGER_KEYS: ReadonlySet<string> = new Set([
  "activationLagThreshold",
  "allowIdleConsumers",
  "awsRegion",
  "bootstrapServers",
  "bootstrapServersFromEnv",
  "consumerGroup",
  "consumerGroupFromEnv",
  "ensureEvenDistributionOfPartitions",
  "excludePersistentLag",
  "fullMetadata",
  "lagThreshold",
  "limitToPartitionsWithLag",
  "offsetResetPolicy",
  "partitionLimitation",
  "sasl",
  "saslTokenProvider",
  "scaleToZeroOnInvalidOffset",
  "tls",
  "topic",
  "topicFromEnv",
  "unsafeSsl",
  "version",
]);

/** Keys that must not be on, and what each would do. */
export const HARMFUL_KEYS: ReadonlyMap<string, string> = new Map([
  ["excludePersistentLag", "a partition whose handler is slow looks like one without lag"],
  ["scaleToZeroOnInvalidOffset", "a group that has committed nothing yet would never be started"],
]);
