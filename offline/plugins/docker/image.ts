/**
 * docker:index/image:Image: an image built from a Dockerfile. The official plugin writes this one by hand, not through
 * the Terraform bridge, so its state has a form of its own: the inputs are kept as a secret in `__inputs`.
 */
import { stat } from "node:fs/promises";
import { arch } from "node:os";
import { isAbsolute, join, posix } from "node:path";
import type Docker from "dockerode";
import { contextDigest } from "../../../lib/docker-provider/context-digest.ts";
import type { Failure } from "../lib/check.ts";
import type { EngineLog } from "../lib/engine-log.ts";
import type { Change } from "../lib/plan.ts";
import type { ResourceHandler } from "../lib/provider.ts";
import { hasUnknown, isProps, type Props, Secret, sameValue, Unknown, type Value } from "../lib/values.ts";
import { text, textMap, texts } from "./fields.ts";
import { type Build, buildImage, relativeDockerfile } from "./image-build.ts";
import { pushImage } from "./image-push.ts";

type Kind = "string" | "bool" | "texts" | "textMap";

const buildInputs: Record<string, Kind> = {
  addHosts: "texts",
  args: "textMap",
  builderVersion: "string",
  context: "string",
  dockerfile: "string",
  network: "string",
  platform: "string",
  target: "string",
};
const inputs: Record<string, Kind | "build"> = {
  build: "build",
  buildOnPreview: "bool",
  imageName: "string",
  skipPush: "bool",
};
const unsupported = ["registry", "build.cacheFrom"];

export function image(docker: Docker, log: EngineLog): ResourceHandler {
  const build = async (urn: string, given: Props): Promise<Props> => {
    const wanted = toBuild(given);
    log.status(urn, "Building the image");
    const say = (line: string) => log.status(urn, line);
    const imageId = await buildImage(docker, wanted, say);
    const { repoDigest, registryServer } =
      given.skipPush === true
        ? { repoDigest: imageId, registryServer: "" }
        : await pushImage(docker, wanted.imageName, say);
    return {
      __inputs: new Secret(given),
      baseImageName: wanted.imageName,
      context: wanted.context,
      dockerfile: relativeDockerfile(wanted),
      imageName: wanted.imageName,
      platform: wanted.platform,
      registryServer,
      repoDigest,
    };
  };

  return {
    check: async ({ urn, news }) => {
      const given = withoutNulls(news);
      const failures = [...checkInputs(given), ...checkRules(given)];
      if (failures.length > 0) {
        return { inputs: given, failures };
      }
      return complete(given, (message) => log.info(urn, message));
    },

    diff: async ({ state }, given) => ({
      changes: topLevelChanges(savedInputs(state), given),
      stables: [],
      deleteBeforeReplace: false,
    }),

    create: async (urn, given, preview) =>
      preview && !canBuildInPreview(given)
        ? { id: "", outputs: given }
        : { id: text(given.imageName), outputs: await build(urn, given) },

    read: async ({ id, state }, given) => ({ id, inputs: given, outputs: { ...state, ...keptSecret(state) } }),

    update: async ({ urn }, given, preview) => (preview && !canBuildInPreview(given) ? given : build(urn, given)),

    // The official plugin leaves the image where it is, too.
    remove: async () => {},
  };
}

/** Types and names. */
function checkInputs(given: Props): Failure[] {
  const top = checkNames(given, inputs, "");
  return isProps(given.build) ? [...top, ...checkNames(given.build, buildInputs, "build.")] : top;
}

function checkNames(props: Props, kinds: Record<string, Kind | "build">, path: string): Failure[] {
  return Object.entries(props).flatMap(([name, value]) => {
    const property = path + name;
    const kind = kinds[name];
    // Check adds the digest itself; inputs that come from the state have it already.
    if (property === "build.contextDigest" || value instanceof Unknown) {
      return [];
    }
    if (unsupported.includes(property)) {
      return [{ property, reason: `'${property}' is not supported by the stand-in docker plugin` }];
    }
    if (kind === undefined) {
      return [{ property, reason: `unknown property '${property}'` }];
    }
    return hasKind(value, kind) ? [] : [{ property, reason: `'${property}' must be ${kindTexts[kind]}` }];
  });
}

const kindTexts = {
  string: "a string",
  bool: "true or false",
  texts: "a list of strings",
  textMap: "a map of strings",
  build: "an object",
};

