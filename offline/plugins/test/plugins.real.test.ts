// Real Pulumi, real Docker engine, the stand-in plugins. Steps build on each other, in order.
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { after, before, test } from "node:test";
import Docker from "dockerode";
import { busyboxImage, makeProject, type Project, succeed } from "./project.ts";

const docker = new Docker();
let project: Project;

before(async () => {
  project = await makeProject("stack", {});
});

after(async () => {
  await project.pulumi(["destroy", "--yes", "--skip-preview"]);
  await removeImage(`plugins-test/${project.run}:dev`);
  assert.deepEqual(await ours(project), { containers: 0, networks: 0, volumes: 0 });
  await project.remove();
});

async function ours({ run }: Project): Promise<{ containers: number; networks: number; volumes: number }> {
  const filters = { label: [`plugins-test=${run}`] };
  return {
    containers: (await docker.listContainers({ all: true, filters })).length,
    networks: (await docker.listNetworks({ filters })).length,
    volumes: (await docker.listVolumes({ filters: JSON.stringify(filters) })).Volumes.length,
  };
}

async function removeImage(name: string): Promise<void> {
  const found = await docker.listImages({ filters: { reference: [name] } });
  if (found.length > 0) {
    await docker.getImage(name).remove({ force: true });
  }
}

async function outputs(): Promise<Record<string, string>> {
  const { output } = await succeed(project.pulumi(["stack", "output", "--json", "--show-secrets"]));
  const parsed: unknown = JSON.parse(output.slice(output.indexOf("{")));
  assert.ok(typeof parsed === "object" && parsed !== null);
  return Object.fromEntries(Object.entries(parsed).map(([key, value]) => [key, String(value)]));
}

async function output(name: string): Promise<string> {
  const value = (await outputs())[name];
  assert.ok(value, `the stack has no output ${name}`);
  return value;
}

function up(...args: string[]) {
  return succeed(project.pulumi(["up", "--yes", "--skip-preview", ...args]));
}
const unchanged = ["--expect-no-changes", "--diff"];

test("up creates everything, healthy", async () => {
  const { output: shown } = await up();
  const { serverId = "", password = "", digest = "" } = await outputs();
  const server = await docker.getContainer(serverId).inspect();
  assert.equal(server.State.Health?.Status, "healthy");
  assert.equal(server.HostConfig.Memory, 32 * 1024 * 1024);
  assert.ok(server.Config.Env.includes(`SECRET=${password}`));
  assert.equal((await docker.getImage(digest).inspect()).RepoTags.join(), `plugins-test/${project.run}:dev`);
  assert.equal(shown.includes(password), false, "the password is in the output");
});

test("secrets are nowhere in the state", async () => {
  assert.equal((await project.stateText()).includes(await output("password")), false);
});

test("the second time nothing changes: preview, up, refresh, up", async () => {
  await succeed(project.pulumi(["preview", ...unchanged]));
  const start = performance.now();
  await up(...unchanged);
  assert.ok(performance.now() - start < 15_000, "an up without a change takes 15 s or more");
  await succeed(project.pulumi(["refresh", "--yes", "--skip-preview", ...unchanged]));
  await succeed(project.pulumi(["preview", ...unchanged]));
});

test("what the engine can change is changed in place", async () => {
  const id = await output("serverId");
  await succeed(project.pulumi(["config", "set", "memory", "48"]));
  await up();
  assert.equal(await output("serverId"), id);
  assert.equal((await docker.getContainer(id).inspect()).HostConfig.Memory, 48 * 1024 * 1024);
  await succeed(project.pulumi(["refresh", "--yes", "--skip-preview", ...unchanged]));
});

test("the rest replaces: the old one is drained first, then the new one takes its name", async () => {
  const id = await output("serverId");
  await succeed(project.pulumi(["config", "set", "mark", "second"]));
  await up();
  const newId = await output("serverId");
  assert.notEqual(newId, id);
  await assert.rejects(docker.getContainer(id).inspect(), { statusCode: 404 });
  // Only there when the old container was given its grace period.
  const drained = await docker.getContainer(newId).getArchive({ path: "/data/drained" });
  assert.match(await text(drained), /drained/);
});

test("a changed build is an update, and what runs it is not known in the preview", async () => {
  const before = await outputs();
  await succeed(project.pulumi(["config", "set", "text", "two"]));
  const { output: preview } = await succeed(project.pulumi(["preview", "--diff"]));
  assert.match(preview, /~ docker:index\/image:Image: \(update\)/);
  assert.match(preview, /image: "sha256:[0-9a-f]+" => \[unknown\]/);
  await up();
  const now = await outputs();
  assert.notEqual(now.digest, before.digest);
  assert.notEqual(now.builtId, before.builtId);
  assert.equal(now.serverId, before.serverId);
  await removeImage(before.digest ?? "");
});

