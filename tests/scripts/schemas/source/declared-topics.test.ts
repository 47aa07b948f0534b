import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import t from "tap";
import { topics } from "../../../../schemas/topics.ts";
import { declaredTopics } from "../../../../scripts/schemas/source/declared-topics.ts";

t.test("declaredTopics() reads from schemas/topics.ts what the program declares", async (t) => {
  const file = resolve(import.meta.dirname, "../../../../schemas/topics.ts");
  const declared = declaredTopics(readFileSync(file, "utf8"), file);
  t.same(
    declared,
    topics.map(({ name, records }) => ({ name, records: records.map((record) => record.name) })),
  );
});

t.test("declaredTopics() is not misled by comments, strings and braces", async (t) => {
  const source = `
    // topic({ name: "no", records: [No] })
    /* topic({ name: "neither", records: [Neither] }) */
    const text = "topic({ name: 'x', records: [X] }) // and {";
    export const a = topic({
      key: (event) => { return \`}\${event.id}\`; }, // a brace }
      name: "a-b",
      records: [
        One, // and more
        Two,
      ],
    });`;
  t.same(declaredTopics(source, "topics.ts"), [{ name: "a-b", records: ["One", "Two"] }]);
});

t.test("declaredTopics() throws UsageError when it can't tell", async (t) => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ["export const nothing = 1;", /there is no topic\(/],
    ["topic({ name: NAME, records: [A] })", /a topic's name is not a plain text/],
    ['topic({ name: "a", records: all })', /topic 'a' has no plain list of records/],
    ['topic({ name: "a", records: [...all] })', /'\.\.\.all' in topic 'a' is not the name of a record/],
  ];
  for (const [source, message] of cases) {
    t.throws(() => declaredTopics(source, "topics.ts"), { name: "UsageError", message });
  }
});
