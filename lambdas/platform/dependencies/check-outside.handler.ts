import { authenticateAlone } from '#adapters/callers/alone.ts';
import { systemClock } from '#adapters/clock.ts';
import { probeMail } from '#adapters/probes/mail.ts';
import { probeQueue } from '#adapters/probes/queue.ts';
import { probeSchedule } from '#adapters/probes/schedule.ts';
import { probeStateMachine } from '#adapters/probes/state-machine.ts';
import { apiHandler } from '#kit/api-handler.ts';
import { checkOutsideEnv, dependencyKinds } from '../contract.ts';
import type { Dependency } from './check-dependencies.ts';
import { outsideApi } from './routes.ts';

const probes = { q: probeQueue, m: probeStateMachine, s: probeSchedule };

/** Tells of the services that are outside of the VPC: mail, queues, state machines, schedules. */
export const handler = apiHandler({
  env: checkOutsideEnv,
  authenticate: authenticateAlone,
  services: ({ MAIL_FROM, DEPENDENCIES, ...env }) => {
    const prefixes = { q: env.QUEUE_PREFIX, m: env.MACHINE_PREFIX, s: '' };
    const dependencies: readonly Dependency[] = [
      {
        kind: 'mail',
        name: MAIL_FROM,
        required: true,
        without: 'Reports and warnings wait in the queue of mails.',
        probe: (signal) => probeMail(MAIL_FROM, signal),
      },
      ...DEPENDENCIES.map(([letter, name, without, id = name]) => ({
        kind: dependencyKinds[letter],
        name,
        required: true,
        without: without || `No run of ${name} starts or goes on.`,
        probe: (signal: AbortSignal) => probes[letter](prefixes[letter] + id, signal),
      })),
    ];
    return { dependencies, clock: systemClock };
  },
  routes: outsideApi,
});
