import { brokerAdmin } from "./admin.ts";
import { clientLogger } from "./client-log.ts";
import { connections } from "./connections.ts";
import { groupMember } from "./group-member.ts";
import { plainProducer } from "./plain-producer.ts";
import type { Broker, ConnectBroker, GroupMember, PlainProducer, TransactionalProducer } from "./port.ts";
import { readOn } from "./read-at.ts";
import { transactionalProducer } from "./transactional-producer.ts";

const STOP_MS = 2_000;

/** Nothing is connected until it is used. */
export const connectBroker: ConnectBroker = (config, { clientId, log, compression = "none" }) => {
  const pool = connections(config, clientId, clientLogger(log));
  const admin = brokerAdmin(pool);
  const members = new Set<GroupMember>();
  const transactional = new Set<TransactionalProducer>();
  let reader: ReturnType<typeof pool.cluster> | undefined;
  let producer: (PlainProducer & { close(): Promise<void> }) | undefined;
  let firstRead: Promise<unknown> | undefined;
  const ended = new AbortController();
  const readFrom: Broker["readOn"] = async (topic, partition, offset, maxBytes) => {
    if (ended.signal.aborted) throw new Error(`Cannot read '${topic}' as its client is closed`);
    reader ??= pool.cluster("read committed");
    // Many that read at once would each wait on the socket that is being connected, and Node warns of a leak.
    if (firstRead !== undefined) {
      await firstRead;
      return await readOn(reader, topic, partition, offset, maxBytes, ended.signal);
    }
    const read = readOn(reader, topic, partition, offset, maxBytes, ended.signal);
    firstRead = read.catch(() => {});
    return await read;
  };
  return {
    admin,
    member(options, events) {
      const member = groupMember(pool, options, events, log);
      members.add(member);
      return member;
    },
    transactional(transactionalId) {
      const made = transactionalProducer(pool, transactionalId, compression);
      transactional.add(made);
      return {
        ...made,
        async close() {
          transactional.delete(made);
          await made.close();
        },
      };
    },
    producer() {
      producer ??= plainProducer(pool, compression, log);
      return producer;
    },
    readAt: async (topic, partition, offset, maxBytes) =>
      (await readFrom(topic, partition, offset, maxBytes)).records,
    readOn: readFrom,
    async close() {
      await Promise.all([...members].map((member) => member.stop(STOP_MS)));
      await Promise.all([...transactional, producer, admin].map((one) => one?.close()));
      ended.abort();
      pool.cutAll();
    },
  };
};
