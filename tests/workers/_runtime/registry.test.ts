import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import t from "tap";
import {
  connectRegistry,
  NotRegistered,
  type Registry,
  UnknownSchemaId,
} from "../../../workers/_runtime/registry.ts";

type Tap = Pick<typeof t, "teardown">;
const signal = () => new AbortController().signal;
const url = process.env.SCHEMA_REGISTRY_URL ?? "";

/** A registry's stand-in for the answers that a real one gives only on a bad day. */
async function answering(t: Tap, answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/api/`, requests };
}
const json = (response: ServerResponse, status: number, body: object) =>
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
/** Waits as long as an answer may take on a busy machine. */
const connect = (url: string, options = {}): Registry =>
  connectRegistry({ url, auth: undefined }, { timeoutMs: 60_000, ...options });
const unavailable = (message: RegExp) => ({ name: "Unavailable", dependency: "registry", message });

/** Registers for real; the way in is the API itself, not the code under test. */
async function register(subject: string, schema: unknown, references: object[] = []): Promise<number> {
  const response = await fetch(`${url}/subjects/${subject}/versions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ schema: JSON.stringify(schema), references }),
  });
  return Object(await response.json()).id;
}

t.test(
  "schemaById() and idFor() on a real registry",
  { skip: url === "" && "SCHEMA_REGISTRY_URL is not set" },
  async (t) => {
    const mark = `t${randomUUID().replaceAll("-", "")}`;
    const money = {
      type: "record",
      name: "Money",
      namespace: mark,
      fields: [{ name: "minor", type: "long" }],
    };
    const order = {
      type: "record",
      name: "Order",
      namespace: mark,
      fields: [{ name: "sum", type: "Money" }],
    };

    await t.test("schemaById() gives the schema as it was registered", async (t) => {
      const id = await register(`${mark}-money`, money);
      t.same(await connect(url).schemaById(id, signal()), { format: "AVRO", schema: money, references: [] });
      t.equal(await connect(url).idFor(`${mark}-money`, money, signal()), id);
    });

    await t.test("schemaById() brings the schemas that it refers to", async (t) => {
      await register(`${mark}-money`, money);
      const reference = { name: `${mark}.Money`, subject: `${mark}-money`, version: 1 };
      const id = await register(`${mark}-order`, order, [reference]);
      t.same(await connect(url).schemaById(id, signal()), {
        format: "AVRO",
        schema: order,
        references: [money],
      });
    });

    await t.test("schemaById() throws UnknownSchemaId for an id that there isn't", async (t) => {
      for (const id of [2_000_000_000, 0, -1]) {
        await t.rejects(connect(url).schemaById(id, signal()), UnknownSchemaId, String(id));
      }
    });

    await t.test("idFor() throws NotRegistered with the command to run", async (t) => {
      const wider = { ...money, fields: [...money.fields, { name: "more", type: "int", default: 0 }] };
      for (const [subject, schema] of [
        [`${mark}-none`, money],
        [`${mark}-money`, wider],
      ] as const) {
        await t.rejects(connect(url).idFor(subject, schema, signal()), {
          name: "NotRegistered",
          message: `Cannot write to subject '${subject}' as this build's schema is not registered: run 'boxoffice schemas register'`,
        });
      }
    });

    await t.test("schemaById() takes a wrong path for an outage, not for an unknown id", async (t) => {
      const wrong = connect(`${url}/nowhere`, { timeoutMs: 5_000 });
      // One in some hundred such requests Apicurio never answers, whoever asks; an outage that is, too.
      let error: unknown;
      for (let left = 10; left > 0 && (left === 10 || /did not answer/.test(String(error))); left--)
        error = await wrong.schemaById(1, signal()).catch((reason: unknown) => reason);
      t.match(error, unavailable(/answered 404 .* check the path in SCHEMA_REGISTRY_URL/));
    });
  },
);

