import path from 'node:path';
import type { SQSClient } from '@aws-sdk/client-sqs';
import pg from 'pg';
import { builtFolder } from '../packages/console/build/folder.ts';
import { assemble } from './assembly.ts';
import { checkFunctionVariables, checkSettings } from './check-settings.ts';
import { performsTask, taskPerformer } from './doors/tasks.ts';
import { type Faults, faultSwitch } from './faults.ts';
import { localVariables, machineEnvironment, withQueueUrls } from './function-environment.ts';
import { compileCache } from './functions/compile-cache.ts';
import { type FunctionHost, type Invocation, startFunctionHost } from './functions/function-host.ts';
import { stackCredentials } from './guard/credentials.ts';
import { keepFilesPrivate, makePrivate } from './guard/private-files.ts';
import { lockDirectory } from './lock.ts';
import { region } from './machine.ts';
import { type HeldPort, holdPort } from './services/free-port.ts';
import { startPostgres } from './services/postgres.ts';
import { sparkJobs } from './services/spark-jobs.ts';
import { queuesClient } from './services/sqs/client.ts';
import { type Services, startServices } from './services.ts';
import { acceptedCredentials } from './services-elsewhere.ts';
import { portsFrom, type Settings } from './settings.ts';
import { serveStateMachines } from './state-machines/protocol.ts';
import { type StateMachines, startStateMachines } from './state-machines/state-machines.ts';
import { readAssembly } from './template/assembly-files.ts';
import { buildModel } from './template/build-model.ts';
import type { FunctionModel, StackModel } from './template/model.ts';
import type { Log } from './terminal/log.ts';
import { type Wiring, wire } from './wiring.ts';

/** Services that can be told to refuse. */
export type RefusingService = 's3' | 'sqs' | 'ses' | 'secretsmanager' | 'states';

/** The whole stack, running on this machine. */
export interface Stack {
  readonly settings: Settings;
  readonly model: StackModel;
  readonly services: Services;
  readonly functions: FunctionHost;
  readonly machines: StateMachines;
  readonly wiring: Wiring;
  /** Where Step Functions and Lambda answer. */
  readonly urls: { readonly stateMachines: string; readonly functions: string };
  readonly faults: Faults;
  /** A service answers 503 for a while, as AWS does on bad days. */
  refuse(service: RefusingService, milliseconds: number): void;
  readonly log: Log;
  /** Tells commands and a second start where this one is. */
  announce(url: string): Promise<void>;
  stop(): Promise<void>;
}

// An instance takes 70 to 100 MB, one that tags 200; an idle one gives way. Fetches of slow pages, which hold four of
// them, must leave some to those who tag.
const maximumInstances = 12;

