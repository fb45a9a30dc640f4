import { createPrivateKey, X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { z } from "zod";
import { duration } from "../../lib/duration.ts";
import { disabled, type ImageName, pinnedImages } from "../../lib/images.ts";
import { ownSecrets } from "../system/names.ts";
import { parseServiceName } from "./service-name.ts";

/** A kind of value: how the text of a key becomes the value, and the words for what is allowed. */
export interface Kind<Schema extends z.ZodType = z.ZodType> {
  allowed: string;
  schema: Schema;
}

function kind<Schema extends z.ZodType>(allowed: string, schema: Schema): Kind<Schema> {
  return { allowed, schema };
}

/** The empty text stands for no value. */
export function optional<Schema extends z.ZodType>({ allowed, schema }: Kind<Schema>) {
  const none = z.literal("").transform(() => undefined);
  return kind(allowed, z.union([none, schema]));
}

export function oneOf<const Name extends string>(names: readonly Name[], separator: string) {
  return kind(names.join(separator), z.enum(names));
}

export function boolean() {
  return kind(
    "true or false",
    z.enum(["true", "false"]).transform((text) => text === "true"),
  );
}

function numberText(form: RegExp, min: number, max: number) {
  return z.string().regex(form).transform(Number).pipe(z.number().min(min).max(max));
}

export function wholeNumber(min: number, max: number, unit = "") {
  const allowed = `a whole number${unit && ` of ${unit}`} from ${min} to ${max}`;
  return kind(allowed, numberText(/^\d+$/, min, max));
}

export function decimalNumber(min: number, max: number) {
  return kind(`a number from ${min} to ${max} with at most two decimals`, numberText(/^\d+(\.\d{1,2})?$/, min, max));
}

export function hostPort() {
  return kind("a port number from 1 to 65535, or 0 for a free one", numberText(/^\d+$/, 0, 65_535));
}

/** Whether it is there and has what it must have is checked before anything is built (infra/system/content.ts). */
export function contentFolder() {
  return kind("a folder with a resume.json, absolute or relative to the project", z.string().min(1));
}

/** The value is in seconds. */
export function timeToLive() {
  const seconds = z.string().transform(duration).pipe(z.number());
  return kind("a whole number with s, m, h or d, from 1s to 365d", seconds);
}

/** The value is in seconds. */
export function seconds(min: number, max: number) {
  const text = z.string().regex(/^\d+s$/);
  const value = text.transform((known) => Number(known.slice(0, -1))).pipe(z.number().min(min).max(max));
  return kind(`a whole number of seconds with an s, from ${min}s to ${max}s`, value);
}

export function hostAddress() {
  const address = z.string().refine((text) => isIP(text) !== 0);
  return kind("an IP address of the Docker host, or 0.0.0.0 for all of them", address);
}

export function networks() {
  const parts = z.string().transform((text) => (text === "" ? [] : text.split(",").map((part) => part.trim())));
  return kind(
    "networks such as 192.0.2.0/24 or 2001:db8::/32, with commas between them",
    parts.pipe(z.array(z.union([z.cidrv4(), z.cidrv6()]))),
  );
}

export function origin() {
  const isOrigin = (text: string) => isHttp(text) && new URL(text).origin === text;
  return kind("an http:// or https:// address without a path", z.string().refine(isOrigin));
}

function isHttp(text: string): boolean {
  return /^https?:\/\//.test(text) && URL.canParse(text);
}

export function registry() {
  return kind(
    "a registry's host with an optional port and path, without a scheme and without a slash at its end",
    z.string().regex(/^[a-z0-9][a-z0-9.-]*(:\d+)?(\/[\w.-]+)*$/i),
  );
}

/** Kubernetes' own form of a namespace's name: it may be part of a host name. */
const namespaceForm = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

export function isNamespaceName(text: string): boolean {
  return namespaceForm.test(text);
}

export function namespaceName() {
  return kind("small letters, digits and hyphens, at most 63", z.string().regex(namespaceForm));
}

function isDnsName(text: string): boolean {
  return text.length <= 253 && text.split(".").every(isNamespaceName);
}

export function dnsName(what: string) {
  return kind(what, z.string().refine(isDnsName));
}

export function dnsServer() {
  const isService = (text: string) => isDnsName(text) && parseServiceName(text) !== undefined;
  return kind(
    "the host name of a Service, SERVICE.NAMESPACE.svc.DOMAIN, or an IPv4 address",
    z.string().refine((text) => isService(text) || isIP(text) === 4),
  );
}

/** The schema of a JSON text. */
function json<Schema extends z.ZodType>(schema: Schema) {
  return z.preprocess(parseJson, schema);
}

/** @returns undefined where the text is no JSON */
export function parseJson(text: unknown): unknown {
  try {
    return JSON.parse(String(text));
  } catch {
    // No schema takes undefined.
    return undefined;
  }
}

function isImageName(name: string): name is ImageName {
  return Object.hasOwn(pinnedImages, name);
}

/** What `resume:images` may name: every pinned image, and `resume` for a service image that was built elsewhere. */
const imageOverrides = [...Object.keys(pinnedImages).filter(isImageName), "resume" as const];

export function images() {
  const references = z.partialRecord(z.enum(imageOverrides), z.string().regex(/^[a-z0-9][\w.:/@-]*$/i));
  const isComplete = (found: z.output<typeof references>) =>
    Object.entries(found).every(([name, reference]) => reference !== disabled || name === "grafana");
  return kind(
    `an object of image references for ${imageOverrides.join(", ")} (grafana may be "${disabled}")`,
    json(references.refine(isComplete)),
  );
}

const certificatePair = z
  .strictObject({ certificate: z.string(), key: z.string() })
  .refine(({ certificate, key }) => isKeyPair(certificate, key));

/** Certificate chain and private key in PEM. */
export type Tls = z.output<typeof certificatePair>;

export function tls() {
  return kind("an object with a certificate and the key that belongs to it, both in PEM", json(certificatePair));
}

function isKeyPair(certificate: string, key: string): boolean {
  try {
    return new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key));
  } catch {
    // Not PEM, or of another kind: either way it is no pair.
    return false;
  }
}

