import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from '../../../src/services/free-port.ts';
import type { BrokerUnderTest } from './broker-under-test.ts';

const run = promisify(execFile);

/** What MSK runs, too. */
const version = '3.9.1';
const folder = path.join(tmpdir(), 'one-machine-maven', `kafka-${version}`);
// A network that swallows packets must not hold the tests up.
const fetchTimeoutMs = 120_000;

/** What Apache Kafka needs and this machine lacks, by its name; `undefined` when it can be started. */
export const apacheMissing = await missingHere();

/** Apache Kafka, one node in KRaft mode, from the artefacts that `apacheMissing` has fetched into the temporary folder. */
export async function startApache(): Promise<BrokerUnderTest> {
  const libraries = folder;
  const directory = await mkdtemp(path.join(tmpdir(), 'one-machine-apache-'));
  const [port, controller] = [await freePort(), await freePort()];
  const settings = path.join(directory, 'server.properties');
  await writeFile(settings, properties(directory, port, controller));
  const java = ['-Xmx512m', '-cp', `${libraries}/*`];
  await run('java', [...java, 'kafka.tools.StorageTool', 'format', '-t', clusterId(randomBytes(16)), '-c', settings]);
  let broker = await startBroker([...java, 'kafka.Kafka', settings], port);
  return {
    brokers: `127.0.0.1:${port}`,
    async restart(signal) {
      await end(broker, signal);
      broker = await startBroker([...java, 'kafka.Kafka', settings], port);
    },
    async stop() {
      await end(broker, 'SIGKILL');
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** One that begins with - would be read as an option, so Kafka's own `Uuid.randomUuid` makes none such either. */
export function clusterId(random: Buffer): string {
  // The first character is of the six highest bits, and that of 62 is -.
  random[0] = (random[0] ?? 0) & 0x7f;
  return random.toString('base64url');
}

async function missingHere(): Promise<string | undefined> {
  const command = ['java', 'mvn'].find((name) => spawnSync(name, ['-version']).error !== undefined);
  if (command !== undefined || existsSync(folder)) return command;
  const unfinished = `${folder}.new-${process.pid}`;
  try {
    await fetchLibraries(unfinished);
    return undefined;
  } catch (error) {
    // Another process was faster.
    return existsSync(folder) ? undefined : `a Maven repository that answers (${shortReason(error)})`;
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

/** The first thing that Maven complains of: the rest of its output is advice. */
function shortReason(error: unknown): string {
  const { stdout = '', message } = error as Error & { readonly stdout?: string };
  return (/\[ERROR\] (\S.*)/.exec(stdout)?.[1] ?? message).slice(0, 120);
}

async function fetchLibraries(unfinished: string): Promise<void> {
  await mkdir(unfinished, { recursive: true });
  await writeFile(
    path.join(unfinished, 'pom.xml'),
    `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
      <groupId>one-machine</groupId><artifactId>kafka</artifactId><version>1</version>
      <dependencies><dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId>
      <version>${version}</version></dependency></dependencies></project>`,
  );
  const goals = ['dependency:copy-dependencies', '-DincludeScope=runtime', '-DoutputDirectory=.'];
  await run('mvn', ['-q', '-B', ...goals], { cwd: unfinished, timeout: fetchTimeoutMs });
  await rename(unfinished, folder);
}

function properties(directory: string, port: number, controller: number): string {
  return Object.entries({
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controller}`,
    'controller.listener.names': 'CONTROLLER',
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controller}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
    'log.dirs': path.join(directory, 'log'),
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 4,
    'transaction.state.log.replication.factor': 1,
    'group.initial.rebalance.delay.ms': 100,
    'auto.create.topics.enable': false,
  })
    .map((entry) => entry.join('='))
    .join('\n');
}

async function startBroker(command: readonly string[], port: number): Promise<ChildProcess> {
  const child = spawn('java', command, { stdio: 'ignore' });
  // A JVM beside other tests on two cores has taken more than a minute.
  for (let attempt = 0; attempt < 1500; attempt += 1) {
    if (await answers(port)) return child;
    if (child.exitCode !== null) throw new Error(`Apache Kafka ended with ${child.exitCode}`);
    await sleep(200);
  }
  child.kill('SIGKILL');
  throw new Error('Apache Kafka did not start within five minutes');
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const done = (is: boolean) => {
      socket.destroy();
      resolve(is);
    };
    socket.on('connect', () => done(true)).on('error', () => done(false));
  });
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  await ended;
}
