import { createPrivateKey, randomBytes, randomUUID, sign, timingSafeEqual, X509Certificate } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inCache } from "../../lib/paths.ts";
import { makeAuthority } from "../node/certificates.ts";

/** The folder of the registry's data, settings and login. Only its owner may look into it. */
export const registryFolder = inCache("registry");

/** The certificate that the registry trusts tokens by. */
export const certificateFile = join(registryFolder, "tokens.pem");
const keyFile = join(registryFolder, "tokens.key");
const passwordFile = join(registryFolder, "password");

/** The name of the registry, as tokens and the login have it. */
export const registryName = "resume";

/** How long a token is valid, in seconds. Clients ask for a new one in time. */
export const tokenSeconds = 300;

/** Makes the login and the tokens' key pair, unless they are there. */
export async function makeAccess(): Promise<void> {
  const secret = { mode: 0o600 };
  if (!existsSync(passwordFile)) {
    writeFileSync(passwordFile, randomBytes(24).toString("base64url"), secret);
  }
  if (!existsSync(keyFile)) {
    const { certificate, key } = await makeAuthority("resume-registry");
    writeFileSync(certificateFile, certificate, secret);
    writeFileSync(keyFile, key, secret);
  }
}

export type Login = { username: string; password: string };

/** The login that may push. */
export function pushLogin(): Login {
  return { username: registryName, password: readFileSync(passwordFile, "utf8") };
}

/** Whether an `Authorization: Basic …` header holds the login. */
export function isLogin(authorization: string): boolean {
  const { username, password } = pushLogin();
  const right = Buffer.from(`Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`);
  const given = Buffer.from(authorization);
  return given.length === right.length && timingSafeEqual(given, right);
}

/** What a token allows, as the registry's token specification has it. */
export type Access = { type: "repository"; name: string; actions: string[] };

/**
 * Makes a token (a JSON Web Token) for the registry.
 * @see https://distribution.github.io/distribution/spec/auth/jwt/
 */
export function makeToken(access: Access[]): string {
  const certificate = new X509Certificate(readFileSync(certificateFile)).raw.toString("base64");
  const now = Math.floor(Date.now() / 1000);
  const header = { typ: "JWT", alg: "ES256", x5c: [certificate] };
  const claims = {
    iss: registryName,
    aud: registryName,
    sub: "",
    iat: now,
    // The clock may be set back a little meanwhile.
    nbf: now - 10,
    exp: now + tokenSeconds,
    jti: randomUUID(),
    access,
  };
  const signed = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
  const key = createPrivateKey(readFileSync(keyFile));
  return `${signed}.${sign("sha256", Buffer.from(signed), { key, dsaEncoding: "ieee-p1363" }).toString("base64url")}`;
}
