import { PassThrough, type Writable } from "node:stream";
import { buffer, text } from "node:stream/consumers";
import type Docker from "dockerode";

/**
 * The streams of a command. The outputs stay open when it has ended. The input stays open, too: not every connection can
 * close it alone. So the command must know where its input ends (`head -c`). It must keep its first output open until then:
 * containerd closes the input together with it.
 */
export type Outputs = { out: Writable; errors: Writable; input?: Buffer };

/** Runs a command in a container. @returns its exit code */
export async function execInContainer(
  docker: Docker,
  id: string,
  command: string[],
  { out, errors, input }: Outputs,
): Promise<number> {
  const container = docker.getContainer(id);
  const attached = { AttachStdin: input !== undefined, AttachStdout: true, AttachStderr: true };
  const exec = await container.exec({ Cmd: command, ...attached });
  const stream = await exec.start(input === undefined ? {} : { hijack: true, stdin: true });
  docker.modem.demuxStream(stream, out, errors);
  const ended = new Promise((resolve, reject) => stream.once("end", resolve).once("error", reject));
  if (input !== undefined) {
    stream.write(input);
  }
  await ended;
  if (input !== undefined) {
    stream.end();
  }
  return (await exec.inspect()).ExitCode ?? 1;
}

/** Runs something that writes to outputs. @returns its exit code, and what it wrote as text */
export async function captureOutputs<Code>(
  run: (outputs: Outputs) => Promise<Code>,
): Promise<{ code: Code; stdout: string; stderr: string }> {
  const { stdout, ...result } = await captureBytes(run);
  return { ...result, stdout: stdout.toString() };
}

/** Runs something that writes to outputs. @returns its exit code, and what it wrote: the first output as it is */
export async function captureBytes<Code>(
  run: (outputs: Outputs) => Promise<Code>,
): Promise<{ code: Code; stdout: Buffer; stderr: string }> {
  const [out, errors] = [new PassThrough(), new PassThrough()];
  const ended = run({ out, errors }).finally(() => {
    out.end();
    errors.end();
  });
  const [code, stdout, stderr] = await Promise.all([ended, buffer(out), text(errors)]);
  return { code, stdout, stderr };
}
