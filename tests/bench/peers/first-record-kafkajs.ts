/** The least that a consumer can be: prints when its first record came. Words: brokers, topic, group. */
import kafkajs from "kafkajs";
import { asked } from "./words.ts";

const words = asked();
const client = new kafkajs.Kafka({
  brokers: words.text("brokers").split(","),
  logLevel: kafkajs.logLevel.NOTHING,
});
const consumer = client.consumer({ groupId: words.text("group") });
await consumer.connect();
await consumer.subscribe({ topics: [words.text("topic")], fromBeginning: true });
await consumer.run({
  eachMessage: async () => {
    process.stdout.write("handled\n");
  },
});
