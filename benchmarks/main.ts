import { runCommand } from "../toolchain/run-command.ts";

// Exit code 1 is a threshold that is not met, so that a failure to run is 2. The command is imported late, so that signals are handled from the start.
await runCommand("bench", 2, async () => (await import("./command.ts")).bench(process.argv.slice(2)));
