import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";

export interface Registered {
  type: string;
  name: string;
  inputs: Record<string, unknown>;
}

/**
 * Runs a program under Pulumi's mocks, which stand for the engine and every provider.
 *
 * @param computed what a resource has beside its inputs, as its provider would give it
 */
export async function underMocks<T>(
  run: () => Promise<T>,
  computed: (type: string, name: string, inputs: Record<string, unknown>) => Record<string, unknown>,
): Promise<{ result: T; resources: Registered[] }> {
  const resources: Registered[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        resources.push({ type, name, inputs });
        return { id: `${name}-id`, state: { ...inputs, ...computed(type, name, inputs) } };
      },
      call: ({ token }) => assert.fail(`no call is expected, ${token} was made`),
    },
    "resume",
    "test",
  );
  // The SDK keeps a stack trace of each of its many promises, which takes a fifth of the time.
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    const result = await run();
    await pulumi.runtime.disconnect();
    return { result, resources };
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}
