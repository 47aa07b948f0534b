import { spawn } from "node:child_process";
import { boxoffice } from "../../scripts/start/self.ts";

export interface Said {
  readonly code: number | null;
  readonly out: string;
}

/** Runs commands as an operator types them, and keeps what the terminal would show. */
export interface Transcript {
  /** Runs one command, under a sentence of what one wants to know, and keeps both. */
  step(why: string, ...words: readonly string[]): Promise<Said>;
  readonly text: () => string;
}

/** Lines of one command's output that a reader bears; of more its beginning and end are kept. */
const MOST_LINES = 80;
const HEAD_LINES = 14;
const TAIL_LINES = 3;

function shortened(out: string): string {
  const lines = out.split("\n");
  if (lines.length <= MOST_LINES) return out;
  const left = lines.length - HEAD_LINES - TAIL_LINES;
  return [...lines.slice(0, HEAD_LINES), `⋮ ${left} lines`, ...lines.slice(-TAIL_LINES)].join("\n");
}

export function transcriptOf(env: Readonly<Record<string, string>>, say: (text: string) => void): Transcript {
  let text = "";
  return {
    async step(why, ...words) {
      const said = await runWords(env, words);
      const part = `\n${why}\n\n\`\`\`\n$ npx boxoffice ${words.map(quoted).join(" ")}\n${shortened(said.out.trimEnd())}\n\`\`\`\n`;
      text += part;
      say(part);
      return said;
    },
    text: () => text,
  };
}

async function runWords(env: Readonly<Record<string, string>>, words: readonly string[]): Promise<Said> {
  const call = boxoffice(words);
  const child = spawn(call.command, call.args, { env, stdio: ["ignore", "pipe", "pipe"] });
  let out = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      out += chunk;
    });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  return { code, out };
}

function quoted(word: string): string {
  return /^[\w./:=,@%-]+$/.test(word) ? word : `'${word}'`;
}
