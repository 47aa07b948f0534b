import { readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { kafkaUuid, serverProperties } from "../../../scripts/stack/kafka.ts";

const root = join(import.meta.dirname, "../../..");
const nodes = [1, 2, 3].map((id) => ({
  id,
  port: 100 + id,
  controllerPort: 200 + id,
  folder: `/data/${id}`,
}));
const [first] = nodes;

function settings(text: string): Map<string, string> {
  const lines = text.split("\n").filter((line) => line !== "");
  return new Map(lines.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]));
}

if (first !== undefined) {
  t.test("serverProperties() says the same as compose.yaml, apart from addresses", async (t) => {
    const own = settings(serverProperties(first, [first]));
    for (const name of ["listeners", "controller.quorum.voters", "log.dirs"]) own.delete(name);
    const compose = readFileSync(join(root, "compose.yaml"), "utf8");
    const found = compose.matchAll(/^ +KAFKA_([A-Z_]+): "?([^"\n]*)"?$/gm);
    const theirs = new Map(
      [...found].map(([, name, value]) => [name?.toLowerCase().replaceAll("_", "."), value]),
    );
    for (const name of ["listeners", "controller.quorum.voters", "advertised.listeners"]) theirs.delete(name);
    theirs.delete("listener.security.protocol.map");
    t.same(Object.fromEntries([...theirs].sort()), Object.fromEntries([...own].sort()));
  });

  t.test("serverProperties() of three brokers replicates and lets one be missing", async (t) => {
    t.match(Object.fromEntries(settings(serverProperties(first, nodes))), {
      "controller.quorum.voters": "1@127.0.0.1:201,2@127.0.0.1:202,3@127.0.0.1:203",
      listeners: "PLAINTEXT://127.0.0.1:101,CONTROLLER://127.0.0.1:201",
      "offsets.topic.replication.factor": "3",
      "transaction.state.log.replication.factor": "3",
      "transaction.state.log.min.isr": "2",
      "default.replication.factor": "3",
      "min.insync.replicas": "2",
      "auto.create.topics.enable": "false",
    });
  });
}

t.test("kafkaUuid() is 16 bytes that no tool takes for an option", async (t) => {
  for (let i = 0; i < 500; i++) {
    const id = kafkaUuid();
    if (!/^[A-Za-z0-9_][A-Za-z0-9_-]{21}$/.test(id)) t.fail(id);
  }
  t.not(kafkaUuid(), kafkaUuid());
});
