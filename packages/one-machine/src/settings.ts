/** Where one machine keeps its things and listens. */
export interface Settings {
  /** State that survives a restart. */
  readonly directory: string;
  /** The first of the ports; 0 lets the system choose all of them. */
  readonly port: number;
  /** Variables that win over the template's. */
  readonly variables: Readonly<Record<string, string | undefined>>;
}

/** The first port when no other is set. */
export const defaultPort = 4510;

/** A setting can't be used; the message is one line that names it. */
export class SettingError extends Error {
  override readonly name = 'SettingError';
}

/** Reads a port from the settings. Throws a SettingError that names it. */
export function portOf(name: string, text: string | undefined): number {
  if (text === undefined) return defaultPort;
  const port = text.trim() === '' ? Number.NaN : Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_000) throw new SettingError(`${name} is no port: ${text}`);
  return port;
}

/** The port so many behind the first; 0 stays 0. */
export function portBehind(first: number, offset: number): number {
  return first === 0 ? 0 : first + offset;
}

/**
 * The ports of the parts, side by side so that one number says all of them. The first, and those that are left out, are
 * for what the app has beside AWS.
 */
export function portsFrom(first: number) {
  const port = (offset: number) => portBehind(first, offset);
  return {
    api: port(1),
    s3: port(2),
    sqs: port(3),
    mail: port(4),
    stateMachines: port(5),
    secrets: port(6),
    database: port(8),
    schedules: port(9),
    functions: port(10),
    kafka: port(11),
    athena: port(13),
  };
}
