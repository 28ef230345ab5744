import path from 'node:path';

/** Where one stack on this machine keeps its things and listens. */
export interface Settings {
  /** The checkout: sources, cdk.json. */
  readonly project: string;
  /** State that survives a restart; `npm run reset` empties it. */
  readonly directory: string;
  /** The first of the ports; 0 lets the system choose all of them. */
  readonly port: number;
  /** Environment whose template runs (dev, staging, prod). */
  readonly environment: string;
  /** A synthesized app to run instead of this checkout's. */
  readonly assembly?: string | undefined;
  /** Variables that win over the template's. */
  readonly variables: Readonly<Record<string, string | undefined>>;
}

const defaultPort = 4510;

/** Settings of `npm start`: the checkout this file is in, MILLRACE_DIRECTORY, MILLRACE_PORT MILLRACE_ENVIRONMENT or MILLRACE_ASSEMBLY. */
export function settingsFromEnvironment(
  variables: Readonly<Record<string, string | undefined>> = process.env,
): Settings {
  const project = path.resolve(import.meta.dirname, '..');
  return {
    project,
    directory: path.resolve(project, variables.MILLRACE_DIRECTORY ?? '.local'),
    port: portOf(variables.MILLRACE_PORT),
    environment: variables.MILLRACE_ENVIRONMENT ?? 'dev',
    assembly: variables.MILLRACE_ASSEMBLY && path.resolve(project, variables.MILLRACE_ASSEMBLY),
    variables,
  };
}

function portOf(text: string | undefined): number {
  if (text === undefined) return defaultPort;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_000) throw new Error(`MILLRACE_PORT is no port: ${text}`);
  return port;
}

/** The ports of the parts, side by side so that one number says all of them. */
export function portsFrom(first: number) {
  const port = (offset: number) => (first === 0 ? 0 : first + offset);
  return {
    console: port(0),
    api: port(1),
    s3: port(2),
    sqs: port(3),
    mail: port(4),
    stateMachines: port(5),
    secrets: port(6),
    site: port(7),
    database: port(8),
    schedules: port(9),
    functions: port(10),
    kafka: port(11),
    platforms: port(12),
    athena: port(13),
  };
}
