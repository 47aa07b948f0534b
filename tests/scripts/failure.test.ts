import errors from "kafkajs/src/protocol/error.js";
import t from "tap";
import { failure } from "../../scripts/failure.ts";
import { Refused } from "../../workers/_letters/failures.ts";
import { Unavailable, UsageError } from "../../workers/_runtime/mod.ts";

const named = (name: string, message: string) => Object.assign(new Error(message), { name });
const TOPIC_AUTHORIZATION_FAILED = 29;

t.test(
  "failure() tells a broker that is away from a bug, by whatever words kafkajs has for it",
  async (t) => {
    for (const error of [
      new Error("Broker not connected"),
      new Error("it failed", { cause: new Error("Broker not connected") }),
      named("KafkaJSRequestTimeoutError", "Request Metadata(key: 3, version: 6) timed out"),
      named("KafkaJSConnectionError", "Connection timeout"),
    ])
      t.match(failure(error), { code: 3, message: `boxoffice: Cannot reach Kafka: ${error.message}` });
    t.match(failure(new Unavailable("kafka", "Cannot reach it")), {
      code: 3,
      message: /^boxoffice: Cannot reach it$/,
    });
  },
);

t.test(
  "failure() takes a user whom the broker refuses for configuration, with its own word for it",
  async (t) => {
    const denied = errors.createErrorFromCode(TOPIC_AUTHORIZATION_FAILED);
    for (const error of [denied, new Error("it failed", { cause: denied })])
      t.match(failure(error), {
        code: 2,
        message: /\(TOPIC_AUTHORIZATION_FAILED\): check KAFKA_SASL_USERNAME/,
      });
    const unknown = named("KafkaJSSASLAuthenticationError", "SASL SCRAM failed");
    t.match(failure(new Error("it failed", { cause: unknown })), {
      code: 2,
      message: /\(SASL SCRAM failed\)/,
    });
  },
);

t.test("failure() gives what was typed 2, a refusal 1, and a bug 70 with its stack", async (t) => {
  t.same(failure(new UsageError("write this")), { code: 2, message: "boxoffice: write this" });
  t.match(failure(new Refused("invalid-filter", "no")), { code: 2 });
  t.match(failure(new Refused("not-open", "no")), { code: 1 });
  t.match(failure(new TypeError("x is undefined")), { code: 70, message: /a bug: TypeError: x[\s\S]* at / });
  const unreadable = Object.assign(new Error("no such file"), { code: "ENOENT" });
  t.match(failure(unreadable), { code: 70 }, "a file is no broker");
});
