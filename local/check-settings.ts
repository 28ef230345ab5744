import { execFile } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import { SettingError, type Settings } from './settings.ts';
import type { FunctionModel } from './template/model.ts';

/** Variables of this machine itself; those of functions stand in the template. */
const ownNames = [
  'MILLRACE_PORT',
  'MILLRACE_DIRECTORY',
  'MILLRACE_ENVIRONMENT',
  'MILLRACE_ASSEMBLY',
  'MILLRACE_API_URL',
  'MILLRACE_API_TOKEN',
  'PRESALE_SITE_URL',
  'PRESALE_SAMPLE_DIR',
];

const addresses: Readonly<Record<string, readonly string[]>> = {
  PRESALE_SITE_URL: ['http:', 'https:'],
  AWS_ENDPOINT_URL_S3: ['http:', 'https:'],
  AWS_ENDPOINT_URL_SES: ['http:', 'https:'],
  AWS_ENDPOINT_URL_SECRETS_MANAGER: ['http:', 'https:'],
  DATABASE_URL: ['postgres:', 'postgresql:'],
};

/** Checks what can be known before anything is made or started. Throws a SettingError. */
export async function checkSettings(settings: Settings): Promise<void> {
  const { variables, project, assembly } = settings;
  for (const [name, protocols] of Object.entries(addresses)) checkAddress(name, variables[name], protocols);
  if (assembly === undefined) await checkEnvironment(project, variables.MILLRACE_ENVIRONMENT);
  else if (!existsSync(path.join(assembly, 'manifest.json')))
    throw new SettingError(`MILLRACE_ASSEMBLY is no synthesized app (it has no manifest.json): ${assembly}`);
  checkFolder('PRESALE_SAMPLE_DIR', variables.PRESALE_SAMPLE_DIR, project);
  checkStateFolder(settings.directory);
  await checkBrokers(variables.KAFKA_BROKERS);
}

function checkAddress(name: string, value: string | undefined, protocols: readonly string[]): void {
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

async function checkEnvironment(project: string, name: string | undefined): Promise<void> {
  if (name === undefined) return;
  const { stdout } = await promisify(execFile)(process.execPath, ['bin/environments.ts'], { cwd: project });
  const names = JSON.parse(stdout) as readonly string[];
  if (!names.includes(name))
    throw new SettingError(
      `MILLRACE_ENVIRONMENT is no environment of lib/environment.ts: ${name}; there are ${names.join(', ')}`,
    );
}

function checkFolder(name: string, value: string | undefined, project: string): void {
  if (value === undefined) return;
  const folder = path.resolve(project, value);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    throw new SettingError(`${name} is no folder: ${folder}`);
}

function checkStateFolder(directory: string): void {
  const found = statSync(directory, { throwIfNoEntry: false });
  if (found && !found.isDirectory()) throw new SettingError(`MILLRACE_DIRECTORY is no folder: ${directory}`);
}

// A broker on the same network takes a connection within milliseconds, one behind a VPN within a second or two.
const brokerAnswersWithinMs = 5000;

/** One broker of the list is enough: it names the others. */
async function checkBrokers(list: string | undefined): Promise<void> {
  if (list === undefined) return;
  const brokers = list.split(',').map((broker) => {
    const [, host, port] = /^\s*(.+):(\d{1,5})\s*$/.exec(broker) ?? [];
    if (host === undefined || Number(port) < 1 || Number(port) > 65_535)
      throw new SettingError(`KAFKA_BROKERS is no list of host:port: ${list}`);
    return { host, port: Number(port) };
  });
  await Promise.any(brokers.map(answers)).catch((error: AggregateError) => {
    throw new SettingError(`KAFKA_BROKERS: none answers: ${list} (${String(error.errors[0]?.message)})`);
  });
}

function answers({ host, port }: { readonly host: string; readonly port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, timeout: brokerAnswersWithinMs });
    socket.once('connect', () => resolve());
    socket.once('timeout', () => reject(new Error(`no answer within ${brokerAnswersWithinMs / 1000} s`)));
    socket.once('error', reject);
    socket.once('connect', () => socket.destroy()).once('timeout', () => socket.destroy());
  });
}

/**
 * Checks what is set for functions against what the template gives them: a number stays one, an address stays
 * one, a list that names all there is takes some of them. A name that begins as the template's own settings do and that
 * nothing reads is refused, too: it would be ignored without a word.
 */
export function checkFunctionVariables(functions: readonly FunctionModel[], given: Settings['variables']): void {
  const template = new Map(functions.flatMap(({ environment }) => Object.entries(environment)));
  for (const [name, was] of template) {
    const value = given[name];
    if (value !== undefined && !ownNames.includes(name)) checkLike(name, value, was);
  }
  const known = [...new Set([...ownNames, ...template.keys()])];
  const unknown = Object.keys(given).find((name) => name.startsWith('PRESALE_') && !known.includes(name));
  if (unknown === undefined) return;
  const settings = known.filter((name) => name.startsWith('PRESALE_'));
  throw new SettingError(`${unknown} is no setting; there are ${settings.sort().join(', ')}`);
}

function checkLike(name: string, value: string, was: string): void {
  if (/^\d+$/.test(was) && !/^\d+(\.\d+)?$/.test(value))
    throw new SettingError(`${name} is a number, such as ${was}: ${value}`);
  const items = was.split(',');
  // Each once and each a single letter: such a list is all there is to choose from.
  if (items.length < 2 || !items.every((item) => /^[A-Z]$/.test(item))) return;
  const foreign = value.split(',').find((item) => !items.includes(item));
  if (foreign !== undefined) throw new SettingError(`${name} has “${foreign}”, which is none of ${was}: ${value}`);
}
