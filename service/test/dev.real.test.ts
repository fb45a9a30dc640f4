import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { parseEnv } from "node:util";
import { readConfig } from "../src/config.ts";
import { temporaryFolder } from "./folder.ts";
import { SERVICE_ROOT } from "./service.ts";

/** A service that prints all of its files when it starts, and then waits for SIGTERM. */
const printsFiles = `
  import { globSync, readFileSync } from "node:fs";
  console.log(globSync("{src,content}/**/*.{js,md}").sort().map((file) => readFileSync(file, "utf8")).join(" "));
  setInterval(() => {}, 1000);
`;

test("every save restarts the service: by rename as editors do, of new files, and in new folders", async () => {
  const folder = temporaryFolder();
  for (const name of ["src", "pdf", "photo", "content", "assets"]) {
    mkdirSync(join(folder, name));
  }
  copyFileSync(join(SERVICE_ROOT, "dev.ts"), join(folder, "dev.ts"));
  writeFileSync(join(folder, "dev.env"), "");
  writeFileSync(join(folder, "package.json"), '{"type":"module"}');
  writeFileSync(join(folder, "src/main.ts"), printsFiles);
  writeFileSync(join(folder, "photo/main.ts"), "");
  writeFileSync(join(folder, "pdf/main.ts"), "");
  writeFileSync(join(folder, "check-content.ts"), "");
  const dev = spawn(process.execPath, [join(folder, "dev.ts")], { cwd: folder, stdio: ["ignore", "pipe", "inherit"] });
  // A start that is missed ends the output, and so fails an assertion.
  const limit = setTimeout(() => dev.kill(), 120_000);
  const starts = createInterface({ input: dev.stdout })[Symbol.asyncIterator]();
  const nextStart = async () => String((await starts.next()).value);
  const save = (file: string, text: string): void => {
    writeFileSync(join(folder, "saved~"), text);
    renameSync(join(folder, "saved~"), join(folder, file));
  };
  try {
    assert.equal(await nextStart(), "");
    const files: Record<string, string> = {};
    for (const text of ["1", "2", "3", "4"]) {
      for (const file of ["content/contact.md", "src/server.js"]) {
        save(file, `${file}:${text}`);
        files[file] = `${file}:${text}`;
        assert.equal(await nextStart(), Object.values(files).join(" "));
      }
    }
    mkdirSync(join(folder, "src/store"));
    await nextStart();
    save("src/store/redis.js", "redis");
    assert.equal(await nextStart(), "content/contact.md:4 src/server.js:4 redis");
    // The content has faults: the next save checks it again.
    save("check-content.ts", 'console.log("faults"); process.exit(1);');
    save("content/contact.md", "5");
    assert.equal(await nextStart(), "faults");
    save("check-content.ts", "");
    save("content/contact.md", "6");
    assert.match(await nextStart(), /^6 /);
    // A fault that ends the service: the next save starts it again.
    save("src/main.ts", "process.exit(1);");
    await new Promise((resolve) => setTimeout(resolve, 300));
    save("src/main.ts", printsFiles);
    assert.match(await nextStart(), /redis$/);
  } finally {
    clearTimeout(limit);
    dev.kill("SIGTERM");
  }
  assert.deepEqual(await once(dev, "close"), [0, null]);
});

test("npm run dev listens on 127.0.0.1 only", () => {
  const env = parseEnv(readFileSync(join(SERVICE_ROOT, "dev.env"), "utf8"));
  assert.equal(readConfig({ ...env }).listenAddress, "127.0.0.1");
});
