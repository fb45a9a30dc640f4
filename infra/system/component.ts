import type { Input } from "@pulumi/pulumi";
import type { ScrapeTarget } from "../../prometheus/config.ts";
import type { ComponentName, OwnSecret } from "./names.ts";

/**
 * One box of the system, said once for every target: what it runs, what it needs, how one sees that it is well.
 * A target (a folder of infra/targets) decides only how the box is made real.
 */
export interface Component {
  /** Its name in the network too: other components reach it under this host name. */
  name: ComponentName;
  image: ImageSource;
  /** The image that `image` only adds a health check's program to: enough for a target that asks by HTTP itself. */
  plainImage?: string;
  replicas: number;
  /** Arguments for the image's entry point; none means the image's own. */
  command?: readonly string[];
  env: Readonly<Record<string, Input<string>>>;
  /** Config files. A component with none runs on a read-only root. */
  files: readonly ConfigFile[];
  /** Folders whose content outlives the container. */
  data: readonly DataFolder[];
  /** Folders in memory that the component may write to. */
  scratch: readonly string[];
  /** Numeric, never root. */
  user: { uid: number; gid: number };
  /** What the component says of itself: where the health check asks, and where Prometheus scrapes. */
  health: HealthCheck;
  metrics?: Metrics;
  /** The connections that it opens: the arrows of the design's picture. Docker's one network needs none of them said. */
  calls: readonly Call[];
  /** How it is reached from outside of the stack; nothing for most. */
  published: readonly PublishedPort[];
  limits: Limits;
  /** How it is asked to stop, and how long it may take before it is killed. */
  stop: { signal: "SIGTERM" | "SIGQUIT"; graceSeconds: number };
  sysctls: Readonly<Record<string, string>>;
  /** Its data is nowhere else: a node under pressure evicts others first. */
  priority?: "high";
  /** Its replicas may follow the load. */
  autoscaled?: true;
}

/** An image that is there already, or one that the stack builds. */
export type ImageSource =
  | { kind: "reference"; reference: string }
  | {
      kind: "build";
      /** Repository name of the result; the tag is the content hash. */
      repository: string;
      /** Folder in the project, with a Dockerfile. */
      context: string;
      args: Readonly<Record<string, string>>;
      /** Of everything that goes into the image: known before it is built. */
      contentHash: string;
    };

export interface Call {
  /** Outside is what is no part of the stack. */
  to: ComponentName | "outside";
  /** TCP. */
  port: number;
}

export type Protocol = "tcp" | "udp";

export interface PublishedPort {
  /** The component's own. */
  port: number;
  /** Where it is found from outside: on Docker the host's port. 0 is for the target to choose. */
  hostPort: number;
  /** UDP carries HTTP/3. */
  protocols: readonly Protocol[];
  /** Whom it is for: the operators' pages are published on an address of their own. */
  audience: "visitors" | "operators";
}

export interface ConfigFile {
  /** Absolute path in the container. */
  path: string;
  content: Input<string>;
}

export interface DataFolder {
  /** Names the volume, with the component's name. */
  name: string;
  path: string;
  /** What a target with sized volumes sets aside, in GiB. */
  sizeGb: number;
}

/** Where Prometheus scrapes a component, and what it keeps. */
export interface Metrics extends Omit<ScrapeTarget, "host"> {}

/** Either an HTTP path that answers 200, or a command that exits with 0. */
export type HealthCheck =
  | {
      kind: "http";
      port: number;
      path: string;
      /** Where it says that it can do its work, if not there as well: it may be well and still have to read its data. */
      readyPath?: string;
    }
  | { kind: "command"; command: string };

export interface Limits {
  cpus: number;
  memoryMb: number;
  /** File descriptors of one process. */
  nofile: number;
}

/** Gives the secrets that the stack generates; each is a Pulumi secret. */
export type Secrets = (name: OwnSecret) => Input<string>;

/** What only the target knows of the network that the components meet in. */
export interface Discovery {
  /** Address of the DNS server that knows the components. */
  resolver: string;
  /** The name under which a component's replicas are found there; every replica has an address of its own. */
  host: (component: ComponentName) => string;
  /** Where a browser finds what is published under a host port; nothing where that shows only later. */
  browsed?: (hostPort: number) => string | undefined;
}
