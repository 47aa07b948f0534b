import type { Command } from "commander";
import { COMMANDS } from "../../workers/main.ts";

/** Every command that does something, as it is called: `stack up`, `dlq export`, `config` … */
export async function leafCommands(): Promise<string[]> {
  const loaded = await Promise.all(Object.values(COMMANDS).map(({ load }) => load()));
  return loaded.flatMap((module) => leaves(module.default, module.default.name()));
}

function leaves(command: Command, path: string): string[] {
  if (command.commands.length === 0) return [path];
  return command.commands.flatMap((child) => leaves(child, `${path} ${child.name()}`));
}
