import { playInterruptions } from "./interruptions/cases.ts";
import { liveOnCluster } from "./interruptions/checks.ts";

const kubeconfig = process.env.RESUME_TEST_KUBECONFIG ?? "";
const { RESUME_TEST_REGISTRY, RESUME_TEST_PUSH_REGISTRY, RESUME_TEST_GRAFANA, RESUME_TEST_NOFILE } = process.env;
const pushRegistry = RESUME_TEST_PUSH_REGISTRY || RESUME_TEST_REGISTRY || "";

playInterruptions({
  target: "Kubernetes",
  skip: pushRegistry === "" && "no registry is named that a cluster pulls from: npm run cluster:up makes both",
  config: {
    "resume:target": "kubernetes",
    "resume:pushRegistry": pushRegistry,
    // Room for both versions on a small node.
    "resume:cpus": "0.2",
    "resume:memoryMb": 256,
    "resume:dnsTtl": process.env.RESUME_TEST_DNS_TTL || "30s",
    "kubernetes:kubeconfig": kubeconfig,
    ...(RESUME_TEST_REGISTRY ? { "resume:imageRegistry": RESUME_TEST_REGISTRY } : {}),
    ...(RESUME_TEST_NOFILE ? { "resume:nofile": RESUME_TEST_NOFILE } : {}),
    ...(RESUME_TEST_GRAFANA ? { "resume:images": { grafana: RESUME_TEST_GRAFANA } } : {}),
  },
  live: (stack) => liveOnCluster(kubeconfig, stack),
  rounds: [
    ["SIGTERM to the group", /Deployment.*updating/],
    ["kill -9 of the CLI", /Deployment.*updating/],
  ],
});