const mailAddress = z.string().regex(/^[^\s@;,]+@[^\s@;,]+$/);

function isMailServer(text: string): boolean {
  const port = /^[\w.-]+:(\d{1,5})$/.exec(text)?.[1];
  return port !== undefined && Number(port) >= 1 && Number(port) <= 65_535;
}

/** How mail is sent; without a user the server asks for none. */
const email = z
  .strictObject({
    to: mailAddress,
    from: mailAddress,
    smtp: z.string().refine(isMailServer),
    user: z.string().exactOptional(),
    password: z.string().exactOptional(),
  })
  .refine(({ user, password }) => (user === undefined) === (password === undefined));

const contacts = z
  .strictObject({ webhook: z.string().refine(isHttp).exactOptional(), email: email.exactOptional() })
  .refine(({ webhook, email }) => webhook !== undefined || email !== undefined);

export function alertContacts() {
  return kind(
    "an object with webhook (an http:// or https:// address), email (to, from, smtp as HOST:PORT, and where needed user and password), or both",
    json(contacts),
  );
}

export function rotations() {
  const counts = z.partialRecord(z.enum(ownSecrets), z.int().min(1));
  return kind(`an object with a whole number from 1 for any of ${ownSecrets.join(", ")}`, json(counts));
}

/** Only the logins: the rest of a Docker config is for the machine that it is from. The value is JSON. */
export function dockerLogins() {
  const text = z.string().min(1);
  const login = z.union([z.looseObject({ auth: text }), z.looseObject({ username: text, password: text })]);
  const auths = z.record(
    z.string(),
    z.custom<unknown>((value) => login.safeParse(value).success),
  );
  return kind(
    "a Docker config with auths, each with auth or with username and password",
    json(
      z
        .object({ auths })
        .refine((config) => Object.keys(config.auths).length > 0)
        .transform((config) => JSON.stringify(config)),
    ),
  );
}

const texts = z.record(z.string().regex(/^([a-z0-9.-]+\/)?[\w.-]+$/i), z.string());

export type Annotations = Readonly<z.output<typeof texts>>;

export function annotations() {
  return kind("an object of texts", json(texts));
}

/** What a cluster should have in reserve before more replicas are there, in percent: at 70 a third comes on top. */
const defaultCpu = 70;

/**
 * `max`: the most replicas; `replicas` is the fewest. `cpu`: replicas are added while they use more than this much of
 * `cpus` on average, in percent.
 */
export function autoscale(maxReplicas: number) {
  const limits = z.strictObject({
    max: z.int().min(1).max(maxReplicas),
    cpu: z.int().min(10).max(100).default(defaultCpu),
  });
  return kind(
    `an object with max (replicas, at most ${maxReplicas}) and, if other than ${defaultCpu}, cpu (percent of cpus, from 10 to 100)`,
    json(limits),
  );
}
