import { Command } from "commander";
import { pino } from "pino";
import { createAddresses } from "../workers/_addresses/mod.ts";
import { connectRedis, exitCodes, readConfig } from "../workers/_runtime/mod.ts";

const erase = new Command("erase")
  .description(
    "Erases a customer's e-mail address. The log never had it; no notice goes to them from here on.",
  )
  .argument("<id>", "as in the events: customerId")
  .option("--json", "what was done, as JSON")
  .action(async (id: string, options: { readonly json?: true }) => {
    const { redis: config } = readConfig(process.env, ["REDIS_URL"]);
    const redis = await connectRedis(config.url, { log: pino({ level: "silent" }) });
    try {
      const erased = await createAddresses(redis).erase(id);
      const said = erased ? "erased" : "no address is kept for this customer";
      process.stdout.write(options.json ? `${JSON.stringify({ customerId: id, erased })}\n` : `${said}\n`);
      if (!erased) process.exitCode = exitCodes.no;
    } finally {
      await redis.close();
    }
  });

export default new Command("customers")
  .description("What is kept of customers outside the log.")
  .addCommand(erase)
  .addHelpText(
    "after",
    `
Example:
  $ npx boxoffice customers erase c-123

Exit codes: 0 erased; 1 there was nothing to erase; 2 configuration; 3 Redis can't be reached`,
  );
