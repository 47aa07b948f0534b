import { once } from "node:events";
import { buffer } from "node:stream/consumers";
import { createTransport } from "nodemailer";
import { SMTPServer } from "smtp-server";
import type { Test } from "tap";

export interface TalkativeRelay {
  readonly port: number;
  /** Logins that were right. */
  logins(): number;
  refusals(): number;
  /** From now on no login is right, and who has logged in is sent away; or as before. */
  refuse(all: boolean): void;
}

export interface RelayOptions {
  readonly user: string;
  readonly password: string;
  /** Where mail goes that is taken. */
  readonly to: string;
  /** Recipients that are never taken. */
  readonly unknown: (address: string) => boolean;
}

/**
 * A mail server that wants a login, passes on what it takes, and quotes the recipient's address in every refusal, as
 * real ones do.
 */
export async function talkativeRelay(
  t: Test,
  { user, password, to, unknown }: RelayOptions,
): Promise<TalkativeRelay> {
  const onward = createTransport({ url: to, pool: true });
  let logins = 0;
  let refusals = 0;
  let refusing = false;
  const server = new SMTPServer({
    authMethods: ["PLAIN", "LOGIN"],
    allowInsecureAuth: true,
    disabledCommands: ["STARTTLS"],
    disableReverseLookup: true,
    closeTimeout: 1,
    onAuth({ username, password: given }, _session, callback) {
      if (refusing || username !== user || given !== password) {
        refusals += 1;
        return callback(refusal(535, `5.7.8 <${username}> ${given}: not a login`));
      }
      logins += 1;
      callback(null, { user });
    },
    onRcptTo({ address }, _session, callback) {
      callback(unknown(address) ? refusal(550, `5.1.1 <${address}>: nobody here`) : null);
    },
    async onData(stream, { envelope }, callback) {
      const raw = await buffer(stream);
      const recipients = envelope.rcptTo.map(({ address }) => address);
      const from = envelope.mailFrom === false ? "" : envelope.mailFrom.address;
      try {
        await onward.sendMail({ envelope: { from, to: recipients }, raw });
        callback();
      } catch (error) {
        callback(refusal(451, `4.7.1 <${recipients.join()}>: later, says the next server: ${error}`));
      }
    },
  });
  // Clients that are stopped hang up in the middle.
  server.on("error", () => {});
  server.listen(0, "127.0.0.1");
  await once(server.server, "listening");
  const address = server.server.address();
  t.teardown(() => {
    onward.close();
    server.close(() => {});
  });
  const port = typeof address === "object" && address ? address.port : 0;
  return {
    port,
    logins: () => logins,
    refusals: () => refusals,
    refuse(all) {
      refusing = all;
      if (all) for (const connection of server.connections) connection._socket?.destroy();
    },
  };
}

function refusal(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}
