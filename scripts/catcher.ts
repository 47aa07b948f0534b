import { resolve } from "node:path";
import { Command } from "commander";
import { listenHttp } from "./catcher/http.ts";
import { openLedger } from "./catcher/ledger.ts";
import { listenSmtp } from "./catcher/smtp.ts";
import { parsePort } from "./stack/options.ts";

interface Options {
  readonly host: string;
  readonly port: number;
  readonly httpPort: number;
  readonly ledger: string;
}

export default new Command("catcher")
  .description(
    "Accept every e-mail, deliver none, keep all in a ledger. 'stack up' starts one; alone it is for containers.",
  )
  .option("--host <address>", "address to listen on", "127.0.0.1")
  .option("--port <port>", "SMTP", parsePort, 1025)
  .option("--http-port <port>", "HTTP: GET /messages, GET and PUT /outage", parsePort, 1080)
  .option("--ledger <file>", "one JSON line a message, appended", "ledger.ndjson")
  .addHelpText(
    "after",
    `
Examples:
  $ npx boxoffice catcher --ledger /tmp/ledger.ndjson
  $ curl -H 'accept: application/x-ndjson' localhost:1080/messages
  $ curl -X PUT -d '{"mode":"tempfail"}' localhost:1080/outage       refuse | tempfail | reject | greylist | slow | none`,
  )
  .action(async (options: Options) => {
    const ledger = openLedger(resolve(options.ledger));
    const smtp = await listenSmtp(options.host, options.port, ledger);
    const http = await listenHttp(options.host, options.httpPort, ledger, smtp);
    process.stderr.write(
      `catching mail on smtp://${options.host}:${options.port}, ledger at http://${options.host}:${options.httpPort}/messages\n`,
    );
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      process.once(signal, () => {
        http.close();
        http.closeAllConnections();
        void smtp.close().then(() => process.exit(0));
      });
    }
  });
