import { once } from "node:events";
import { buffer } from "node:stream/consumers";
import { setTimeout as wait } from "node:timers/promises";
import { SMTPServer } from "smtp-server";
import { createGreylist } from "./greylist.ts";
import type { Ledger } from "./ledger.ts";
import type { Outage } from "./outage.ts";

/** The listener; closed and opened again by an outage. */
export interface Smtp {
  set(outage: Outage): Promise<void>;
  readonly outage: Outage;
  close(): Promise<void>;
}

type Answer = (error?: Error | null) => void;

/** Listens for mail and keeps what it accepts. */
export async function listenSmtp(host: string, port: number, ledger: Ledger): Promise<Smtp> {
  let outage: Outage = { mode: "none" };
  const greylist = createGreylist();
  let server: SMTPServer | undefined = await open();

  async function open(): Promise<SMTPServer> {
    const smtp = new SMTPServer({
      name: "boxoffice-catcher",
      authOptional: true,
      disabledCommands: ["AUTH", "STARTTLS"],
      disableReverseLookup: true,
      hidePIPELINING: true,
      closeTimeout: 1,
      onMailFrom: (_address, _session, callback) => void respond(callback),
      onRcptTo: (to, _session, callback) => void respond(callback, to.address),
      async onData(stream, session, callback) {
        try {
          const raw = await buffer(stream);
          if (outage.mode === "slow") await wait(outage.delayMs);
          const { mailFrom, rcptTo } = session.envelope;
          const from = mailFrom === false ? "" : mailFrom.address;
          ledger.add({ from, to: rcptTo.map(({ address }) => address) }, raw);
          callback();
        } catch (error) {
          callback(error instanceof Error ? error : new Error(String(error)));
        }
      },
    });
    // A client that went away in mid-message is its own trouble.
    smtp.on("error", (error) => process.stderr.write(`smtp: ${error.message}\n`));
    smtp.listen(port, host);
    await once(smtp.server, "listening");
    return smtp;
  }

  async function respond(callback: Answer, recipient?: string): Promise<void> {
    if (outage.mode === "slow") await wait(outage.delayMs);
    if (outage.mode === "tempfail") return callback(failed(451, "Try again later"));
    if (outage.mode === "reject") return callback(failed(550, "No"));
    if (outage.mode === "greylist" && recipient !== undefined && greylist.defers(recipient, outage.share))
      return callback(failed(451, "Greylisted, try again later"));
    callback();
  }

  async function close(): Promise<void> {
    const closing = server;
    server = undefined;
    if (closing === undefined) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    closing.close(() => resolve());
    for (const connection of closing.connections) connection._socket?.destroy();
    await promise;
  }

  return {
    get outage() {
      return outage;
    },
    async set(next) {
      outage = next;
      if (next.mode === "refuse") await close();
      else server ??= await open();
    },
    close,
  };
}

function failed(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}
