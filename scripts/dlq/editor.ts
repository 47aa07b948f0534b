import { spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { UsageError } from "../../workers/_runtime/mod.ts";
import { confirm } from "../confirm.ts";
import { type EventJson, parseEvent } from "./event-json.ts";

/** Nobody mends a file this often. */
const MOST_TRIES = 20;

/**
 * Lets a person change `event` in $VISUAL or $EDITOR; undefined when nothing was changed. The file lies in a folder
 * that only its owner can open, and is removed in any case: it may hold personal data.
 * @throws {UsageError} when there is no editor or terminal, it fails, or what it leaves is no JSON
 */
export async function editInEditor(
  event: EventJson,
  name: string,
  signal: AbortSignal,
): Promise<EventJson | undefined> {
  const editor = process.env.VISUAL || process.env.EDITOR;
  if (editor === undefined || editor === "")
    throw new UsageError(`Cannot edit '${name}' as neither VISUAL nor EDITOR is set: set one, or use --file`);
  const folder = await mkdtemp(join(tmpdir(), "boxoffice-edit-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  // Also when the process ends at once: a second Ctrl-C, or its launcher is gone.
  process.once("exit", remove);
  try {
    const path = join(folder, `${name.replaceAll(/[^\w.-]/g, "_")}.json`);
    await writeFile(path, `${JSON.stringify(event, null, 2)}\n`, { mode: 0o600 });
    for (let attempt = 1; ; attempt++) {
      await runEditor(editor, path, signal);
      const edited = await readEdited(path);
      if (!(edited instanceof Error)) return isDeepStrictEqual(edited, event) ? undefined : edited;
      const what = `Cannot read what '${editor}' left as an event: ${edited.message}`;
      if (!process.stdin.isTTY || attempt >= MOST_TRIES) throw new UsageError(`${what}; nothing was written`);
      process.stderr.write(`${what}\n`);
      if (!(await confirm("Edit again?", false))) throw new UsageError("Nothing was written");
    }
  } finally {
    process.off("exit", remove);
    remove();
  }
}

async function readEdited(path: string): Promise<EventJson | Error> {
  try {
    return parseEvent(await readFile(path, "utf8"));
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** Through a shell, as git does, since an editor's setting may have words of its own: `code --wait`. */
function runEditor(editor: string, path: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn("sh", ["-c", `${editor} "$@"`, editor, path], { stdio: "inherit", signal });
    child.once("error", (error) => reject(signal.aborted ? signal.reason : failed(editor, error.message)));
    child.once("exit", (code, by) =>
      code === 0 ? resolve() : reject(failed(editor, by === null ? `exit code ${code}` : `ended by ${by}`)),
    );
  });
}

function failed(editor: string, why: string): UsageError {
  return new UsageError(`The editor '${editor}' failed (${why}): nothing was written`);
}
