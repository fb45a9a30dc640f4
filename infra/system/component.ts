import type { Input } from "@pulumi/pulumi";
import type { ScrapeTarget } from "../../prometheus/config.ts";
import type { ComponentName, OwnSecret } from "./names.ts";

/**
 * One component of the system, described once for all targets: what it runs, what it needs, and its health check. A target
 * (a folder of infra/targets) only decides how to deploy it.
 */
export interface Component {
  /** Also its host name for other components. */
  name: ComponentName;
  image: ImageSource;
  /** The base of `image`, which only adds a program for health checks: enough for a target that sends HTTP probes itself. */
  plainImage?: string;
  replicas: number;
  /** Arguments for the image's entry point; none means the image's own. */
  command?: readonly string[];
  env: Readonly<Record<string, Input<string>>>;
  /** Config files. A component with none runs on a read-only root. */
  files: readonly ConfigFile[];
  /** Folders that outlive the container. */
  data: readonly DataFolder[];
  /** Folders in memory that the component may write to. */
  scratch: readonly string[];
  /** Numeric, never root. */
  user: { uid: number; gid: number };
  health: HealthCheck;
  metrics?: Metrics;
  /** The connections that it opens. On Kubernetes all others are denied. */
  calls: readonly Call[];
  /** Ports that are published outside of the stack; most components have none. */
  published: readonly PublishedPort[];
  limits: Limits;
  /** The signal that stops it, and the time until it is killed. */
  stop: { signal: "SIGTERM" | "SIGQUIT"; graceSeconds: number };
  sysctls: Readonly<Record<string, string>>;
  /** It has the only copy of its data: a node under pressure evicts others first. */
  priority?: "high";
  /** Its replicas may follow the load. */
  autoscaled?: true;
}

/** A finished image, or one that the stack builds. */
export type ImageSource =
  | { kind: "reference"; reference: string }
  | {
      kind: "build";
      /** Repository name of the result; the tag is the content hash. */
      repository: string;
      /** Folder in the project, with a Dockerfile. */
      context: string;
      args: Readonly<Record<string, string>>;
      /** A hash of all inputs of the image, known before it is built. */
      contentHash: string;
    };

export interface Call {
  /** "outside" is everything that is not part of the stack. */
  to: ComponentName | "outside";
  /** TCP. */
  port: number;
}

export type Protocol = "tcp" | "udp";

export interface PublishedPort {
  /** The component's own. */
  port: number;
  /** The port outside of the stack: on Docker the host's. With 0 the target chooses one. */
  hostPort: number;
  /** UDP carries HTTP/3. */
  protocols: readonly Protocol[];
  /** The operators' pages are published on an address of their own. */
  audience: "visitors" | "operators";
}

export interface ConfigFile {
  /** Absolute path in the container. */
  path: string;
  content: Input<string>;
}

export interface DataFolder {
  /** A part of the volume's name, after the component's. */
  name: string;
  path: string;
  /** Size of the volume in GiB, on targets where volumes have one. */
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
      /** The path for readiness, where it differs: a live component may still load its data. */
      readyPath?: string;
    }
  | { kind: "command"; command: string };

export interface Limits {
  cpus: number;
  memoryMb: number;
  /** File descriptors of one process. */
  nofile: number;
}

/** Returns a secret that the stack generates, as a Pulumi secret. */
export type Secrets = (name: OwnSecret) => Input<string>;

/** The target's network between the components. */
export interface Discovery {
  /** Address of the DNS server that resolves the components' names. */
  resolver: string;
  /** A component's host name; it resolves to the addresses of all replicas. */
  host: (component: ComponentName) => string;
  /** The URL of a host port in a browser; undefined where it is known only later. */
  browsed?: (hostPort: number) => string | undefined;
}
