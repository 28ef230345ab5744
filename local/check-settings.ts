import { execFile } from 'node:child_process';
import { connect } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import { claimStateFolder } from 'one-machine/guard/state-folder.ts';
import { servicesElsewhere } from 'one-machine/services-elsewhere.ts';
import { SettingError } from 'one-machine/settings.ts';
import { readAssembly } from 'one-machine/template/assembly-files.ts';
import { checkRoom } from 'one-machine/terminal/disk-room.ts';
import pg from 'pg';
import { checkContractVariables } from './contract-variables.ts';
import { directoryArchive } from './sample-site/directory/archive.ts';
import { checkAddress, type Settings } from './settings.ts';

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

// What tests and benches of the same shell read.
const ofOthers = [
  'MILLRACE_PYTHON',
  'MILLRACE_KILL_SEED',
  'MILLRACE_FUZZ_SEED',
  'MILLRACE_FUZZ_SECONDS',
  'MILLRACE_FUZZ_REQUESTS',
  'MILLRACE_TRINO',
];

/** Checks what can be known before anything is made or started. Throws a SettingError. */
export async function checkSettings(settings: Settings): Promise<void> {
  const { variables, project, assembly } = settings;
  checkOwnNames(variables);
  for (const [name, protocols] of Object.entries(addresses)) checkAddress(name, variables[name], protocols);
  checkLogLevel(variables.POWERTOOLS_LOG_LEVEL);
  await checkContractVariables(settings, [...ownNames, ...Object.keys(addresses), 'KAFKA_BROKERS']);
  if (assembly === undefined) await checkEnvironment(project, variables.MILLRACE_ENVIRONMENT);
  else await checkAssembly(assembly);
  await checkSamples(variables.PRESALE_SAMPLE_DIR, project);
  await claimStateFolder(settings.directory, 'MILLRACE_DIRECTORY');
  await checkRoom(settings.directory, 'MILLRACE_DIRECTORY');
  await Promise.all([
    checkBrokers(variables.KAFKA_BROKERS),
    checkDatabase(variables.DATABASE_URL),
    ...servicesElsewhere(variables).map((name) => checkService(name, variables[name])),
  ]);
}

/** A name with a slip of the pen would be ignored without a word. */
function checkOwnNames(variables: Settings['variables']): void {
  const known = ownNames.filter((name) => name.startsWith('MILLRACE_'));
  const unknown = Object.keys(variables).find(
    (name) => name.startsWith('MILLRACE_') && ![...known, ...ofOthers].includes(name),
  );
  if (unknown !== undefined) throw new SettingError(`${unknown} is no setting; there are ${known.join(', ')}`);
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

async function checkAssembly(folder: string): Promise<void> {
  const stacks = await readAssembly(folder).catch((error: Error) => {
    throw new SettingError(`MILLRACE_ASSEMBLY is no synthesized app: ${folder} (${firstLine(error)})`);
  });
  if (stacks.length === 0) throw new SettingError(`MILLRACE_ASSEMBLY has no stack in it: ${folder}`);
}

/** What the sample site would serve from there. */
async function checkSamples(value: string | undefined, project: string): Promise<void> {
  if (value === undefined) return;
  await directoryArchive(path.resolve(project, value)).catch((error: Error) => {
    throw new SettingError(`PRESALE_SAMPLE_DIR can’t be served: ${firstLine(error)}`);
  });
}

// Those of Powertools, which takes what it doesn't know for none.
const logLevels = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'CRITICAL', 'SILENT'];

function checkLogLevel(value: string | undefined): void {
  if (value !== undefined && !logLevels.includes(value.toUpperCase()))
    throw new SettingError(`POWERTOOLS_LOG_LEVEL is none of ${logLevels.join(', ')}: ${value}`);
}

function firstLine({ message }: Error): string {
  return message.split('\n', 1)[0] ?? '';
}

// What is on the same network takes a connection within milliseconds, what is behind a VPN within a second or two.
const answersWithinMs = 5000;

/** Signs in as functions will. */
async function checkDatabase(url: string | undefined): Promise<void> {
  if (url === undefined) return;
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: answersWithinMs });
  // One that breaks off later is nobody's.
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException;
    throw new SettingError(`DATABASE_URL: ${new URL(url).host} can’t be used: ${message || code}`);
  } finally {
    await client.end();
  }
}

async function checkService(name: string, url = ''): Promise<void> {
  const { hostname, port, protocol } = new URL(url);
  await answers({ host: hostname, port: Number(port) || (protocol === 'https:' ? 443 : 80) }).catch((error: Error) => {
    throw new SettingError(`${name} doesn’t answer: ${url} (${firstLine(error)})`);
  });
}

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
    const socket = connect({ host, port, timeout: answersWithinMs });
    socket.once('connect', () => resolve());
    socket.once('timeout', () => reject(new Error(`no answer within ${answersWithinMs / 1000} s`)));
    socket.once('error', reject);
    socket.once('connect', () => socket.destroy()).once('timeout', () => socket.destroy());
  });
}
