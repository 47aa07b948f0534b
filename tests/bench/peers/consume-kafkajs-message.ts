/** The consume case as the manuals of kafkajs and of the registry client show it. */
import { SchemaRegistry } from "@kafkajs/confluent-schema-registry";
import kafkajs from "kafkajs";
import { readerSchema } from "../sale.ts";
import { report, stopwatch } from "./stopwatch.ts";
import { asked } from "./words.ts";

const words = asked();
const [brokers, topic, group] = [words.text("brokers"), words.text("topic"), words.text("group")];
const watch = await stopwatch(words);
const registry = new SchemaRegistry({ host: words.text("registry") });
const client = new kafkajs.Kafka({ brokers: brokers.split(","), logLevel: kafkajs.logLevel.ERROR });
const consumer = client.consumer({ groupId: group });
// RawAvroSchema is our schema without its mutable arrays.
const options =
  words.text("schema") === "reader" ? { AVRO: { readerSchema: readerSchema as never } } : undefined;
await consumer.connect();
await consumer.subscribe({ topics: [topic], fromBeginning: true });
await consumer.run({
  eachMessage: async ({ message }) => {
    if (message.value === null) return;
    await registry.decode(message.value, options);
    watch.handled();
  },
});
report(await watch.finish());
process.exit(0);
