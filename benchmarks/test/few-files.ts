import { address } from "./fake-server.ts";
import { runHere } from "./run-here.ts";

// Runs many users against the address in its argument, and prints what came of it: for a process that may have few files.
const shares = [{ name: "all", address: address(process.argv[2] ?? ""), users: 100 }];
process.stdout.write(JSON.stringify(await runHere({ kind: "closed", shares, seconds: 0.5, everyMs: 0 })));
