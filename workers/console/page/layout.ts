import { type Html, html } from "../../_html/mod.ts";
import type { Person } from "../access/person.ts";
import { assetPath } from "./assets.ts";

export interface PageContent {
  readonly title: string;
  readonly body: Html;
  /** Asked again every few seconds: its `data-live` parts are replaced by what is new. */
  readonly live?: boolean;
  /** It has fields to fill in: without a script a live one is loaded again on demand only, or what is typed were lost. */
  readonly typed?: boolean;
}

export interface Frame {
  readonly person: Person | undefined;
  /** The form token. */
  readonly csrf: string;
  readonly path: string;
  /** There is a way to sign out. */
  readonly signsOut: boolean;
}

const SECTIONS = [
  ["/", "Fleet"],
  ["/letters", "Dead letters"],
  ["/plans", "Plans"],
  ["/jobs", "Jobs"],
  ["/audit", "Audit trail"],
  ["/queues", "Queues"],
] as const;

/** Without a script a live page loads itself again; slower, as that also takes the reader's place in it. */
const RELOAD_S = 5;

export function page({ title, body, live = false, typed = false }: PageContent, frame: Frame): string {
  const { person } = frame;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · Boxoffice</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${assetPath("style.css")}">
<script defer src="${assetPath("script.js")}"></script>
${live && !typed ? html`<noscript><meta http-equiv="refresh" content="${RELOAD_S}"></noscript>` : ""}
</head>
<body${live ? html` data-refresh="true"` : ""}>
<a class="skip" href="#main">Skip to the content</a>
<header class="top">
<a class="brand" href="/">Boxoffice</a>
<nav aria-label="Console">
<ul>${person === undefined ? "" : SECTIONS.map(([path, name]) => html`<li><a href="${path}"${isIn(frame.path, path) ? html` aria-current="page"` : ""}>${name}</a></li>`)}</ul>
</nav>
${person === undefined ? "" : who(person, frame)}
</header>
<main id="main" tabindex="-1">
${live ? html`<p id="stale" class="note warn" role="status" hidden></p>` : ""}
${live && typed ? html`<noscript><p class="note">This page doesn't keep itself up to date without a script. <a href="">Load it again</a></p></noscript>` : ""}
${body}
</main>
</body>
</html>
`.html;
}

function isIn(path: string, section: string): boolean {
  return section === "/" ? path === "/" : path === section || path.startsWith(`${section}/`);
}

function who(person: Person, { csrf, signsOut }: Frame): Html {
  const roles = [...person.roles].join(", ");
  return html`<div class="who"><span title="${roles}">${person.name}</span>${
    signsOut && person.by === "session"
      ? html`<form method="post" action="/logout"><input type="hidden" name="csrf" value="${csrf}"><button class="quiet">Sign out</button></form>`
      : ""
  }</div>`;
}
