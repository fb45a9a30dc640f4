import { type ParseArgsConfig, parseArgs } from "node:util";
import { duration } from "../../lib/duration.ts";
import { messageOf, UserError } from "../../lib/user-error.ts";
import { devStack } from "./stack-config.ts";

/** Parses a command line. @throws {UserError} with the usage when it has other arguments, or an empty one */
export function parseArguments<T extends ParseArgsConfig>(usage: string, config: T): ReturnType<typeof parseArgs<T>> {
  let parsed: ReturnType<typeof parseArgs<T>>;
  try {
    parsed = parseArgs(config);
  } catch (error) {
    // After its first sentence Node explains how to pass a positional argument that begins with a dash.
    const [problem = ""] = messageOf(error).split(/\.\s/);
    throw new UserError(`${problem}. Usage: ${usage}`);
  }
  const empty = Object.entries(Object(parsed.values)).find(([, value]) => value === "");
  if (empty !== undefined) {
    throw new UserError(`--${empty[0]} is "". Usage: ${usage}`);
  }
  return parsed;
}

/** Parses a command line with one file. @throws {UserError} with the usage when it has none, or other arguments */
export function fileArgument<T extends NonNullable<ParseArgsConfig["options"]>>(
  usage: string,
  args: string[],
  options: T,
): { file: string; values: ReturnType<typeof parseArgs<{ options: T }>>["values"] } {
  const { values, positionals } = parseArguments(usage, { args, options, allowPositionals: true });
  const [file = "", ...others] = positionals;
  if (file === "" || others.length > 0) {
    throw new UserError(`The files are "${positionals.join(" ")}"; allowed: one file. Usage: ${usage}`);
  }
  return { file, values };
}

/** The seconds of an option such as `--last 15m`. @throws {UserError} when it is not a duration */
export function secondsOf(option: string, value: string): number {
  const seconds = duration(value);
  if (seconds === undefined) {
    throw new UserError(`${option} is "${value}"; allowed: a whole number with s, m, h or d.`);
  }
  return seconds;
}

/** @throws {UserError} when a command that takes no arguments was given some */
export function refuseArguments(command: string, args: string[]): void {
  if (args.length > 0) {
    throw new UserError(`${command} takes no arguments, but was given ${args.join(" ")}.`);
  }
}

/** Where arguments name a stack, in each way that the CLI takes: `--stack NAME`, `--stack=NAME`, `-s NAME`. */
export function stackArgument(args: string[]): { index: number; length: number; name: string | undefined } | undefined {
  const index = args.findIndex((arg) => /^(--stack|-s)(=|$)/.test(arg));
  if (index < 0) {
    return undefined;
  }
  const [, inside] = /=(.*)/.exec(args[index] ?? "") ?? [];
  return inside === undefined ? { index, length: 2, name: args[index + 1] } : { index, length: 1, name: inside };
}

/**
 * Separates the stack from the other arguments.
 * @throws {UserError} when the name is missing or can't be one
 */
export function splitStack(args: string[]): { stack: string; rest: string[] } {
  const found = stackArgument(args);
  if (found === undefined) {
    return { stack: devStack, rest: args };
  }
  const stack = found.name ?? "";
  if (!/^[A-Za-z0-9_.][A-Za-z0-9_.-]*$/.test(stack)) {
    throw new UserError(`--stack is "${stack}"; allowed: the name of a stack, of letters, digits, ".", "_" and "-".`);
  }
  return { stack, rest: args.toSpliced(found.index, found.length) };
}
