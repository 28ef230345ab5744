import type { Machine } from '../machine.ts';
import { portsFrom } from '../settings.ts';

/** A part of the machine, the port that its settings give it (0 for whichever is free), and the address that it has. */
export interface Listening {
  readonly part: string;
  readonly wanted: number;
  /** `undefined` where there is no such part. */
  readonly address: string | undefined;
}

/** A line for each part whose port somebody else has: who goes to the usual one meets another program there. */
export function takenPorts(listening: readonly Listening[]): readonly string[] {
  return listening.flatMap(({ part, wanted, address }) => {
    if (wanted === 0 || address === undefined) return [];
    const port = Number(new URL(address).port);
    return port === wanted ? [] : [`Port ${wanted} is taken: ${part} is on ${port}`];
  });
}

/** The parts of a running machine. */
export function listeningOf({ settings, services, wiring, urls }: Omit<Machine, 'stop'>): readonly Listening[] {
  const wanted = portsFrom(settings.port);
  const { storage, mail, secrets, schedules, athena, kafka, postgres } = services;
  const isElsewhere = settings.variables.KAFKA_BROKERS !== undefined;
  const part = (name: string, port: number, address: string | undefined) => ({ part: name, wanted: port, address });
  return [
    part('the API', wanted.api, wiring.api?.url),
    part('S3', wanted.s3, storage.s3Url),
    part('SQS', wanted.sqs, storage.sqsUrl),
    part('SES with the inbox', wanted.mail, mail.url),
    part('Step Functions', wanted.stateMachines, urls.stateMachines),
    part('Secrets Manager', wanted.secrets, secrets.url),
    part('PostgreSQL', wanted.database, postgres.url('postgres', 'postgres')),
    part('EventBridge Scheduler', wanted.schedules, schedules.url),
    part('Lambda', wanted.functions, urls.functions),
    part('Kafka', wanted.kafka, kafka && !isElsewhere ? `kafka://${kafka.brokers}` : undefined),
    part('Athena', wanted.athena, athena?.url),
  ];
}
