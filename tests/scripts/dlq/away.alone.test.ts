import t from "tap";
import { startStack } from "../../../scripts/stack/start.ts";
import { boxoffice } from "../boxoffice.ts";

t.setTimeout(900_000);

t.test("boxoffice dlq exits 3 and names the brokers when Kafka doesn't answer, or isn't there", async (t) => {
  const stack = await startStack({ services: ["kafka"] }, new AbortController().signal);
  t.teardown(() => stack.stop());
  const env = {
    BOXOFFICE_PROFILE: "test",
    KAFKA_BROKERS: stack.kafka.url,
    SCHEMA_REGISTRY_URL: "http://127.0.0.1:9",
  };
  const missing = await boxoffice(["dlq", "audit"], env);
  t.match(missing, { code: 2, stderr: /topic 'fleet\.audit' is missing: run 'boxoffice topics apply'/ });
  stack.kafka.freeze();
  const frozen = await boxoffice(["dlq", "groups"], env);
  stack.kafka.thaw();
  t.match(frozen, { code: 3, stderr: `Cannot reach Kafka at KAFKA_BROKERS=${stack.kafka.url}` });
  await stack.kafka.kill();
  const gone = await boxoffice(["dlq", "groups"], env);
  t.match(gone, { code: 3, stderr: `Cannot reach Kafka at KAFKA_BROKERS=${stack.kafka.url}` });
});
