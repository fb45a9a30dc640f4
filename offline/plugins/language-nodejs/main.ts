/**
 * Stand-in for Pulumi's Node.js language host (`pulumi-language-nodejs`), for machines where the official one cannot be
 * had. It answers the CLI's questions about the program and runs it with the SDK's own `cmd/run`.
 * The program is run by the Node that runs this file.
 */
import { spawn } from "node:child_process";
import type grpc from "@grpc/grpc-js";
import languageGrpc from "@pulumi/pulumi/proto/language_grpc_pb.js";
import languagePb from "@pulumi/pulumi/proto/language_pb.js";
import pluginPb from "@pulumi/pulumi/proto/plugin_pb.js";
import emptyPb from "google-protobuf/google/protobuf/empty_pb.js";
import { serve, unary, unimplemented } from "../lib/grpc-server.ts";
import { installedDependencies } from "./dependencies.ts";
import { runProgram } from "./run.ts";

const engineAddress = process.argv.at(-1) ?? "";
const standInVersion = "3.259.0";

serve((server) => {
  server.addService(languageGrpc.LanguageRuntimeService, {
    handshake: unary(async () => new languagePb.LanguageHandshakeResponse()),
    getPluginInfo: unary(async () => {
      const info = new pluginPb.PluginInfo();
      info.setVersion(standInVersion);
      return info;
    }),
    // Empty on purpose: the SDK names each provider's version when it registers a resource, and a list here would only
    // make the CLI look for plugins to download.
    getRequiredPlugins: unary(async () => new languagePb.GetRequiredPluginsResponse()),
    getRequiredPackages: unary(async () => new languagePb.GetRequiredPackagesResponse()),
    run: unary((request: languagePb.RunRequest) => runProgram(request, engineAddress)),
    about: unary(async () => {
      const about = new languagePb.AboutResponse();
      about.setExecutable(process.execPath);
      about.setVersion(process.version);
      return about;
    }),
    getProgramDependencies: unary(async (request: languagePb.GetProgramDependenciesRequest) => {
      const response = new languagePb.GetProgramDependenciesResponse();
      const directory = request.getInfo()?.getProgramDirectory() ?? request.getPwd();
      for (const { name, version } of await installedDependencies(directory)) {
        const dependency = new languagePb.DependencyInfo();
        dependency.setName(name);
        dependency.setVersion(version);
        response.addDependencies(dependency);
      }
      return response;
    }),
    installDependencies,
    runtimeOptionsPrompts: unary(async () => new languagePb.RuntimeOptionsResponse()),
    template: unary(async () => new languagePb.TemplateResponse()),
    cancel: unary(async () => new emptyPb.Empty()),
    runPlugin: unimplemented("RunPlugin"),
    generateProgram: unimplemented("GenerateProgram"),
    generateProject: unimplemented("GenerateProject"),
    generatePackage: unimplemented("GeneratePackage"),
    pack: unimplemented("Pack"),
    link: unimplemented("Link"),
  });
});

/** `pulumi install`: runs npm in the program's directory and streams what it says. */
function installDependencies(
  call: grpc.ServerWritableStream<languagePb.InstallDependenciesRequest, languagePb.InstallDependenciesResponse>,
): void {
  const request = call.request;
  const directory = request.getInfo()?.getProgramDirectory() || request.getDirectory();
  const npm = spawn("npm", ["install", "--loglevel=error"], { cwd: directory, stdio: ["ignore", "pipe", "pipe"] });
  npm.stdout.on("data", (chunk: Buffer) => {
    const response = new languagePb.InstallDependenciesResponse();
    response.setStdout(chunk);
    call.write(response);
  });
  npm.stderr.on("data", (chunk: Buffer) => {
    const response = new languagePb.InstallDependenciesResponse();
    response.setStderr(chunk);
    call.write(response);
  });
  npm.on("error", (error) => call.destroy(new Error(`npm could not be started: ${error.message}`)));
  npm.on("close", (code) => {
    if (code === 0) {
      call.end();
    } else {
      call.destroy(new Error(`npm install ended with exit code ${code}`));
    }
  });
}
