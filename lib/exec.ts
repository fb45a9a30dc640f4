import { PassThrough, type Writable } from "node:stream";
import { text } from "node:stream/consumers";
import type Docker from "dockerode";

/** Where the two outputs of a command go. They stay open when it has ended. */
export type Outputs = { out: Writable; errors: Writable };

/** Runs a command in a container. @returns its exit code */
export async function execInContainer(
  docker: Docker,
  id: string,
  command: string[],
  { out, errors }: Outputs,
): Promise<number> {
  const exec = await docker.getContainer(id).exec({ Cmd: command, AttachStdout: true, AttachStderr: true });
  const stream = await exec.start({});
  docker.modem.demuxStream(stream, out, errors);
  await new Promise((resolve, reject) => stream.once("end", resolve).once("error", reject));
  return (await exec.inspect()).ExitCode ?? 1;
}

/** Runs something that writes to outputs. @returns its exit code, and what it wrote as text */
export async function captureOutputs<Code>(
  run: (outputs: Outputs) => Promise<Code>,
): Promise<{ code: Code; stdout: string; stderr: string }> {
  const [out, errors] = [new PassThrough(), new PassThrough()];
  const ended = run({ out, errors }).finally(() => {
    out.end();
    errors.end();
  });
  const [code, stdout, stderr] = await Promise.all([ended, text(out), text(errors)]);
  return { code, stdout, stderr };
}
