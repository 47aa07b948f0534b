import loggers, { type InternalLogger, type LogEntry } from "kafkajs/src/loggers/index.js";
import type { Logger } from "pino";

const { LEVELS, createLogger } = loggers;

/**
 * What kafkajs says, in our log. One level lower than it thinks: its errors are mostly attempts that it tries
 * again, its infos each pause of a partition. What matters is thrown or told by events.
 */
export function clientLogger(log: Logger): InternalLogger {
  // kafkajs builds a debug entry for every request even when nobody listens.
  const level = log.isLevelEnabled("trace") ? LEVELS.DEBUG : LEVELS.INFO;
  return createLogger({ level, logCreator: () => (entry) => write(log, entry) });
}

function write(log: Logger, { namespace, level, log: entry }: LogEntry): void {
  const { message, timestamp: _, logger: __, stack: ___, ...fields } = entry;
  const about = { client: namespace, ...fields };
  // A broker's answer that is an error is thrown to whoever asked, who knows whether it matters.
  if (level === LEVELS.ERROR && namespace !== "Connection") log.warn(about, message);
  else if (level === LEVELS.ERROR) log.debug(about, message);
  else if (level === LEVELS.WARN) log.debug(about, message);
  else if (level === LEVELS.INFO) log.debug(about, message);
  else log.trace(about, message);
}
