/** The consume case as somebody who cares writes it: whole batches, avsc with a ready resolver for each schema id. */
import kafkajs from "kafkajs";
import { saleDecoder } from "./avsc.ts";
import { report, stopwatch } from "./stopwatch.ts";
import { asked } from "./words.ts";

const words = asked();
const [brokers, topic, group] = [words.text("brokers"), words.text("topic"), words.text("group")];
const watch = await stopwatch(words);
const decode = await saleDecoder(words.text("registry"));
const client = new kafkajs.Kafka({ brokers: brokers.split(","), logLevel: kafkajs.logLevel.ERROR });
const consumer = client.consumer({ groupId: group });
await consumer.connect();
await consumer.subscribe({ topics: [topic], fromBeginning: true });
await consumer.run({
  eachBatch: async ({ batch }) => {
    for (const { value } of batch.messages) {
      if (value === null) continue;
      const sale = decode(value);
      if (sale instanceof Promise) await sale;
      watch.handled();
    }
  },
});
report(await watch.finish());
process.exit(0);
