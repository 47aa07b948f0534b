/** One source partition as its owner sees it: what `boxoffice partitions list` shows. */
export interface PartitionStatus {
  /** Source topic. */
  readonly topic: string;
  readonly partition: number;
  readonly state: "opening" | "scanning" | "running" | "draining" | "halted" | "closed";
  /** The next offset to be read by a new owner; undefined: nothing committed yet. */
  readonly committedOffset: number | undefined;
  /** High watermark less committed offset, where known. */
  readonly lag?: number;
  /** Keys with a record outstanding in a retry topic. */
  readonly parkedKeys: number;
  /** Records outstanding in retry topics. */
  readonly outstanding: number;
  readonly halted?: Halt;
}

/** Why a partition stands still until an operator or another build helps. */
export interface Halt {
  readonly reason: string;
  /** The writer schema that couldn't be resolved, where that is why. */
  readonly schemaId: number | undefined;
  /** The record that blocks, `<topic>-<partition>-<offset>`. */
  readonly record: string;
  /** Epoch ms. */
  readonly since: number;
}

/** What an operator may ask of the process that owns partitions. */
export interface PartitionControl {
  listPartitions(): readonly PartitionStatus[];
  /**
   * Sends the records that block a halted partition to the DLQ: all, or those of one writer schema.
   * @throws {UsageError} when this process doesn't own the partition or it isn't halted
   */
  release(topic: string, partition: number, schemaId?: number): Promise<{ readonly released: number }>;
}
