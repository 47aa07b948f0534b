import t from "tap";
import { html } from "../../../workers/_html/mod.ts";

t.test("html escapes what is filled in, and only that", async (t) => {
  t.equal(
    html`<p title="${`a"b'c`}">${"<i> & co"}</p>`.html,
    '<p title="a&quot;b&#39;c">&lt;i&gt; &amp; co</p>',
  );
});

t.test("html takes Html as it stands, joins lists, shows numbers and leaves undefined out", async (t) => {
  const items = ["<", "b"].map((text) => html`<li>${text}</li>`);
  t.equal(html`<ul>${items}</ul>${3}${undefined}${0}`.html, "<ul><li>&lt;</li><li>b</li></ul>30");
});
