import { randomUUID } from "node:crypto";
import pino from "pino";
import t from "tap";
import { createAddresses } from "../../../workers/_addresses/mod.ts";
import { connectRedis } from "../../../workers/_runtime/mod.ts";

const log = pino({ level: "silent" });
const redis = await connectRedis(process.env.REDIS_URL ?? "", { log, waitMs: 60_000 });
t.teardown(() => redis.close());

t.test("addresses are put, replaced, erased for good, and a customer's own", async (t) => {
  const prefix = `test-${randomUUID()}:`;
  const addresses = createAddresses(redis, { prefix });
  t.equal(await addresses.get("ada"), undefined);
  await addresses.put("ada", "ada@example.org");
  await addresses.put("ada", "lovelace@example.org");
  t.equal(await addresses.get("ada"), "lovelace@example.org");
  t.equal(await addresses.get("grace"), undefined);
  t.equal(await addresses.erase("ada"), true);
  t.equal(await addresses.erase("ada"), false);
  t.equal(await addresses.get("ada"), undefined);
  t.same(await redis.call("KEYS", `${prefix}*`), []);
});

t.test("addresses throw Unavailable when Redis is away, and don't quote what was put", async (t) => {
  const gone = await connectRedis("redis://127.0.0.1:1", { log, waitMs: 0 });
  t.teardown(() => gone.close());
  const error = await createAddresses(gone)
    .put("ada", "ada@example.org")
    .then(
      () => undefined,
      (error: Error) => error,
    );
  t.match(error, { name: "Unavailable", dependency: "redis" });
  t.notMatch(`${error?.stack}`, "ada@example.org");
});
