import { isIP } from "node:net";
import { generate } from "selfsigned";

/** The longest validity that browsers accept. */
const days = 397;

/** Makes a key and a self-signed certificate for these host names and addresses. @returns both in PEM */
export async function selfSigned(hosts: readonly string[]): Promise<{ certificate: string; key: string }> {
  const [name = "localhost"] = hosts;
  const made = await generate([{ name: "commonName", value: name }], {
    keyType: "ec",
    curve: "P-256",
    algorithm: "sha256",
    notAfterDate: new Date(Date.now() + days * 86_400_000),
    extensions: [
      { name: "basicConstraints", cA: false },
      { name: "keyUsage", digitalSignature: true },
      { name: "extKeyUsage", serverAuth: true },
      {
        name: "subjectAltName",
        altNames: hosts.map((host) => (isIP(host) ? { type: 7, ip: host } : { type: 2, value: host })),
      },
    ],
  });
  return { certificate: made.cert, key: made.private };
}
