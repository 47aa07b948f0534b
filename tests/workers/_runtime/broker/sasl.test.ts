import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import t, { type Test } from "tap";
import { clientCredentials, saslOptions } from "../../../../workers/_runtime/broker/sasl.ts";

interface Asked {
  readonly authorization: string | undefined;
  readonly body: string;
}

async function issuer(t: Test, answer: (response: ServerResponse, count: number) => void) {
  const asked: Asked[] = [];
  const server = createServer((request: IncomingMessage, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("end", () => {
      asked.push({ authorization: request.headers.authorization, body: Buffer.concat(chunks).toString() });
      answer(response, asked.length);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  const options = {
    mechanism: "oauthbearer",
    tokenUrl: `http://127.0.0.1:${port}/token`,
    clientId: "worker:1",
    clientSecret: "s&cret",
  } as const;
  return { asked, options };
}

t.test("clientCredentials() asks as OAuth 2 says, once for callers at the same time", async (t) => {
  const { asked, options } = await issuer(t, (response, count) =>
    response.end(JSON.stringify({ access_token: `token ${count}`, expires_in: 100 })),
  );
  const token = clientCredentials({ ...options, scope: "kafka" });
  t.same(await Promise.all([token(), token()]), ["token 1", "token 1"]);
  t.same(asked, [
    {
      authorization: `Basic ${Buffer.from("worker%3A1:s%26cret").toString("base64")}`,
      body: "grant_type=client_credentials&scope=kafka",
    },
  ]);
});

t.test("clientCredentials() asks again when 80 % of the token's life is over", async (t) => {
  const { options } = await issuer(t, (response, count) =>
    response.end(JSON.stringify({ access_token: `token ${count}`, expires_in: 100 })),
  );
  let now = 1_000;
  const token = clientCredentials(options, () => now);
  t.equal(await token(), "token 1");
  now += 79_999;
  t.equal(await token(), "token 1");
  now += 1;
  t.equal(await token(), "token 2");
});

t.test(
  "clientCredentials() tells the status of a refusal, no secret, and asks anew the next time",
  async (t) => {
    const { options } = await issuer(t, (response, count) => {
      if (count === 1) response.writeHead(401).end(JSON.stringify({ secret: "s&cret" }));
      else if (count === 2) response.end("{}");
      else response.end(JSON.stringify({ access_token: "good" }));
    });
    const token = clientCredentials(options);
    const first = await token().catch(String);
    t.match(first, /answered 401/);
    t.notMatch(first, /s&cret/);
    t.match(await token().catch(String), /without 'access_token'/);
    t.equal(await token(), "good");
  },
);

t.test("saslOptions() hands passwords through and tokens on demand", async (t) => {
  const plain = { mechanism: "plain", username: "u", password: "p" } as const;
  t.same(saslOptions(plain), plain);
  const { options } = await issuer(t, (response) => response.end(JSON.stringify({ access_token: "t" })));
  const made: { oauthBearerProvider?: () => Promise<{ value: string }> } = saslOptions(options);
  t.same(await made.oauthBearerProvider?.(), { value: "t" });
});
