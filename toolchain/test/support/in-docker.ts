/** Run by cluster-in-docker.test.ts with a cache, a PATH and an engine of its own: brings a cluster up in a container. */
import { removeInDocker, startInDocker } from "../../cluster/in-docker.ts";
import { messageOf } from "../../lib/user-error.ts";

const started = await startInDocker().catch(messageOf);
const removed = await removeInDocker();
process.stdout.write(`${JSON.stringify({ started: started ?? null, removed })}\n`);
