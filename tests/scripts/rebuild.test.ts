import t from "tap";
import { runCommand } from "../command.ts";

const { KAFKA_BROKERS = "", SCHEMA_REGISTRY_URL = "" } = process.env;

t.test(
  "rebuild seats ends with 3 when Redis can't be reached, with 2 when it isn't configured",
  async (t) => {
    const env = { KAFKA_BROKERS, SCHEMA_REGISTRY_URL };
    const [away, unset] = await Promise.all([
      runCommand(["rebuild", "seats"], { ...env, REDIS_URL: "redis://127.0.0.1:1" }),
      runCommand(["rebuild", "seats"], env),
    ]);
    t.equal(away.code, 3);
    t.match(away.stderr, /Cannot reach Redis at redis:\/\/127\.0\.0\.1:1: no connection \(ECONNREFUSED\)/);
    t.equal(unset.code, 2);
    t.match(unset.stderr, /REDIS_URL/);
  },
);
