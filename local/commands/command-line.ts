import { type ParseArgsConfig, parseArgs } from 'node:util';

type Parsed<T extends ParseArgsConfig> = ReturnType<typeof parseArgs<T & { readonly allowPositionals: true }>>;

/**
 * The words and flags of a command. `--help` (or `-h`) prints how it is used and ends the process; a flag that the
 * command doesn't have throws a line that names it, with how the command is used.
 */
export function commandLine<T extends ParseArgsConfig>(
  usage: string,
  config: T,
  words: readonly string[] = process.argv.slice(2),
): Parsed<T> {
  // A JSON document or a name may follow; what looks like a flag before it is one.
  if (words.some((word) => word === '--help' || word === '-h')) {
    process.stdout.write(`${usage}\n`);
    process.exit(0);
  }
  try {
    return parseArgs({ ...config, args: [...words], strict: true, allowPositionals: true }) as Parsed<T>;
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
