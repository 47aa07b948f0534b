import type ConsumerGroup from "kafkajs/src/consumer/consumerGroup.js";
import type { Logger } from "pino";

/**
 * The position was trimmed away, or the log lost its end. kafkajs would commit -2 to the group; here only the
 * position moves, to the nearest offset that exists.
 */
export async function backIntoRange(
  group: ConsumerGroup,
  topic: string,
  partition: number,
  log: Logger,
): Promise<void> {
  const bound = async (fromBeginning: boolean) => {
    const [found] = await group.cluster.fetchTopicsOffset([
      { topic, partitions: [{ partition }], fromBeginning },
    ]);
    return Number(found?.partitions[0]?.offset ?? 0);
  };
  const position = Number(group.offsetManager.nextOffset(topic, partition));
  const [low, high] = [await bound(true), await bound(false)];
  const next = position < low ? low : Math.min(position, high);
  log.error(
    { topic, partition, position, low, high },
    "the position is out of range: reading on at the nearest offset",
  );
  group.offsetManager.resolveOffset({ topic, partition, offset: String(next - 1) });
}
