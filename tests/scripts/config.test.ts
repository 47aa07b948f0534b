import t from "tap";
import { boxoffice } from "./boxoffice.ts";

t.test("boxoffice config prints every setting with its source, secrets masked", async (t) => {
  const env = { BOXOFFICE_PROFILE: "local", ADMIN_TOKEN: "hunter2-hunter2-hunter2", GATEWAY_TIMOUT: "1s" };
  const json = await boxoffice(["config", "--json"], env);
  t.equal(json.code, 0);
  const rows: readonly { readonly name: string }[] = JSON.parse(json.stdout);
  t.match(
    rows.find((row) => row.name === "ADMIN_TOKEN"),
    { value: "********", source: "environment" },
  );
  t.match(
    rows.find((row) => row.name === "RETRY_LADDER"),
    { value: "1s,2s,4s,8s", source: "profile" },
  );
  t.match(
    rows.find((row) => row.name === "KAFKA_TLS_CA"),
    { value: null, source: "unset" },
  );
  t.match(json.stderr, "GATEWAY_TIMOUT is not a setting and has no effect: did you mean GATEWAY_TIMEOUT?");
  const table = await boxoffice(["config"], env);
  t.match(table.stdout, /KAFKA_BROKERS +│ localhost:9092 +│ profile/);
  t.notMatch(json.stdout + json.stderr + table.stdout, "hunter2");
});

t.test("boxoffice config exits 2 and names all that is wrong", async (t) => {
  const { code, stdout, stderr } = await boxoffice(["config"], { LOG_LEVEL: "loud", HEALTH_PORT: "99999" });
  t.equal(code, 2);
  t.equal(stdout, "");
  t.match(stderr, /LOG_LEVEL as it must be one of/);
  t.match(stderr, /HEALTH_PORT as it must be a whole number from 0 to 65535: current value is '99999'/);
});

t.test("boxoffice config --for exits 2 for a worker that isn't there", async (t) => {
  const { code, stderr } = await boxoffice(["config", "--for", "nobody"]);
  t.equal(code, 2);
  t.match(stderr, "Cannot find worker 'nobody'");
});