t.test("schemaById() asks once per id, however many ask meanwhile", async (t) => {
  const registry = await answering(t, (_, response) => json(response, 200, { schema: '"string"' }));
  const { schemaById } = connect(registry.url);
  const all = await Promise.all(Array.from({ length: 50 }, (_, index) => schemaById(index % 2, signal())));
  t.equal(all.length, 50);
  await schemaById(0, signal());
  t.same(registry.requests.toSorted(), ["GET /api/schemas/ids/0", "GET /api/schemas/ids/1"]);
});

t.test("schemaById() forgets what was not asked for, at most 'most' are kept", async (t) => {
  const registry = await answering(t, (_, response) => json(response, 200, { schema: '"string"' }));
  const { schemaById } = connect(registry.url, { most: 2 });
  for (const id of [1, 2, 1, 3, 1, 2]) await schemaById(id, signal());
  t.same(
    registry.requests.map((request) => Number(request.slice(-1))),
    [1, 2, 3, 2],
  );
});

t.test("schemaById() believes that an id is unknown for a while, then asks again", async (t) => {
  let found = false;
  const registry = await answering(t, (_, response) =>
    found
      ? json(response, 200, { schema: '"string"' })
      : json(response, 404, { error_code: 40403, message: "no" }),
  );
  const believing = connect(registry.url, { unknownMs: 600_000 });
  for (let asked = 0; asked < 5; asked++) await t.rejects(believing.schemaById(7, signal()), UnknownSchemaId);
  t.equal(registry.requests.length, 1);
  const doubting = connect(registry.url, { unknownMs: 20 });
  await t.rejects(doubting.schemaById(7, signal()), UnknownSchemaId);
  found = true;
  await new Promise((resolve) => setTimeout(resolve, 50));
  t.same((await doubting.schemaById(7, signal())).schema, "string");
  await t.rejects(believing.schemaById(7, signal()), UnknownSchemaId);
});

