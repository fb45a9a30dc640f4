import schema from "@jsonresume/schema/schema.json" with { type: "json" };
import { Ajv } from "ajv";
import ajvFormats from "ajv-formats";

/**
 * The official JSON Resume schema as a function. Compiled here when the service runs from source; the bundle holds the
 * compiled function instead of this module (build.ts), as the compiler would cost each replica 50 ms and 20 MB.
 */
const ajv = new Ajv({ allErrors: true, code: { source: true, esm: true } });
ajvFormats.default(ajv, ["email", "uri"]);

export const validate = ajv.compile(schema);

/** What the bundle is given: the function with the compiler's notes from which its source is written. */
export const compiler = ajv;
