import path from 'node:path';
import type { SQSClient } from '@aws-sdk/client-sqs';
import pg from 'pg';
import type { App, Beside } from './app.ts';
import { type DoorPorts, localUrl, portsOfDoors } from './door-ports.ts';
import { performsTask, taskPerformer } from './doors/tasks.ts';
import { type Faults, faultSwitch } from './faults.ts';
import { localVariables, machineEnvironment, withQueueUrls } from './function-environment.ts';
import { compileCache } from './functions/compile-cache.ts';
import { type FunctionHost, type Invocation, startFunctionHost } from './functions/function-host.ts';
import { withCodeFolder } from './functions/inline-code.ts';
import { stackCredentials } from './guard/credentials.ts';
import { keepFilesPrivate, makePrivate } from './guard/private-files.ts';
import { lockDirectory } from './lock.ts';
import { type RefusingService, refusing } from './refusing.ts';
import { region } from './region.ts';
import { functionsRole, startPostgres } from './services/postgres.ts';
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
import { type Starting, untold } from './terminal/starting.ts';
import { undoAll } from './undo.ts';
import { type Wiring, wire } from './wiring.ts';

/** A whole app, running on this machine. */
export interface Machine {
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

// An instance takes 70 to 100 MB, one with a model in its memory 200; an idle one gives way. Those that wait for slow
// answers, four at a time of one function, must leave some to the others.
const maximumInstances = 12;

export interface MachineOptions {
  readonly log: Log;
  /** Hears what the start is busy with. */
  readonly starting?: Starting;
  /** Stops a start that isn't over. */
  readonly signal?: AbortSignal;
}

/** Starts everything the template says; what was started is stopped again when a later part fails. */
export async function startMachine(
  app: App,
  settings: Settings,
  { log, starting = untold, signal }: MachineOptions,
): Promise<Machine> {
  keepFilesPrivate();
  const undo: (() => Promise<unknown>)[] = [];
  const stop = () => undoAll(undo);
  try {
    const lock = await lockDirectory(settings.directory);
    undo.push(() => lock.release());
    await makePrivate(settings.directory);
    const credentials = await stackCredentials(settings.directory, functionsRole(app.name));
    const ground = await startGround({ app, settings, log, credentials, undo, starting, signal });
    const { resolved, services } = ground;
    const model = withQueueUrls(resolved, services);
    const parts = besideThem({ app, settings, log, model, services, undo }).then(startParts);
    const machine = await starting.during(
      () => 'the template’s triggers are run, and functions and doors are opened',
      parts,
    );
    return { ...machine, announce: (url) => lock.announce(url), stop };
  } catch (error) {
    await stop().catch((also: unknown) => log.warn(`What was started did not all stop: ${String(also)}`));
    throw error;
  }
}

interface Beginning {
  readonly app: App;
  readonly settings: Settings;
  readonly log: Log;
  readonly credentials: Awaited<ReturnType<typeof stackCredentials>>;
  readonly undo: (() => Promise<unknown>)[];
  readonly starting: Starting;
  readonly signal: AbortSignal | undefined;
}

/** The template, and what it runs on: neither waits for the other. */
async function startGround({ app, settings, log, credentials, undo, starting, signal }: Beginning) {
  const database = startPostgres({
    name: app.name,
    directory: path.join(settings.directory, 'postgres'),
    port: portsFrom(settings.port).database,
    passwords: credentials.database,
    onWarning: log.warn,
  }).then((server) => {
    undo.push(() => server.stop());
    return server;
  });
  const [resolved, postgres] = await settled(
    readModel(app, { starting, ...(signal ? { signal } : {}) }),
    starting.during(() => 'the database is being started', database),
  );
  signal?.throwIfAborted();
  const services = await starting.during(
    () => 'the services are being started',
    startServices(settings, resolved, { postgres, credentials, secrets: app.secrets ?? [], onError: log.warn }),
  );
  undo.push(() => services.stop());
  return { resolved, services };
}

/** Waits for both, so that a failure of one never leaves the other starting. */
async function settled<A, B>(first: Promise<A>, second: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([first, second]);
  return Promise.all([first, second]);
}

async function readModel(app: App, watched: Parameters<App['assembly']>[0]): Promise<StackModel> {
  const assembly = await app.assembly(watched);
  const { name, resourceTypes } = app;
  return buildModel(await readAssembly(assembly), { assembly, region, app: name, resourceTypes });
}

/** What the parts above the services stand on. */
interface Ground {
  readonly app: App;
  readonly settings: Settings;
  readonly log: Log;
  readonly model: StackModel;
  readonly services: Services;
  readonly undo: (() => Promise<unknown>)[];
}

/** The same with what the app has beside the services. */
interface WholeGround extends Ground {
  readonly beside: Beside | undefined;
}

async function besideThem(ground: Ground): Promise<WholeGround> {
  const { app, model, services, undo } = ground;
  const beside = await app.beside?.({ model, services });
  if (beside) undo.push(() => beside.stop());
  return { ...ground, beside };
}

/** The same with what they share. */
interface Shared extends WholeGround {
  readonly faults: Faults;
  readonly sqs: SQSClient;
  readonly pool: pg.Pool;
  /** Where what calls functions is to listen. */
  readonly ports: DoorPorts;
  /** What every function on this machine is told. */
  readonly environment: ReturnType<typeof machineEnvironment>;
}

async function startParts(ground: WholeGround) {
  const { settings, log, model, services, undo } = ground;
  const faults = faultSwitch();
  const sqs = queuesClient(services.storage.sqsUrl, services.credentials);
  const pool = ownPool(ground);
  const ports = await portsOfDoors(settings.port, undo);
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
function ownPool({ app, services, log, undo }: Ground): pg.Pool {
  const pool = new pg.Pool({ connectionString: services.postgres.url('postgres', app.name), max: 4 });
  pool.on('error', (error) => log.debug(`The runtime's own connection: ${error.message}`));
  undo.push(() => pool.end());
  return pool;
}

async function startFunctions(shared: Shared): Promise<FunctionHost> {
  const { app, settings, log, model, services, faults, ports, environment, beside, undo } = shared;
  const told = (fn: FunctionModel) => ({
    variables: settings.variables,
    role: functionsRole(app.name),
    database: app.name,
    own: beside?.variables(fn, `${localUrl(ports.api)}/`) ?? {},
  });
  const inline = path.join(settings.directory, 'inline-code');
  const placed = await Promise.all(model.functions.map((fn) => withCodeFolder(fn, inline)));
  const functions = startFunctionHost({
    functions: placed.map((fn) => ({ ...fn, environment: localVariables(fn, services, told(fn)) })),
    sdk: app.sdk ?? [],
    environment,
    temporaryDirectory: path.join(settings.directory, 'tmp'),
    compileCache: await compileCache(app.compileCache),
    maximumInstances,
    faults,
    onLine: log.functionLine,
    onInvocation: (fn, invocation) => log.debug(invocationLine(fn, invocation)),
  });
  undo.push(() => functions.stop());
  return functions;
}

async function startMachines(shared: Shared, functions: FunctionHost): Promise<StateMachines> {
  const { app, log, model, faults, sqs, pool, environment, undo } = shared;
  const runSparkJob = app.sparkJobs?.({ assembly: model.assembly, environment });
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
      runSparkJob,
    }),
    supports: (resource) => performsTask(resource, runSparkJob !== undefined),
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
