import { runCommand } from "../toolchain/run-command.ts";

// Exit code 1 is a threshold that is not met, so that a failure to run is 2. The command is loaded here, once signals are heard.
await runCommand("bench", 2, async () => (await import("./command.ts")).bench(process.argv.slice(2)));
