import { type ParseArgsConfig, parseArgs } from 'node:util';

type Parsed<T extends ParseArgsConfig> = ReturnType<typeof parseArgs<T & { readonly allowPositionals: true }>>;

/** A command, besides its flags as `parseArgs` of Node.js has them. */
export interface Command extends ParseArgsConfig {
  /** How many words it takes; none where nothing is said. */
  readonly words?: { readonly least?: number; readonly most: number };
}

/**
 * The words and flags of a command. `--help` (or `-h`) prints how it is used and ends the process; a flag that the
 * command doesn't have, and a word too many or too few, throw a line that names it, with how the command is used.
 */
export function commandLine<T extends Command>(
  usage: string,
  { words = { most: 0 }, ...config }: T,
  given: readonly string[] = process.argv.slice(2),
): Parsed<T> {
  // A JSON document or a name may follow; what looks like a flag before it is one.
  if (given.some((word) => word === '--help' || word === '-h')) {
    process.stdout.write(`${usage}\n`);
    process.exit(0);
  }
  const parsed = parsedOf<T>(usage, config, given);
  const { positionals } = parsed;
  if (positionals.length > words.most)
    throw new UsageError(`“${positionals[words.most]}” is a word too many.\n${usage}`);
  if (positionals.length < (words.least ?? 0)) throw new UsageError(usage);
  return parsed;
}

function parsedOf<T extends ParseArgsConfig>(
  usage: string,
  config: ParseArgsConfig,
  given: readonly string[],
): Parsed<T> {
  try {
    return parseArgs({ ...config, args: [...given], strict: true, allowPositionals: true }) as Parsed<T>;
  } catch (error) {
    // Its own advice about positional arguments that begin with a dash is for who writes programs.
    const [said = ''] = (error instanceof Error ? error.message : String(error)).split(/\. To specify a positional/);
    throw new UsageError(`${said.replace(/\.$/, '')}.\n${usage}`);
  }
}

/** A command was called with what it doesn't take. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Runs a program; one that was called with what it doesn't take says so without a stack trace, and has status 1. */
export async function program(work: () => unknown): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