test("a container that was stopped by hand is started again", async () => {
  const id = await output("serverId");
  await docker.getContainer(id).kill();
  const { output: preview } = await succeed(project.pulumi(["preview", "--refresh", "--diff"]));
  assert.match(preview, /mustRun: false => true/);
  await up("--refresh");
  assert.equal(await output("serverId"), id);
  assert.equal((await docker.getContainer(id).inspect()).State.Health?.Status, "healthy");
  await succeed(project.pulumi(["preview", ...unchanged]));
});

test("a container that was removed by hand is made again", async () => {
  const id = await output("serverId");
  await docker.getContainer(id).remove({ force: true });
  await up("--refresh");
  assert.notEqual(await output("serverId"), id);
  await succeed(project.pulumi(["preview", ...unchanged]));
});

test("a state as older plugins wrote it, without notes for the bridge, is read as well", async () => {
  const { output: state } = await succeed(project.pulumi(["stack", "export"]));
  const bare = state.replace(/"__pulumi_raw_state_delta"/g, '"__some_older_note"');
  await writeFile(`${project.directory}/state.json`, bare.slice(bare.indexOf("{")));
  await succeed(project.pulumi(["stack", "import", "--file", "state.json"]));
  await succeed(project.pulumi(["preview", ...unchanged]));
});

test("what exists can be imported", async () => {
  const name = `plugins-test-import-${project.run}`;
  const labels = { "plugins-test": project.run };
  await docker.createVolume({ Name: name, Labels: labels });
  const network = await docker.createNetwork({ Name: name, Labels: labels });
  const importing = (type: string, id: string) =>
    succeed(project.pulumi(["import", type, "imported", id, "--yes", "--protect=false", "--generate-code=false"]));
  await importing("docker:index/volume:Volume", name);
  await importing("docker:index/network:Network", network.id);
  // The program doesn't have them, so they go.
  await up();
  await assert.rejects(docker.getVolume(name).inspect(), { statusCode: 404 });
});

test("destroy leaves nothing", async () => {
  await succeed(project.pulumi(["destroy", "--yes", "--skip-preview"]));
  assert.deepEqual(await ours(project), { containers: 0, networks: 0, volumes: 0 });
  await docker.getImage(busyboxImage()).inspect();
});

async function troubled(trouble: string, check: (trouble: Project) => Promise<void>): Promise<void> {
  const troubledProject = await makeProject("trouble", { trouble });
  try {
    await check(troubledProject);
  } finally {
    await succeed(troubledProject.pulumi(["destroy", "--yes", "--skip-preview"]));
    assert.deepEqual(await ours(troubledProject), { containers: 0, networks: 0, volumes: 0 });
    await troubledProject.remove();
  }
}

test("a bad input is refused by name before anything is created", () =>
  troubled("bad-input", async (trouble) => {
    const { code, output: shown } = await trouble.pulumi(["up", "--yes"]);
    assert.notEqual(code, 0);
    assert.match(shown, /unknown property 'ports\[0\]\.mistake'/);
    assert.match(shown, /'mounts' is not supported by the stand-in docker plugin/);
    assert.deepEqual(await ours(trouble), { containers: 0, networks: 0, volumes: 0 });
  }));

test("a container that does not get healthy fails with the check's last words and is kept in the state", () =>
  troubled("unhealthy", async (trouble) => {
    const { code, output: shown } = await trouble.pulumi(["up", "--yes", "--skip-preview"]);
    assert.notEqual(code, 0);
    assert.match(shown, /failed to be in healthy state.*unhealthy after 10 s.*the check says no/);
    assert.equal((await ours(trouble)).containers, 1);
    assert.match(await trouble.stateText(), /"initErrors"/);
  }));

test("a container that must run and ends at once fails and is gone", () =>
  troubled("exits", async (trouble) => {
    const { code, output: shown } = await trouble.pulumi(["up", "--yes", "--skip-preview"]);
    assert.notEqual(code, 0);
    assert.match(shown, /exited immediately with code 7/);
    assert.equal((await ours(trouble)).containers, 0);
  }));

test("a failing build shows the failing step, without long build arguments", () =>
  troubled("bad-build", async (trouble) => {
    const { code, output: shown } = await trouble.pulumi(["up", "--yes", "--skip-preview"]);
    assert.notEqual(code, 0);
    assert.match(shown, /unable to build image .*non-zero code: 9/);
    assert.match(shown, /using \[TOKEN\]/);
    assert.match(shown, /the step that fails/);
    assert.equal(shown.includes("a-very-secret-token"), false);
  }));

test("an engine that can't be reached is one clear sentence", () =>
  troubled("none", async (trouble) => {
    const env = { DOCKER_HOST: "unix:///nowhere/docker.sock" };
    const { code, output: shown } = await trouble.pulumi(["preview"], env);
    assert.notEqual(code, 0);
    assert.match(shown, /No Docker engine can be used at unix:\/\/\/nowhere\/docker\.sock: there is no such socket\./);
  }));
