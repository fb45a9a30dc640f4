/** Runs the user's program: one Node process with the SDK's `cmd/run`, as the official language host does. */
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import languagePb from "@pulumi/pulumi/proto/language_pb.js";
import { fromStruct } from "../lib/values.ts";
import { splitArguments } from "./split-arguments.ts";

/** The SDK ends the process with this code after it has reported the error itself. */
const bailExitCode = 32;

/** Runs the program to its end. A program that fails is a normal reply, not an error of the call. */
export async function runProgram(
  request: languagePb.RunRequest,
  engineAddress: string,
): Promise<languagePb.RunResponse> {
  if (request.getAttachDebugger()) {
    throw new Error("--attach-debugger is not offered by this stand-in plugin");
  }
  const exit = await runNode(nodeArguments(request, engineAddress), environment(request), request.getPwd());
  const response = new languagePb.RunResponse();
  if (exit.code === bailExitCode) {
    response.setBail(true);
  } else if (exit.signal !== null) {
    response.setError(`Program was ended by signal ${exit.signal}`);
  } else if (exit.code !== 0) {
    response.setError(`Program exited with non-zero exit code: ${exit.code}`);
  }
  return response;
}

/** The command line after `node`. */
export function nodeArguments(request: languagePb.RunRequest, engineAddress: string): string[] {
  const info = request.getInfo();
  const programDirectory = info?.getProgramDirectory() || request.getPwd();
  const nodeArgs = fromStruct(info?.getOptions()).nodeargs;
  const flags: [string, string][] = [
    ["monitor", request.getMonitorAddress()],
    ["engine", engineAddress],
    ["organization", request.getOrganization()],
    ["project", request.getProject()],
    ["root-directory", info?.getRootDirectory() ?? ""],
    ["stack", request.getStack()],
    ["pwd", request.getPwd()],
    ["parallel", String(request.getParallel())],
  ];
  return [
    ...(typeof nodeArgs === "string" ? splitArguments(nodeArgs) : []),
    sdkRunner(programDirectory),
    ...flags.filter(([, value]) => value !== "").flatMap(([name, value]) => [`--${name}`, value]),
    ...(request.getDryrun() ? ["--dry-run"] : []),
    info?.getEntryPoint() || request.getProgram() || ".",
    ...request.getArgsList(),
  ];
}

/** The SDK of the program itself, so that it runs with the version it was written for. */
function sdkRunner(programDirectory: string): string {
  const wanted = process.env.PULUMI_LANGUAGE_NODEJS_RUN_PATH ?? "@pulumi/pulumi/cmd/run";
  try {
    return createRequire(join(programDirectory, "package.json")).resolve(wanted);
  } catch {
    throw new Error("It looks like the Pulumi SDK has not been installed. Have you run npm install?");
  }
}

function environment(request: languagePb.RunRequest): NodeJS.ProcessEnv {
  const options = fromStruct(request.getInfo()?.getOptions());
  const config: Record<string, string> = {};
  request.getConfigMap().forEach((value, key) => {
    config[key] = value;
  });
  const tsconfig = options.tsconfig;
  return {
    ...process.env,
    PULUMI_CONFIG: JSON.stringify(config),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
    PULUMI_NODEJS_TYPESCRIPT: options.typescript === false ? "false" : "true",
    ...(typeof tsconfig === "string" ? { PULUMI_NODEJS_TSCONFIG_PATH: tsconfig } : {}),
  };
}

interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** Output goes where this plugin's own output goes: the CLI shows it. */
function runNode(args: string[], env: NodeJS.ProcessEnv, cwd: string): Promise<Exit> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd: cwd || process.cwd(),
      env,
      stdio: ["ignore", "inherit", "inherit"],
    });
    const stop = () => child.kill();
    process.once("exit", stop);
    child.on("error", reject);
    child.on("close", (code, signal) => {
      process.removeListener("exit", stop);
      resolve({ code, signal });
    });
  });
}
