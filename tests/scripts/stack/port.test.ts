import t from "tap";
import { freePort } from "../../../scripts/stack/port.ts";

t.test("freePort() gives no port twice, though nobody listens on any of them yet", async (t) => {
  const ports = await Promise.all(Array.from({ length: 600 }, freePort));
  t.equal(new Set(ports).size, ports.length);
  t.ok(
    ports.every((port) => port >= 20_000 && port < 32_000),
    "below the ephemeral ones",
  );
});
