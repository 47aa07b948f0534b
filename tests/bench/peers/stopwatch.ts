import { setTimeout as sleep } from "node:timers/promises";
import kafkajs from "kafkajs";
import type { Finish } from "../contestant.ts";
import type { Asked } from "./words.ts";

/** Between two looks at the group's offsets, after the last record. */
const LOOK_MS = 10;

/** Counts a contestant's records, takes its time, and asks the broker whether all of it was committed. */
export interface Stopwatch {
  /** To be called once a record, when its handler is through. */
  handled(): void;
  /** Resolves when all were handled and the group's offsets say so. */
  finish(): Promise<Finish>;
}

/**
 * The same for every TypeScript contestant; connected before it is returned, so that it is ready at the end. It stops
 * after as many records as the words say, and waits for the commit when these are all of the topic's: the group's
 * offsets say nothing of how many were done out of order.
 */
export async function stopwatch(words: Asked): Promise<Stopwatch> {
  const [brokers, group, topic] = [words.text("brokers"), words.text("group"), words.text("topic")];
  const records = words.number("records");
  const whole = words.text("whole") === "yes";
  const client = new kafkajs.Kafka({
    clientId: "stopwatch",
    brokers: brokers.split(","),
    logLevel: kafkajs.logLevel.NOTHING,
  });
  const admin = client.admin();
  await admin.connect();
  const committed = async () => {
    const [found] = await admin.fetchOffsets({ groupId: group, topics: [topic] });
    return (found?.partitions ?? []).reduce((sum, { offset }) => sum + Math.max(0, Number(offset)), 0);
  };
  await committed();
  const all = Promise.withResolvers<void>();
  let count = 0;
  let begun = 0;
  let ended = 0;
  let cpu = process.cpuUsage();
  return {
    handled() {
      if (count++ === 0) {
        begun = performance.now();
        cpu = process.cpuUsage();
      }
      if (count !== records) return;
      ended = performance.now();
      all.resolve();
    },
    async finish() {
      await all.promise;
      while (whole && (await committed()) < records) await sleep(LOOK_MS);
      const committedSeconds = (performance.now() - begun) / 1000;
      const { user, system } = process.cpuUsage(cpu);
      await admin.disconnect();
      return {
        records,
        seconds: (ended - begun) / 1000,
        committedSeconds,
        cpuSeconds: (user + system) / 1e6,
        rssMb: Math.round(process.resourceUsage().maxRSS / 1024),
      };
    },
  };
}

/** A contestant's last words. */
export function report(finish: Finish): void {
  process.stdout.write(`${JSON.stringify(finish)}\n`);
}
