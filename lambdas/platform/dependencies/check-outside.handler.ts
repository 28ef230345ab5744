import { authenticateAlone } from '#adapters/callers/alone.ts';
import { systemClock } from '#adapters/clock.ts';
import { probeMail } from '#adapters/probes/mail.ts';
import { probeQueue } from '#adapters/probes/queue.ts';
import { probeSchedule } from '#adapters/probes/schedule.ts';
import { probeSite } from '#adapters/probes/site.ts';
import { probeStateMachine } from '#adapters/probes/state-machine.ts';
import { apiHandler } from '#kit/api-handler.ts';
import { checkOutsideEnv } from '../contract.ts';
import type { Dependency } from './check-dependencies.ts';
import { listedDependencies } from './dependencies-file.ts';
import { outsideApi } from './routes.ts';

const probes = { site: probeSite, queue: probeQueue, 'state machine': probeStateMachine, schedule: probeSchedule };
const looking = (kind: keyof typeof probes, address: string) => (signal: AbortSignal) => probes[kind](address, signal);

/** Tells of the services that are outside of the VPC: mail, queues, state machines, schedules. */
export const handler = apiHandler({
  env: checkOutsideEnv,
  authenticate: authenticateAlone,
  services: ({ MAIL_FROM, MACHINE_PREFIX, SCHEDULES, SITES }) => {
    // Groups of schedules are called as machines are, and as the schedules are for people.
    const groups = MACHINE_PREFIX.split(':').at(-1) ?? '';
    const prefixes = { queue: '', 'state machine': MACHINE_PREFIX, schedule: groups, site: '' };
    const mail: Dependency = {
      kind: 'mail',
      name: MAIL_FROM,
      required: true,
      without: 'Reports and warnings wait in the queue of mails.',
      probe: (signal) => probeMail(MAIL_FROM, signal),
    };
    const listed = listedDependencies().map(({ kind, name, without, id = name, path = '' }) => {
      const address = prefixes[kind] + (SITES[id] ?? id) + (kind === 'schedule' ? `/${SCHEDULES[id]}` : path);
      // Work waits for a site of others; nothing of ours is missing.
      return { kind, name, required: kind !== 'site', without, probe: looking(kind, address) };
    });
    return { dependencies: [mail, ...listed], clock: systemClock };
  },
  routes: outsideApi,
});
