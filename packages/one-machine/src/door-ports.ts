import { type HeldPort, holdPort } from './services/free-port.ts';
import { portsFrom } from './settings.ts';

/** Where what calls functions is to listen. */
export type DoorPorts = Readonly<Record<'stateMachines' | 'api' | 'functions', HeldPort>>;

/**
 * Functions are told where Step Functions, Lambda and the API listen, which call functions: ports are chosen before, and
 * held through a migration that may take its time, in which another stack may look for ports of its own.
 */
export async function portsOfDoors(first: number, undo: (() => Promise<unknown>)[]): Promise<DoorPorts> {
  const wanted = portsFrom(first);
  const held = async (port: number | undefined) => {
    const one = await holdPort(port);
    undo.push(() => one.letGo());
    return one;
  };
  return {
    stateMachines: await held(wanted.stateMachines),
    api: await held(wanted.api),
    functions: await held(wanted.functions),
  };
}

/** Where a port of this machine is. */
export function localUrl({ port }: HeldPort): string {
  return `http://127.0.0.1:${port}`;
}
