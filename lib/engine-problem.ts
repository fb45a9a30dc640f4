import { at } from "./at.ts";
import { SshError } from "./ssh-stream.ts";
import { messageOf } from "./user-error.ts";

type Sentence = (found: { message: string; host: URL | undefined }) => string;

const start = "Start Docker there, or name another address with DOCKER_HOST (docker:host)";
const certificates = "DOCKER_CERT_PATH (docker:certPath)";
const notReached: Sentence = () => `no network leads there. Correct the address, or connect to the network it is in.`;
const unknownName: Sentence = ({ host }) => `there is no host ${host?.hostname}. Correct the address.`;

/** What errors of a connection mean, by their code and message. */
const connectionProblems: readonly [RegExp, Sentence][] = [
  [
    /\b(EACCES|EPERM)\b/,
    () =>
      "you may not use its socket, which is for root and the group docker. Run `sudo usermod -aG docker $USER`, then sign in anew.",
  ],
  [/\bENOENT\b/, () => `there is no such socket. ${start}.`],
  [/\bECONNREFUSED\b/, () => `nothing listens there. ${start}.`],
  [/\b(ENOTFOUND|EAI_AGAIN)\b/, unknownName],
  [/\b(EHOSTUNREACH|ENETUNREACH|ETIMEDOUT)\b/, notReached],
  [
    /\bABORT_ERR\b/,
    () => "there is no answer in time: Docker hangs, or a firewall drops what is sent. Restart Docker there.",
  ],
  [
    /HTTP request to an HTTPS server|\bHPE_\w+/,
    () =>
      `what answers there does not speak plain HTTP. If it is a Docker engine with TLS, name the folder with ca.pem, cert.pem and key.pem in ${certificates}.`,
  ],
  [
    /wrong version number|packet length too long|\bEPROTO\b.*(unknown protocol|record)/i,
    () => `what answers there does not speak TLS. Unset ${certificates}, or correct the port.`,
  ],
  [
    /\b(DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|CERT_|ERR_TLS_CERT)/,
    ({ message }) => `its certificate is refused: ${message}. ca.pem in ${certificates} must be of who signed it.`,
  ],
  [
    /\balert\b|_ALERT_/i,
    ({ message }) => `it refuses your certificate: ${message}. Its ca.pem must be of who signed cert.pem.`,
  ],
  [
    /\bPEM\b|\bERR_OSSL/,
    ({ message }) => `the files in ${certificates} are no certificates and key in PEM: ${message}.`,
  ],
  [
    /\b(ECONNRESET|EPIPE)\b/,
    () => `it ended the connection without an answer, as an engine with TLS does. Check the port and ${certificates}.`,
  ],
  [/\(HTTP code (401|403)\)/, () => "it refuses access. Its certificates or its proxy decide who has it."],
  [/\(HTTP code \d+\)/, ({ message }) => `no Docker engine answers there: ${message}. Correct the address.`],
];

/** What the output of the ssh program means. */
const sshProblems: readonly [RegExp, Sentence][] = [
  [/\bENOENT\b/, () => "there is no ssh program on this machine. Install OpenSSH's client."],
  [
    /HOST IDENTIFICATION HAS CHANGED/,
    ({ host }) =>
      `ssh refuses its host key, which has changed. If the machine was set up anew, run \`ssh-keygen -R ${host?.hostname}\`.`,
  ],
  [
    /Host key verification failed/,
    ({ host }) => `ssh does not know its host key. Run \`ssh ${address(host)}\` once and check the key that it shows.`,
  ],
  [
    /Docker daemon socket|docker\.sock: connect: permission denied/i,
    ({ host }) =>
      `the user there may not use Docker's socket. Run \`ssh -t ${address(host)} 'sudo usermod -aG docker $USER'\`.`,
  ],
  [
    /Permission denied|Too many authentication failures/i,
    () =>
      process.env.SSH_AUTH_SOCK
        ? "ssh may not sign in. Add your key with `ssh-add`; the machine must have its public part."
        : "ssh may not sign in, and no ssh-agent runs. Run `eval $(ssh-agent)` and `ssh-add`; the machine must have your key's public part.",
  ],
  [
    /\bnot found\b|No such file or directory.*docker\b/i,
    () => "there is no docker program there. Install Docker there.",
  ],
  [/Could not resolve hostname/i, unknownName],
  [/Connection refused/i, () => "no ssh server listens there. Start it, or correct the port."],
  [/timed out|No route to host|unreachable/i, notReached],
  [/Docker daemon|docker\.sock/i, () => "Docker does not run there. Start it."],
];

function address(host: URL | undefined): string {
  return host === undefined
    ? ""
    : `${host.port === "" ? "" : `-p ${host.port} `}${host.username === "" ? "" : `${host.username}@`}${host.hostname}`;
}

/**
 * Why an engine can't be used, and what to do, as the end of a sentence.
 *
 * @param host the engine's address
 * @param error what its client has thrown
 */
export function engineProblem(host: string, error: unknown): string {
  const bySsh = host.startsWith("ssh:");
  const text = `${at(error, "code") ?? ""} ${messageOf(error)}`;
  const sentence = (bySsh ? sshProblems : []).find(([pattern]) => pattern.test(text))?.[1];
  const found = sentence ?? connectionProblems.find(([pattern]) => pattern.test(text))?.[1];
  const message = plainMessage(error);
  const place = { message, host: URL.canParse(host) ? new URL(host) : undefined };
  return found?.(place) ?? `${error instanceof SshError ? "ssh says: " : ""}${message}.`;
}

/** The last line of an error's message, without the full stop. Docker's client makes objects part of it. */
function plainMessage(error: unknown): string {
  const message = messageOf(error).replace("[object Object]", JSON.stringify(at(error, "json")) ?? "");
  const [line = ""] = message.trim().split("\n").slice(-1);
  return line.replace(/[-.:\s]+$/, "") || String(at(error, "code") ?? "unknown error");
}
