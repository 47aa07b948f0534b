/** What came of a run. */
export interface Totals {
  readonly passed: number;
  readonly failed: number;
}

/** Takes the lines of a TAP stream, keeps the passed files to a line and shows all of the failed ones. */
export interface Report {
  line(text: string): void;
  /** After the last line. `code` is the exit code of tap. */
  end(code: number | null): Totals;
}

/** Of one file's output; its middle is left out beyond that. */
const MAX_LINES = 4_000;

/**
 * Tap's own readable reporters need a terminal and say no totals that a program could read, so the plain
 * stream is read: at its left margin there is a line a file, and before it, indented, that file's tests.
 */
export function createReport(print: (text: string) => void): Report {
  let block: string[] = [];
  let failedFiles = 0;
  let inDiagnosis = false;
  let totals: Totals = { passed: 0, failed: 0 };
  return {
    line(text) {
      if (inDiagnosis) {
        print(text);
        if (text === "  ...") inDiagnosis = false;
        return;
      }
      const result = /^(not )?ok \d+ - (.*)/.exec(text);
      if (result !== null) {
        const [, failed, title] = result;
        if (failed === undefined) print(`ok   ${title}`);
        else {
          for (const each of block) print(each);
          print(`FAIL ${title}`);
          failedFiles += 1;
          inDiagnosis = true;
        }
        block = [];
        return;
      }
      totals = parseTotals(text) ?? totals;
      block.push(text);
      if (block.length > MAX_LINES) block.splice(MAX_LINES / 2, 1, "        [lines left out]");
      if (block.length > MAX_LINES) block.splice(MAX_LINES / 2 + 1, 1);
    },
    end(code) {
      // A file that was killed, or tap itself, fails without a failed assertion.
      const failed = Math.max(totals.failed, failedFiles, code === 0 ? 0 : 1);
      if (failed > 0 && failedFiles === 0) for (const each of block) print(each);
      return { passed: totals.passed, failed };
    },
  };
}

/** `# { total: 9, pass: 5, fail: 3, skip: 1 }`; what is zero isn't named. */
export function parseTotals(line: string): Totals | undefined {
  const inside = /^# \{ (.*\btotal: \d+.*) \}$/.exec(line)?.[1];
  if (inside === undefined) return undefined;
  const counts = new Map(
    inside
      .split(", ")
      .map((pair) => pair.split(": "))
      .map(([key, n]) => [key, Number(n)]),
  );
  return { passed: counts.get("pass") ?? 0, failed: counts.get("fail") ?? 0 };
}
