import { playInterruptions } from "./interruptions/cases.ts";
import { liveOnDocker } from "./interruptions/checks.ts";

playInterruptions({
  target: "Docker",
  skip: false,
  config: { "resume:port": 0, "resume:grafanaPort": 0, "resume:prometheusPort": 0 },
  live: liveOnDocker,
  rounds: [
    ["Ctrl-C", /Image.*updating/],
    ["SIGTERM to the group", /Container.*creating/],
    ["kill -9 of the CLI", /Container.*creating/],
    ["kill -9 of main.ts", /Container.*created/],
    ["the terminal closed", /Container.*deleting/],
  ],
});
