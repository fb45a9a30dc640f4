import type { IncomingMessage } from "node:http";
import type { Context } from "../context.ts";
import { phrase } from "../words/locale.ts";
import { HttpProblem } from "./problem.ts";

const formType = "application/x-www-form-urlencoded";

/**
 * Reads the fields of a small HTML form.
 * @throws {HttpProblem} 415 for another media type, 413 for more than maxBytes, 400 for an incomplete body
 */
export async function readForm(ctx: Context, maxBytes: number): Promise<URLSearchParams> {
  if (!ctx.is(formType)) {
    throw new HttpProblem(415, phrase("formType", { type: formType }));
  }
  const encoding = ctx.get("Content-Encoding");
  if (encoding !== "" && encoding !== "identity") {
    throw new HttpProblem(415, phrase("formCompressed", {}));
  }
  try {
    return new URLSearchParams(await readText(ctx.req, maxBytes));
  } catch (error) {
    // The client disconnected, or the body was malformed.
    if (ctx.req.destroyed && !(error instanceof HttpProblem)) {
      throw new HttpProblem(400, phrase("formIncomplete", {}));
    }
    throw error;
  }
}

async function readText(request: IncomingMessage, maxBytes: number): Promise<string> {
  // The rest of an oversized body is not read, so the connection closes with the response.
  const tooLarge = new HttpProblem(413, phrase("formTooLarge", { bytes: maxBytes }), { Connection: "close" });
  if (Number(request.headers["content-length"] ?? 0) > maxBytes) {
    throw tooLarge;
  }
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > maxBytes) {
      throw tooLarge;
    }
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/**
 * Returns the origin of a form. "own": the browser states this site (Sec-Fetch-Site, which no page can forge; browsers
 * send it over TLS and to localhost only). "foreign": another site. "unknown": no statement; an Origin of this host only
 * shows that the form is not from another site's page.
 */
export function formOrigin(ctx: Context): "own" | "foreign" | "unknown" {
  const site = ctx.get("Sec-Fetch-Site");
  if (site === "same-origin") {
    return "own";
  }
  if (site === "cross-site" || site === "same-site") {
    return "foreign";
  }
  const origin = ctx.get("Origin");
  return origin === "" || hostOf(origin) === ctx.get("Host").toLowerCase() ? "unknown" : "foreign";
}

/** Returns host and port of an origin; undefined for "null" and invalid ones. */
function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}