t.test("schemaById() throws Unavailable for every answer that says nothing about the id", async (t) => {
  const cases: readonly (readonly [number, string, RegExp])[] = [
    [
      500,
      '{"error_code":50001,"message":"store failed"}',
      /answered 500 to GET \/schemas\/ids\/7: store failed/,
    ],
    [503, "<html>", /answered 503/],
    [429, "{}", /answered 429/],
    [401, '{"error_code":401}', /answered 401 .*: check the registry's credentials/],
    [403, "", /check the registry's credentials/],
    [404, "<html>not here</html>", /answered 404 .* check the path in SCHEMA_REGISTRY_URL/],
    [400, '{"message":"ECONNREFUSED"}', /answered 400 .*ECONNREFUSED/],
    [422, '{"error_code":42201}', /answered 422/],
    [200, "not JSON", /answered 200/],
  ];
  for (const [status, body, message] of cases) {
    const registry = await answering(t, (_, response) => response.writeHead(status).end(body));
    const { schemaById } = connect(registry.url);
    await t.rejects(schemaById(7, signal()), unavailable(message), `${status} ${body}`);
    await t.rejects(schemaById(7, signal()), unavailable(message), "an outage is not remembered");
    t.equal(registry.requests.length, 2);
  }
});

t.test("schemaById() throws Unavailable when nobody listens", async (t) => {
  const server = createTcpServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  const refused = connect(`http://127.0.0.1:${port}`);
  await t.rejects(
    refused.schemaById(7, signal()),
    unavailable(/Cannot reach the schema registry at 127\.0\.0\.1:\d+ as .*ECONNREFUSED/),
  );
  await t.rejects(refused.idFor("a-b", "string", signal()), unavailable(/ECONNREFUSED/));
  const nameless = connect("http://registry.invalid", { timeoutMs: 1_000 });
  await t.rejects(nameless.schemaById(7, signal()), unavailable(/Cannot reach/));
});

t.test("schemaById() throws Unavailable when it hangs, before or in the middle of an answer", async (t) => {
  const silent = await answering(t, () => {});
  await t.rejects(
    connect(silent.url, { timeoutMs: 100 }).schemaById(7, signal()),
    unavailable(/it did not answer within 100 ms/),
  );
  const halfway = await answering(t, (_, response) => response.writeHead(200).write('{"schema":'));
  await t.rejects(
    connect(halfway.url, { timeoutMs: 100 }).schemaById(7, signal()),
    unavailable(/within 100 ms/),
  );
  const cut = await answering(t, (_, response) =>
    response.writeHead(200, { "content-length": 99 }).write("{", () => response.destroy()),
  );
  await t.rejects(connect(cut.url).schemaById(7, signal()), unavailable(/Cannot reach/));
});

t.test("schemaById() refuses an answer without end", async (t) => {
  const chunk = Buffer.alloc(1_000_000, " ");
  const flood = await answering(t, (_, response) => {
    response.writeHead(200);
    const more = () => {
      while (!response.destroyed && response.write(chunk));
    };
    response.on("drain", more);
    more();
  });
  await t.rejects(connect(flood.url).schemaById(7, signal()), unavailable(/larger than 4194304 bytes/));
});

t.test("schemaById() lets one caller give up without the others", async (t) => {
  let answer = () => {};
  const registry = await answering(t, (_, response) => {
    answer = () => json(response, 200, { schema: '"string"' });
  });
  const { schemaById } = connect(registry.url);
  const controller = new AbortController();
  const [quitter, stayer] = [schemaById(7, controller.signal), schemaById(7, signal())];
  while (registry.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  controller.abort(new Error("shut down"));
  await t.rejects(quitter, { message: "shut down" });
  answer();
  t.same((await stayer).schema, "string");
  await t.rejects(schemaById(7, controller.signal), { message: "shut down" });
});

t.test("idFor() gives up when its caller does", async (t) => {
  const registry = await answering(t, () => {});
  const aborted = AbortSignal.timeout(50);
  await t.rejects(connect(registry.url).idFor("a-b", "string", aborted), {
    name: "TimeoutError",
  });
});

t.test("connectRegistry() sends the credentials", async (t) => {
  const seen: (string | undefined)[] = [];
  const registry = await answering(t, (request, response) => {
    seen.push(request.headers.authorization);
    json(response, 200, { id: 4 });
  });
  for (const auth of [undefined, { username: "jo", password: "pä:ss" }, { token: "t0k" }]) {
    await connectRegistry({ url: registry.url, auth }, { timeoutMs: 60_000 }).idFor(
      "a/b",
      "string",
      signal(),
    );
  }
  t.same(seen, [undefined, `Basic ${Buffer.from("jo:pä:ss").toString("base64")}`, "Bearer t0k"]);
  t.equal(registry.requests[0], "POST /api/subjects/a%2Fb");
});

t.test("connectRegistry() logs in with what the URL holds, and never quotes it", async (t) => {
  const seen: (string | undefined)[] = [];
  const registry = await answering(t, (request, response) => {
    seen.push(request.headers.authorization);
    json(response, 200, { id: 4 });
  });
  const withLogin = registry.url.replace("//", "//jo:p%C3%A4%3Ass@");
  await connect(withLogin).idFor("a", "string", signal());
  t.same(seen, [`Basic ${Buffer.from("jo:pä:ss").toString("base64")}`]);
  t.equal(registry.requests[0], "POST /api/subjects/a");
  const away = connectRegistry({ url: "http://jo:hunter2@127.0.0.1:1/", auth: undefined });
  const error = await away.schemaById(7, signal()).then(
    () => new Error("was answered"),
    (thrown: Error) => thrown,
  );
  t.match(error.message, /^Cannot reach the schema registry at 127\.0\.0\.1:1 as /);
  t.notMatch(`${error.stack} ${error.cause instanceof Error && error.cause.stack}`, "hunter2");
});

t.test("NotRegistered is the caller's to mend, exit code 2", async (t) => {
  t.equal(Object.getPrototypeOf(NotRegistered).name, "UsageError");
});
