import t from "tap";
import { connect, out, topicOf, until } from "../../../_support/kafka.ts";

t.test("Broker.close() leaves no connection behind though reads are under way", async (t) => {
  const broker = connect();
  const topic = await topicOf(broker);
  await broker.producer().send(Array.from({ length: 2_000 }, () => out(topic, "x".repeat(500))));
  const began = performance.now();
  const ends: Promise<unknown>[] = [];
  for (let i = 0; i < 40; i++) ends.push(broker.readOn(topic, 0, 0, 500_000).catch((error) => error));
  // Those that began before it are under way by then.
  await broker.readOn(topic, 0, 0, 1_000);
  await broker.close();
  await Promise.all(ends);
  t.ok(performance.now() - began < 20_000, "nobody waits until a read would have given up by itself");
  t.same(await until(sockets, ({ length }) => length === 0), [], "what was cut off tried again in vain");
});

function sockets(): readonly string[] {
  return process.getActiveResourcesInfo().filter((name) => name.startsWith("TCP"));
}
