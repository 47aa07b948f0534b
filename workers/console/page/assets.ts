import { createHash } from "node:crypto";
import type { FastifyInstance } from "fastify";
import { script } from "./script.ts";
import { style } from "./style.ts";

interface Asset {
  readonly text: string;
  readonly type: string;
  /** Changes with the text. */
  readonly path: string;
}

function asset(name: string, text: string, type: string): Asset {
  const hash = createHash("sha256").update(text).digest("base64url").slice(0, 12);
  return { text, type, path: `/assets/${hash}/${name}` };
}

const ASSETS = {
  "style.css": asset("style.css", style, "text/css; charset=utf-8"),
  "script.js": asset("script.js", script, "text/javascript; charset=utf-8"),
} as const;

export function assetPath(name: keyof typeof ASSETS): string {
  return ASSETS[name].path;
}

/** Kept by browsers for ever, as another text has another path. */
export function addAssets(app: FastifyInstance): void {
  for (const { path, type, text } of Object.values(ASSETS))
    app.get(path, (_request, reply) =>
      reply
        .headers({ "content-type": type, "cache-control": "public, max-age=31536000, immutable" })
        .send(text),
    );
}
