/** Text that is HTML already and goes into a page as it stands. */
export interface Html {
  readonly html: string;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/**
 * A template of HTML: what is filled in is escaped, for element text and quoted attributes alike, unless it is
 * `Html` itself. Lists are joined with nothing between. Not for the inside of `<script>` or `<style>`.
 */
export function html(texts: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  return { html: texts.reduce((page, text, i) => page + markup(values[i - 1]) + text) };
}

export type HtmlValue = string | number | Html | undefined | readonly HtmlValue[];

function markup(value: HtmlValue): string {
  if (value === undefined) return "";
  if (typeof value === "string") return value.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "");
  if (typeof value === "number") return String(value);
  return "html" in value ? value.html : value.map(markup).join("");
}
