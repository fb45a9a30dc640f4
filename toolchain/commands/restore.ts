import { say } from "../../lib/report.ts";
import { readBackup, userFile } from "../backup/archive.ts";
import { restoreGrafana } from "../backup/grafana.ts";
import { Messages } from "../backup/messages.ts";
import { fileArgument, splitStack } from "../lib/arguments.ts";
import { execInside } from "../lib/component-exec.ts";
import { confirm } from "../lib/confirm.ts";
import { findOwnStack } from "../lib/own-stack.ts";

/**
 * `npm run restore -- [--stack NAME] [--yes] FILE`: adds the messages of a backup that are not there, and replaces Grafana's
 * own data by that of the backup, after a question. The site goes on.
 */
async function restore(args: string[]): Promise<number> {
  const { stack, rest } = splitStack(args);
  const usage = "npm run restore -- [--stack NAME] [--yes] FILE";
  const { file, values } = fileArgument(usage, rest, { yes: { type: "boolean", default: false } });
  const backup = await readBackup(userFile(file));
  const own = await findOwnStack(stack);
  const exec = execInside(own);
  const messages = new Messages(exec);
  const count = await messages.count();
  const grafana = own.state.hasGrafana ? backup.grafana : undefined;
  const replaced = `This replaces Grafana's own data of ${stack} by that of ${backup.stack} of ${backup.created}`;
  if (grafana !== undefined && !values.yes && !(await confirm("restore", replaced))) {
    say("restore", "nothing was changed");
    return 1;
  }
  const added = await messages.add(backup.messages);
  say("restore", `${added} of ${backup.messages.length} messages added; ${stack} had ${count} before`);
  if (grafana !== undefined) {
    await restoreGrafana(own, grafana, exec);
    say("restore", "Grafana's own data is replaced; its password is the stack's");
  } else if (backup.grafana !== undefined) {
    say("restore", `Grafana's own data is left out: ${stack} has no Grafana`);
  }
  return 0;
}

export default restore;
