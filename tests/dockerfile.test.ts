import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { DockerfileParser } from "dockerfile-ast";
import { validate } from "dockerfile-utils";
import t from "tap";

const root = resolve(import.meta.dirname, "..");
const text = readFileSync(join(root, "Dockerfile"), "utf8");

t.test("the Dockerfile is a valid one", async (t) => {
  t.same(
    validate(text).map(({ message, range }) => `${range.start.line + 1}: ${message}`),
    [],
  );
});

t.test(
  "the image has a base by argument, nobody's user, no shell before the executable, and labels",
  async (t) => {
    const file = DockerfileParser.parse(text);
    const stages = file.getFROMs();
    t.same(
      stages.map((from) => from.getImage()?.replaceAll(/\W/g, "")),
      ["BUILD", "BASE"],
    );
    const last = file
      .getInstructions()
      .filter((each) => each.getRange().start.line > (stages.at(-1)?.getRange().start.line ?? 0));
    const of = (keyword: string) =>
      last.filter((each) => each.getKeyword() === keyword).map((each) => each.getArgumentsContent() ?? "");
    t.same(of("USER"), ["65532:65532"]);
    t.same(of("ENTRYPOINT"), ['["/boxoffice"]'], "a list: no shell that would be PID 1 and keep signals");
    t.same(of("RUN"), [], "a base without a shell can run nothing");
    t.same(of("STOPSIGNAL"), ["SIGTERM"], "what it drains on");
    t.match(of("LABEL").join(), /org\.opencontainers\.image\.revision/);
  },
);

t.test("what the Dockerfile copies from here is there, and not ignored", async (t) => {
  const ignored = readFileSync(join(root, ".dockerignore"), "utf8").split("\n");
  const copies = [...text.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, sources = ""]) =>
    sources.split(" "),
  );
  t.ok(copies.length > 2);
  for (const source of copies) {
    t.ok(existsSync(join(root, source)), source);
    t.notOk(ignored.includes(source), source);
  }
});
