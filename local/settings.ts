import path from 'node:path';
import { type Settings as MachineSettings, portBehind, portOf, SettingError } from 'one-machine/settings.ts';

/** Where one stack on this machine has its sources, keeps its things and listens. */
export interface Settings extends MachineSettings {
  /** The checkout: sources, cdk.json. `npm run reset` empties its `directory`. */
  readonly project: string;
  /** Environment whose template runs (dev, staging, prod). */
  readonly environment: string;
  /** A synthesized app to run instead of this checkout's. */
  readonly assembly?: string | undefined;
}

/** Settings of `npm start`: the checkout this file is in, MILLRACE_DIRECTORY, MILLRACE_PORT MILLRACE_ENVIRONMENT or MILLRACE_ASSEMBLY. */
export function settingsFromEnvironment(
  variables: Readonly<Record<string, string | undefined>> = process.env,
): Settings {
  const project = path.resolve(import.meta.dirname, '..');
  const assembly = named('MILLRACE_ASSEMBLY', variables);
  return {
    project,
    directory: path.resolve(project, named('MILLRACE_DIRECTORY', variables) ?? '.local'),
    port: portOf('MILLRACE_PORT', variables.MILLRACE_PORT),
    environment: variables.MILLRACE_ENVIRONMENT ?? 'dev',
    assembly: assembly === undefined ? undefined : path.resolve(project, assembly),
    variables,
  };
}

/** An empty name would be the checkout's own folder. */
function named(name: string, variables: Settings['variables']): string | undefined {
  if (variables[name]?.trim() === '') throw new SettingError(`${name} is empty`);
  return variables[name];
}

/** The ports of what this machine has beside AWS, among those of the machine. */
export function ownPortsFrom(first: number) {
  return { console: portBehind(first, 0), site: portBehind(first, 7), platforms: portBehind(first, 12) };
}

/** Throws a SettingError where a setting is no address of one of these protocols, such as `http:`. */
export function checkAddress(name: string, value: string | undefined, protocols: readonly string[]): void {
  if (value === undefined) return;
  if (!URL.canParse(value) || !protocols.includes(new URL(value).protocol))
    throw new SettingError(
      `${name} is no address that begins with ${protocols.join('// or ')}//: ${shown(name, value)}`,
    );
}

/** An address of a database holds a password. */
function shown(name: string, value: string): string {
  return name === 'DATABASE_URL' ? 'its value is not shown' : value;
}
