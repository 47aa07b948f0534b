/** The emit case without transactions: each batch is decoded, answered with one send, then committed. At least once. */
import kafkajs from "kafkajs";
import { receiptOf } from "../sale.ts";
import { receiptEncoder, saleDecoder } from "./avsc.ts";
import { report, stopwatch } from "./stopwatch.ts";
import { asked } from "./words.ts";

const words = asked();
const [brokers, topic, group] = [words.text("brokers"), words.text("topic"), words.text("group")];
const out = words.text("out");
const watch = await stopwatch(words);
const decode = await saleDecoder(words.text("registry"));
const encode = receiptEncoder(words.number("receiptSchemaId"));
const client = new kafkajs.Kafka({ brokers: brokers.split(","), logLevel: kafkajs.logLevel.ERROR });
const producer = client.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
const consumer = client.consumer({ groupId: group });
/** `send` is not split, and the broker takes 1 MB a batch. */
const MOST = 1_000;

await producer.connect();
await consumer.connect();
await consumer.subscribe({ topics: [topic], fromBeginning: true });
await consumer.run({
  eachBatch: async ({ batch }) => {
    const messages: kafkajs.Message[] = [];
    for (const { value } of batch.messages) {
      if (value === null) continue;
      const decoded = decode(value);
      const sale = decoded instanceof Promise ? await decoded : decoded;
      messages.push({ key: sale.saleId, value: encode(receiptOf(sale)) });
      if (messages.length >= MOST) await producer.send({ topic: out, messages: messages.splice(0) });
    }
    if (messages.length > 0) await producer.send({ topic: out, messages });
    for (let n = 0; n < batch.messages.length; n++) watch.handled();
  },
});
report(await watch.finish());
process.exit(0);
