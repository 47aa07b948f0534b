import { connectBroker } from "../../../../workers/_runtime/broker/connect.ts";
import type { Environment } from "../../../../workers/_runtime/config.ts";
import { record, topic } from "../../../../workers/_runtime/event.ts";
import { defineWorker, from, Permanent } from "../../../../workers/_runtime/mod.ts";
import { runWorker } from "../../../../workers/_runtime/run-worker.ts";
import { startConsole } from "../../../../workers/console/start.ts";
import replayer from "../../../../workers/replayer/worker.ts";
import { bareFleet } from "../../../_support/fleet.ts";

/** An order whose charge can fail. */
export interface Order {
  type: "Order";
  orderId: string;
  email: string;
  amount: number;
}

const Order = record<Order>("shop.Order", {
  type: "record",
  name: "Order",
  namespace: "shop",
  fields: [
    { name: "orderId", type: "string" },
    { name: "email", type: "string", doc: "Personal: where the receipt goes" },
    { name: "amount", type: "long" },
  ],
});

const LIMIT = 9_000;

/** A real fleet of one failing worker, the replayer and the console, in this process. */
export interface Stage {
  readonly url: string;
  /** The failing worker's name. */
  readonly worker: string;
  /** Amounts that were charged, by order. */
  readonly charged: ReadonlyMap<string, number>;
  /** Sends one order each and waits until the worker has done with all of them. */
  sell(orders: readonly Omit<Order, "type">[]): Promise<void>;
  /** From now on only these orders fail. */
  fix(stillFailing: readonly string[]): void;
  close(): Promise<void>;
}

/** On a stack of its own: the replayer takes every job there is. */
export async function openStage(environment: Environment): Promise<Stage> {
  const crashed: Error[] = [];
  const f = bareFleet(environment, (error) => crashed.push(error));
  const orders = topic({
    name: "orders",
    records: [Order],
    key: (each) => each.orderId,
    retention: "forever",
    partitions: 2,
  });
  const charged = new Map<string, number>();
  let failing: readonly string[] | undefined;
  let handled = 0;
  const billing = defineWorker({
    name: "billing",
    reads: [from(orders, Order)],
    retry: ["100ms"],
    handle({ orderId, amount }) {
      handled += 1;
      if (failing ? failing.includes(orderId) : amount > LIMIT)
        throw new Permanent(`The gateway takes at most ${LIMIT}: the amount is ${amount}`);
      charged.set(orderId, amount);
    },
  });
  await f.prepare([orders], [billing]);
  const running = await f.run(billing);
  const replaying = await f.run(replayer);
  let url = "";
  const page = defineWorker({
    name: "console",
    reads: [],
    async serve(host) {
      url = await startConsole(host, { workers: [billing, replayer] });
    },
  });
  const console = { ...f.config.console, healthUrls: [running.health.url, replaying.health.url] };
  const broker = connectBroker(f.config.kafka, { clientId: "console", log: f.log });
  const serving = await runWorker(page, {
    config: { ...f.config, console },
    build: "test",
    log: f.log,
    broker,
    crashed: (error) => crashed.push(error),
  });
  return {
    url,
    worker: billing.name,
    charged,
    async sell(some) {
      const before = handled;
      await f.send(some.map((each) => f.event(orders, { type: "Order", ...each })));
      for (let tries = 0; handled < before + some.length; tries++) {
        if (tries > 3_000 || crashed.length > 0)
          throw new Error("the worker didn't handle the orders", { cause: crashed[0] });
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    },
    fix(stillFailing) {
      failing = stillFailing;
    },
    async close() {
      await serving.stop();
      await broker.close();
      await f.close();
      if (crashed[0]) throw crashed[0];
    },
  };
}
