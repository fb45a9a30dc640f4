import schema from "@jsonresume/schema/schema.json" with { type: "json" };
import { Ajv } from "ajv";
import ajvFormats from "ajv-formats";

/**
 * The official JSON Resume schema as a validating function. build.ts replaces this module by the compiled function, because
 * the compiler would cost each replica 50 ms and 20 MB.
 */
const ajv = new Ajv({ allErrors: true, code: { source: true, esm: true } });
ajvFormats.default(ajv, ["email", "uri"]);

export const validate = ajv.compile(schema);

/** The compiler, from which build.ts writes the function's source. */
export const compiler = ajv;
