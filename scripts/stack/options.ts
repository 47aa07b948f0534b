import { InvalidArgumentError } from "commander";

/** For commander: a port, 1 to 65535. */
export function parsePort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
  throw new InvalidArgumentError("must be a port, 1 to 65535.");
}

/** For commander: `--brokers`. */
export function parseBrokers(text: string): 1 | 3 {
  if (text === "1") return 1;
  if (text === "3") return 3;
  throw new InvalidArgumentError("must be 1 or 3.");
}
