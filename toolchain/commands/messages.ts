import type Docker from "dockerode";
import { componentLabel, stackLabels } from "../../infra/docker/labels.ts";
import { devStack } from "../lib/stack-config.ts";
import { UserError } from "../lib/user-error.ts";
import { client, findEngine } from "../tools/engine.ts";

/** A replica of the dev stack: any one will do, the messages are in Redis. */
const findReplica = async (docker: Docker): Promise<Docker.Container> => {
  const labels = { ...stackLabels("resume", devStack), [componentLabel]: "resume" };
  const label = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
  const [replica] = await docker.listContainers({ filters: { label } });
  if (!replica) throw new UserError(`No replica of the ${devStack} stack runs. Bring it up with npm run up.`);
  return docker.getContainer(replica.Id);
};

/**
 * `npm run messages [-- --json] [--after ID]`: what visitors wrote in the contact form, oldest first;
 * `npm run messages -- --delete-before ID` deletes what is older.
 */
const messages = async (args: string[]): Promise<number> => {
  const docker = client((await findEngine()).host);
  const replica = await findReplica(docker);
  const command = ["node", "dist/messages.js", ...args];
  const exec = await replica.exec({ Cmd: command, AttachStdout: true, AttachStderr: true });
  const stream = await exec.start({});
  docker.modem.demuxStream(stream, process.stdout, process.stderr);
  await new Promise((resolve, reject) => stream.once("end", resolve).once("error", reject));
  return (await exec.inspect()).ExitCode ?? 1;
};

export default messages;
