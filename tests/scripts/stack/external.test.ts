import { once } from "node:events";
import { createServer } from "node:net";
import t from "tap";
import { checkReachable, givenByEnvironment } from "../../../scripts/stack/external.ts";
import { isListening } from "../../../scripts/stack/port.ts";

const { signal } = new AbortController();

t.test("givenByEnvironment() takes what is set and not empty", async (t) => {
  t.same(givenByEnvironment({ KAFKA_BROKERS: "a:1,b:2", REDIS_URL: "" }), { kafka: "a:1,b:2" });
});

t.test("checkReachable() takes one broker of several for enough", async (t) => {
  const server = createServer((socket) => socket.destroy()).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.teardown(() => server.close());
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  await checkReachable("kafka", `127.0.0.1:1, 127.0.0.1:${port}`, signal);
  await checkReachable("redis", `redis://127.0.0.1:${port}/3`, signal);
  t.equal(await isListening(Number(port)), true);
});

t.test("checkReachable() rejects with Unavailable that names the variable", async (t) => {
  await t.rejects(checkReachable("registry", "http://127.0.0.1:1/apis", signal), {
    name: "Unavailable",
    message: /^Cannot reach SCHEMA_REGISTRY_URL=http:\/\/127\.0\.0\.1:1\/apis: connect ECONNREFUSED/,
  });
  t.equal(await isListening(1), false);
});