/** Starts everything the template says; what was started is stopped again when a later part fails. */
export async function startStack(settings: Settings, log: Log): Promise<Stack> {
  keepFilesPrivate();
  await checkSettings(settings);
  const undo: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    const lock = await lockDirectory(settings.directory);
    undo.push(() => lock.release());
    await makePrivate(settings.directory);
    const credentials = await stackCredentials(settings.directory);
    const [{ model: resolved }, postgres] = await settled(
      readModel(settings),
      startPostgres({
        directory: path.join(settings.directory, 'postgres'),
        port: portsFrom(settings.port).database,
        passwords: credentials.database,
        onWarning: log.warn,
      }).then((server) => {
        undo.push(() => server.stop());
        return server;
      }),
    );
    const services = await startServices(settings, resolved, { postgres, credentials, onError: log.warn });
    undo.push(() => services.stop());
    const stack = await startParts({ settings, log, model: withQueueUrls(resolved, services), services, undo });
    return { ...stack, announce: (url) => lock.announce(url), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Waits for both, so that a failure of one never leaves the other starting. */
async function settled<A, B>(first: Promise<A>, second: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([first, second]);
  return Promise.all([first, second]);
}

async function readModel(settings: Settings) {
  const assembly = settings.assembly ?? (await assemble(settings.project, settings.environment)).directory;
  const model = buildModel(await readAssembly(assembly), { assembly, region });
  checkFunctionVariables(model.functions, settings.variables);
  return { model };
}

/** What the parts above the services stand on. */
interface Ground {
  readonly settings: Settings;
  readonly log: Log;
  readonly model: StackModel;
  readonly services: Services;
  readonly undo: (() => Promise<unknown>)[];
}

/** The same with what they share. */
interface Shared extends Ground {
  readonly faults: Faults;
  readonly sqs: SQSClient;
  readonly pool: pg.Pool;
  /** Where what calls functions is to listen. */
  readonly ports: Readonly<Record<'stateMachines' | 'api' | 'functions', HeldPort>>;
  /** What every function on this machine is told. */
  readonly environment: ReturnType<typeof machineEnvironment>;
}

async function startParts(ground: Ground) {
  const { settings, log, model, services, undo } = ground;
  const faults = faultSwitch();
  const sqs = queuesClient(services.storage.sqsUrl, services.credentials);
  const pool = ownPool(ground);
  const ports = await portsOfDoors(ground);
  const urls = { stateMachines: localUrl(ports.stateMachines), functions: localUrl(ports.functions) };
  const environment = machineEnvironment(services, urls, settings);
  const shared: Shared = { ...ground, faults, sqs, pool, ports, environment };
  const wired: { wiring?: Wiring } = {};
  // Undone after the functions have stopped, while queues and log are there for what they had in hand.
  undo.push(async () => wired.wiring?.idle());
  const functions = await startFunctions(shared);
  await runTriggers(model, functions);
  const machines = await startMachines(shared, functions);
  const server = await serveMachines(shared, machines);
  const connected = { settings, model, services, functions, machines, sqs, faults, log };
  await Promise.all([ports.api.letGo(), ports.functions.letGo()]);
  const wiring = await wire({ ...connected, apiPort: ports.api.port, functionsPort: ports.functions.port });
  wired.wiring = wiring;
  undo.push(() => wiring.stop());
  const refuse = refusing(services, server.refuse);
  return { settings, model, services, functions, machines, wiring, urls, faults, refuse, log };
}

/** The runtime's own way to the database. */
function ownPool({ services, log, undo }: Ground): pg.Pool {
  const pool = new pg.Pool({ connectionString: services.postgres.url('postgres', 'millrace'), max: 4 });
  pool.on('error', (error) => log.debug(`The runtime's own connection: ${error.message}`));
  undo.push(() => pool.end());
  return pool;
}

/**
 * Functions are told where Step Functions, Lambda and the API listen, which call functions: ports are chosen before, and
 * held through a migration that may take its time, in which another stack may look for ports of its own.
 */
async function portsOfDoors({ settings, undo }: Ground): Promise<Shared['ports']> {
  const wanted = portsFrom(settings.port);
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

function localUrl({ port }: HeldPort): string {
  return `http://127.0.0.1:${port}`;
}

async function startFunctions(shared: Shared): Promise<FunctionHost> {
  const { settings, log, model, services, faults, ports, environment, undo } = shared;
  const consoleFiles = await builtFolder(settings.project);
  const told = { variables: settings.variables, apiUrl: `${localUrl(ports.api)}/`, consoleFiles };
  const functions = startFunctionHost({
    functions: model.functions.map((fn) => ({ ...fn, environment: localVariables(fn, services, told) })),
    environment,
    temporaryDirectory: path.join(settings.directory, 'tmp'),
    compileCache: await compileCache(settings.project),
    maximumInstances,
    faults,
    onLine: log.functionLine,
    onInvocation: (fn, invocation) => log.debug(invocationLine(fn, invocation)),
  });
  undo.push(() => functions.stop());
  return functions;
}

async function startMachines(shared: Shared, functions: FunctionHost): Promise<StateMachines> {
  const { settings, log, model, faults, sqs, pool, environment, undo } = shared;
  const machines = await startStateMachines({
    pool,
    machines: model.stateMachines.map(({ arn, name, definition }) => ({
      arn,
      name,
      definition: JSON.parse(definition) as object,
    })),
    invoke: taskPerformer({
      functions,
      sqs,
      faults,
      runSparkJob: sparkJobs({ project: settings.project, assembly: model.assembly, environment }),
    }),
    supports: performsTask,
    onError: (error) => log.warn(String(error)),
  });
  undo.push(() => machines.close());
  return machines;
}

async function serveMachines({ settings, services, ports, undo }: Shared, machines: StateMachines) {
  await ports.stateMachines.letGo();
  const server = await serveStateMachines(machines, {
    port: ports.stateMachines.port,
    credentials: acceptedCredentials(services.credentials, settings.variables),
  });
  undo.push(() => server.stop());
  return server;
}

function refusing({ storage, mail, secrets }: Services, refuseStates: (milliseconds: number) => void): Stack['refuse'] {
  const refusals: Readonly<Record<RefusingService, (milliseconds: number) => void>> = {
    s3: (milliseconds) => storage.refuse('s3', milliseconds),
    sqs: (milliseconds) => storage.refuse('sqs', milliseconds),
    ses: mail.refuse,
    secretsmanager: secrets.refuse,
    states: refuseStates,
  };
  return (service, milliseconds) => refusals[service](milliseconds);
}

/** What CloudFormation runs while it deploys: the migration. A failure stops the start, as it stops a deployment. */
async function runTriggers(model: StackModel, functions: FunctionHost): Promise<void> {
  for (const arn of model.triggers) {
    const invocation = await functions.invoke(arn, {});
    if (invocation.ok) continue;
    const { errorType, errorMessage } = invocation.error;
    throw new Error(`${functions.model(arn)?.handler ?? arn} failed at the start: ${errorType}: ${errorMessage}`);
  }
}

function invocationLine(fn: FunctionModel, invocation: Invocation): string {
  const ending = invocation.ok ? 'done' : invocation.error.errorType;
  const megabytes = Math.round(invocation.memoryBytes / (1024 * 1024));
  return `${fn.handler}: ${ending} in ${invocation.milliseconds} ms, ${megabytes} MB, request ${invocation.requestId}`;
}
