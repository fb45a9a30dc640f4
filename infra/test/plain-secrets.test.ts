import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { runtime } from "@pulumi/pulumi";
import { selfSigned } from "../../lib/certificate.ts";
import { ConfigError } from "../config/errors.ts";
import { refusePlainSecrets } from "../config/plain-secrets.ts";
import { readConfig } from "../config/read.ts";

function sentencesOf(check: () => unknown): readonly string[] {
  try {
    check();
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.errors;
  }
  return [];
}

const of = (config: Record<string, unknown>) => sentencesOf(() => refusePlainSecrets(config, "mine"));

/** The commands that cure a config, without what all of them begin with. */
const cures = (config: Record<string, unknown>) =>
  of(config).map((sentence) => /npm run pulumi -- config set --secret --path (.*?)\. (Who|Or)/.exec(sentence)?.[1]);

const secure = { secure: "v1:abc" };
const auth = { auth: "bWU6cGFzc3dvcmQ=" };
const kubeconfig = (user: string) => `apiVersion: v1\nkind: Config\nusers:\n- name: me\n  user:\n    ${user}\n`;

describe("secrets in plain text", () => {
  test("a private key is refused with the command that encrypts it, and is not shown", () => {
    assert.deepEqual(of({ "resume:tls": { certificate: "C", key: "hidden" } }), [
      "resume:tls.key is a secret, but in plain text. Encrypt it: npm run pulumi -- config set --secret --path resume:tls.key --stack mine < key.pem. Who can read the config file, or its history where git has it, knows the old value: use a new one.",
    ]);
  });

  test("every key that holds a secret is refused, all at once", () => {
    assert.deepEqual(
      cures({
        "resume:tls": { certificate: "C", key: "K" },
        "resume:alerts": { webhook: "https://hooks.example.com/x", email: { user: "me", password: "P" } },
        "resume:imagePullSecret": JSON.stringify({ auths: { "ghcr.io": auth } }),
        "docker:keyMaterial": "K",
        "docker:registryAuth": [
          { address: "a", username: "me", password: secure },
          { address: "b", password: "P" },
        ],
        "kubernetes:kubeconfig": kubeconfig("token: T"),
      }),
      [
        "resume:tls.key --stack mine < key.pem",
        "resume:alerts.webhook --stack mine (asks for the value)",
        "resume:alerts.email.password --stack mine (asks for the value)",
        "resume:imagePullSecret --stack mine < ~/.docker/config.json",
        "docker:keyMaterial --stack mine < key.pem",
        "'docker:registryAuth[1].password' --stack mine (asks for the value)",
        "kubernetes:kubeconfig --stack mine < kubeconfig.yaml",
      ],
    );
  });

  test("an object that was set as one text, or a text in its place, is refused as a whole", () => {
    assert.deepEqual(cures({ "resume:tls": '{"certificate":"C","key":"K"}' }), [
      "resume:tls --stack mine (asks for the value)",
    ]);
    assert.deepEqual(cures({ "resume:alerts": "https://hooks.example.com/x" }), [
      "resume:alerts --stack mine (asks for the value)",
    ]);
    assert.deepEqual(cures({ "resume:imagePullSecret": { auths: { "ghcr.io": { auth: secure }, "b.io": auth } } }), [
      "resume:imagePullSecret --stack mine < ~/.docker/config.json",
    ]);
  });

  test("each way to write a credential in a kubeconfig is refused; a path and names of files are not", () => {
    for (const user of [
      "token: T",
      '"token": "T"',
      "client-key-data: TFMw",
      "password: P",
      "auth-provider: {config: {id-token: T}}",
    ]) {
      assert.equal(of({ "kubernetes:kubeconfig": kubeconfig(user) }).length, 1, user);
    }
    const users = [{ name: "me", user: { token: "T" } }];
    assert.equal(of({ "kubernetes:kubeconfig": { users } }).length, 1);
    assert.equal(of({ "kubernetes:kubeconfig": JSON.stringify({ users }) }).length, 1);
    for (const plain of [
      "/home/me/.kube/token/password",
      "~/.kube/config",
      kubeconfig("tokenFile: /run/token"),
      kubeconfig("client-key: /home/me/key.pem"),
      kubeconfig("exec: {command: aws}"),
      { users: [{ name: "me", user: { token: secure } }] },
    ]) {
      assert.deepEqual(of({ "kubernetes:kubeconfig": plain }), [], JSON.stringify(plain));
    }
  });

  test("what is encrypted, empty or no secret stays as it is", () => {
    assert.deepEqual(
      of({
        "resume:tls": { certificate: "C", key: secure },
        "resume:alerts": { email: { to: "me@example.com", user: "me", password: secure } },
        "resume:imagePullSecret": secure,
        "resume:publicUrl": "https://nora.example.com",
        "resume:nofile": 20_000,
        "docker:keyMaterial": "",
        "docker:certMaterial": "C",
        "docker:registryAuth": [{ address: "a", configFile: "~/.docker/config.json" }],
        "kubernetes:context": "resume",
      }),
      [],
    );
  });
});

describe("the program", () => {
  after(() => runtime.setAllConfig({}, []));

  test("refuses a secret in plain text, and takes it once it is encrypted", async () => {
    const tls = JSON.stringify(await selfSigned(["127.0.0.1"]));
    const login = JSON.stringify({ auths: { "ghcr.io": auth } });
    const config = { "resume:tls": tls, "docker:keyMaterial": "K", "resume:imagePullSecret": login };
    runtime.setAllConfig(config, []);
    const named = sentencesOf(readConfig).map((sentence) => sentence.split(" ")[0]);
    assert.deepEqual(named, ["resume:tls.key", "resume:imagePullSecret", "docker:keyMaterial"]);
    runtime.setAllConfig({ "resume:tls": tls, "docker:keyMaterial": "K" }, ["resume:tls", "docker:keyMaterial"]);
    assert.ok(readConfig().tls);
  });
});