function hasKind(value: Value, kind: Kind | "build"): boolean {
  const isText = (item: Value) => typeof item === "string" || item instanceof Unknown;
  switch (kind) {
    case "string":
      return typeof value === "string";
    case "bool":
      return typeof value === "boolean";
    case "texts":
      return Array.isArray(value) && value.every(isText);
    case "textMap":
      return isProps(value) && Object.values(value).every(isText);
    default:
      return isProps(value);
  }
}

/** Inputs that the official plugin takes and this one refuses. */
function checkRules(given: Props): Failure[] {
  const failures: Failure[] = [];
  if (given.imageName === undefined) {
    failures.push({ property: "imageName", reason: "Missing required property 'imageName'" });
  }
  const builder = isProps(given.build) ? given.build.builderVersion : undefined;
  if (builder !== undefined && builder !== "BuilderV1") {
    failures.push({
      property: "build.builderVersion",
      reason: "'build.builderVersion' must be BuilderV1 (or not set) with the stand-in docker plugin",
    });
  }
  return failures;
}

/** Adds what the official plugin adds: Dockerfile, context, platform, and the digest of what will be built. */
async function complete(given: Props, say: (message: string) => void): Promise<{ inputs: Props; failures: Failure[] }> {
  const buildOnPreview = given.buildOnPreview === true;
  if (given.build instanceof Unknown) {
    return { inputs: { ...given, buildOnPreview }, failures: [] };
  }
  const build = isProps(given.build) ? { ...given.build } : {};
  if (!hasUnknown(build.context ?? null)) {
    build.context = text(build.context) || ".";
  }
  if (!hasUnknown(build.dockerfile ?? null)) {
    build.dockerfile = text(build.dockerfile) || posix.join(text(build.context), "Dockerfile");
    const missing = await missingDockerfile(text(build.context), build.dockerfile);
    if (missing !== undefined) {
      return { inputs: given, failures: [{ property: "build.dockerfile", reason: missing }] };
    }
    build.contextDigest = await contextDigest(text(build.context), build.dockerfile);
  }
  if (build.platform === undefined) {
    build.platform = `linux/${arch() === "x64" ? "amd64" : arch()}`;
    say(`Building your image for ${build.platform} architecture; set build.platform to choose it explicitly.`);
  }
  return { inputs: { ...given, build, buildOnPreview }, failures: [] };
}

async function missingDockerfile(context: string, dockerfile: string): Promise<string | undefined> {
  const exists = (path: string) =>
    stat(path).then(
      () => true,
      () => false,
    );
  if (await exists(dockerfile)) {
    return undefined;
  }
  if (isAbsolute(dockerfile)) {
    return `expected a relative Dockerfile path; got "${dockerfile}" instead`;
  }
  const inContext = join(context, dockerfile);
  const hint = (await exists(inContext)) ? `. Try setting 'dockerfile' to "${inContext}"` : "";
  return `could not open dockerfile at relative path "${dockerfile}"${hint}`;
}

function toBuild(given: Props): Build {
  const build = isProps(given.build) ? given.build : {};
  return {
    imageName: text(given.imageName),
    context: text(build.context),
    dockerfile: text(build.dockerfile),
    args: textMap(build.args),
    platform: text(build.platform),
    target: text(build.target),
    network: text(build.network),
    addHosts: texts(build.addHosts),
  };
}

function canBuildInPreview(given: Props): boolean {
  return given.buildOnPreview === true && !hasUnknown(given.build ?? null) && !hasUnknown(given.imageName ?? null);
}

function savedInputs(state: Props): Props {
  const saved = state.__inputs instanceof Secret ? state.__inputs.value : state.__inputs;
  return isProps(saved) ? saved : state;
}

function keptSecret(state: Props): Props {
  return state.__inputs === undefined ? {} : { __inputs: new Secret(savedInputs(state)) };
}

function topLevelChanges(olds: Props, news: Props): Change[] {
  const keys = [...new Set([...Object.keys(olds), ...Object.keys(news)])];
  return keys.flatMap((key): Change[] => {
    const [old, wanted] = [olds[key], news[key]];
    const change = { path: key, property: key, replace: false };
    if (old === undefined) {
      return [{ ...change, kind: "add" }];
    }
    if (wanted === undefined) {
      return [{ ...change, kind: "delete" }];
    }
    return sameValue(old, wanted) ? [] : [{ ...change, kind: "update" }];
  });
}

function withoutNulls(props: Props): Props {
  return Object.fromEntries(
    Object.entries(props)
      .filter(([, value]) => value !== null)
      .map(([key, value]) => [key, isProps(value) ? withoutNulls(value) : value]),
  );
}
