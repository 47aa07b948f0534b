import { createHash } from "node:crypto";
import { type Html, html } from "../../_html/mod.ts";
import { style } from "./style.ts";

/** A page that is whole in itself: its style and script are inside, and the policy allows no others. */
export interface Page {
  readonly html: string;
  readonly contentSecurityPolicy: string;
}

export interface PageContent {
  readonly title: string;
  readonly body: Html;
  /** Runs after the body is there. */
  readonly script?: string;
  /** Read by the script from the element `data`. */
  readonly data?: unknown;
}

export function page({ title, body, script, data }: PageContent): Page {
  // In JSON `<` stands in strings only, where the escape means the same and can't end the element.
  const json = data === undefined ? "" : JSON.stringify(data).replaceAll("<", "\\u003c");
  const document = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${{ html: style }}</style>
</head>
<body>
${body}
${json === "" ? "" : html`<script type="application/json" id="data">${{ html: json }}</script>`}
${script === undefined ? "" : html`<script>${{ html: script }}</script>`}
</body>
</html>
`;
  const scripts = script === undefined ? "'none'" : hashSource(script);
  return {
    html: document.html,
    contentSecurityPolicy: `default-src 'none'; style-src ${hashSource(style)}; script-src ${scripts}; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  };
}

export function pageHeaders({ contentSecurityPolicy }: Page): Record<string, string> {
  return {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": contentSecurityPolicy,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-cache",
  };
}

function hashSource(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}
