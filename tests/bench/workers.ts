import { defineWorker, from, type HandlerContext, type Worker } from "../../workers/_runtime/mod.ts";
import { receiptOf, receipts, Sale, sales } from "./sale.ts";

/** The partitions of every bench's topics but for keyed, whose one partition is the point. */
export const PARTITIONS = 12;

/** Sales of one group, `name`; also declared by the bench itself, to create what derives from it. */
export function consumeWorker(name: string, topic: string, handle: () => void | Promise<void>): Worker {
  return defineWorker({ name, reads: [from(sales(topic, PARTITIONS), Sale)], retry: ["1s"], handle });
}

export function emitWorker(name: string, topic: string, out: string, handled: () => void): Worker {
  const target = receipts(out, PARTITIONS);
  return defineWorker({
    name,
    reads: [from(sales(topic, PARTITIONS), Sale)],
    emits: [target],
    retry: ["1s"],
    handle(sale, { emit }) {
      emit(target, receiptOf(sale));
      handled();
    },
  });
}

/** `handle` gets the record's offset, which says how long it takes; one partition, whatever the others have. */
export function keyedWorker(
  name: string,
  topic: string,
  concurrency: number,
  handle: (offset: number) => Promise<void>,
): Worker {
  return defineWorker({
    name,
    reads: [from(sales(topic, 1), Sale)],
    retry: ["1s"],
    concurrency,
    handle: (_sale, { id }) => handle(offsetOf(id)),
  });
}

/** Of an identity, `<topic>-<partition>-<offset>`. */
export function offsetOf(id: string): number {
  return Number(id.slice(id.lastIndexOf("-") + 1));
}

export function latenessWorker(
  name: string,
  topic: string,
  handle: (sale: Sale, context: HandlerContext) => void,
): Worker {
  return defineWorker({
    name,
    reads: [from(sales(topic, PARTITIONS), Sale)],
    retry: ["1s"],
    handle,
  });
}
