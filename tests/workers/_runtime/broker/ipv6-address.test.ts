import { once } from "node:events";
import { type AddressInfo, connect as connectTo, createServer } from "node:net";
import { networkInterfaces } from "node:os";
import { pino } from "pino";
import t from "tap";
import { connectBroker } from "../../../../workers/_runtime/broker/connect.ts";
import { hostOf, splittable } from "../../../../workers/_runtime/broker/ipv6-address.ts";
import { readConfig } from "../../../../workers/_runtime/config.ts";

t.test("splittable() and hostOf() keep every kind of host", async (t) => {
  for (const [address, host] of [
    ["[::1]:9092", "::1"],
    ["[2001:db8::10.0.0.1]:9092", "2001:db8::10.0.0.1"],
    ["kafka_1.example:9092", "kafka_1.example"],
    ["10.0.0.1:9092", "10.0.0.1"],
  ] as const) {
    const [before = "", port] = splittable(address).split(":");
    t.same([hostOf(before), port], [host, "9092"], address);
  }
  t.equal(hostOf("2001:db8::1"), "2001:db8::1", "as a broker announces it");
});

const hasLoopback = Object.values(networkInterfaces()).some((all) =>
  all?.some(({ address }) => address === "::1"),
);

t.test(
  "a broker is reached by an IPv6 literal in KAFKA_BROKERS",
  { skip: hasLoopback ? false : "this machine has no IPv6" },
  async (t) => {
    const [host = "", port] = (process.env.KAFKA_BROKERS ?? "").split(":");
    const door = createServer((from) => {
      const to = connectTo(Number(port), host);
      from.pipe(to).pipe(from);
      from.on("error", () => to.destroy());
      to.on("error", () => from.destroy());
    });
    door.listen(0, "::1");
    await once(door, "listening");
    t.teardown(() => door.close());
    const { port: doorPort } = door.address() as AddressInfo;
    const { kafka } = readConfig({ KAFKA_BROKERS: `[::1]:${doorPort}` }, ["KAFKA_BROKERS"]);
    const broker = connectBroker(kafka, { clientId: "test", log: pino({ level: "silent" }) });
    t.teardown(() => broker.close());
    t.ok((await broker.admin.clusterId()).length > 0);
  },
);
