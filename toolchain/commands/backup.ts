import { say } from "../../lib/report.ts";
import { assertNewFile, userFile, writeBackup } from "../backup/archive.ts";
import { readGrafana } from "../backup/grafana.ts";
import { Messages } from "../backup/messages.ts";
import { fileArgument, splitStack } from "../lib/arguments.ts";
import { execInside } from "../lib/component-exec.ts";
import { findOwnStack } from "../lib/own-stack.ts";

/** `npm run backup -- [--stack NAME] FILE`: writes the messages and Grafana's own data to a file. The site goes on. */
async function backup(args: string[]): Promise<number> {
  const { stack, rest } = splitStack(args);
  const { file } = fileArgument("npm run backup -- [--stack NAME] FILE", rest, {});
  const path = userFile(file);
  assertNewFile(path);
  const own = await findOwnStack(stack);
  const created = new Date().toISOString();
  const messages = await new Messages(execInside(own)).read();
  const grafana = own.state.hasGrafana ? await readGrafana(own) : undefined;
  await writeBackup(path, { stack, created, messages, grafana });
  const data = grafana === undefined ? "" : " and Grafana's own data";
  say("backup", `${messages.length} messages${data} of ${stack} are in ${path}`);
  return 0;
}

export default backup;
