import { authenticateAlone } from '#adapters/callers/alone.ts';
import { systemClock } from '#adapters/clock.ts';
import { probeMail } from '#adapters/probes/mail.ts';
import { probeQueue } from '#adapters/probes/queue.ts';
import { probeSchedule } from '#adapters/probes/schedule.ts';
import { probeStateMachine } from '#adapters/probes/state-machine.ts';
import { apiHandler } from '#kit/api-handler.ts';
import { checkOutsideEnv } from '../contract.ts';
import type { Dependency } from './check-dependencies.ts';
import { listedDependencies } from './dependencies-file.ts';
import { outsideApi } from './routes.ts';

const probes = { queue: probeQueue, 'state machine': probeStateMachine, schedule: probeSchedule };

/** Tells of the services that are outside of the VPC: mail, queues, state machines, schedules. */
export const handler = apiHandler({
  env: checkOutsideEnv,
  authenticate: authenticateAlone,
  services: ({ MAIL_FROM, MACHINE_PREFIX, SCHEDULES }) => {
    const prefixes = { queue: '', 'state machine': MACHINE_PREFIX, schedule: '' };
    const dependencies: readonly Dependency[] = [
      {
        kind: 'mail',
        name: MAIL_FROM,
        required: true,
        without: 'Reports and warnings wait in the queue of mails.',
        probe: (signal) => probeMail(MAIL_FROM, signal),
      },
      ...listedDependencies().map(({ kind, name, without, id = SCHEDULES[name] ?? name }) => ({
        kind,
        name,
        required: true,
        without,
        probe: (signal: AbortSignal) => probes[kind](prefixes[kind] + id, signal),
      })),
    ];
    return { dependencies, clock: systemClock };
  },
  routes: outsideApi,
});
