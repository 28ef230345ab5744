import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { TaskError } from '../../src/state-machines/errors.ts';
import { startStateMachines } from '../../src/state-machines/state-machines.ts';
import { arn, task } from './running.ts';

/** Run by kill.test.ts as a process of its own: goes on with the one execution, or starts it. */

const states = {
  Plan: task({ Arguments: { step: 'Plan' }, Next: 'Pause', End: undefined }),
  Pause: { Type: 'Wait', Seconds: 1, Next: 'Each' },
  Each: {
    Type: 'Map',
    Items: '{% $range(1, 20, 1) %}',
    MaxConcurrency: 2,
    ItemProcessor: {
      StartAt: 'Fetch',
      States: {
        Fetch: task({
          Arguments: { step: '{% "Fetch " & $states.input %}' },
          Retry: [{ ErrorEquals: ['Flaky'], IntervalSeconds: 1, MaxAttempts: 5 }],
          Assign: { fetched: '{% $states.result.step %}' },
          Next: 'Rest',
          End: undefined,
        }),
        Rest: { Type: 'Wait', Seconds: '{% $number($substringAfter($fetched, " ")) % 2 %}', Next: 'Load' },
        Load: task({ Arguments: { step: '{% "Load " & $states.context.Map.Item.Value %}', after: '{% $fetched %}' } }),
      },
    },
    Next: 'Report',
  },
  Report: task({ Arguments: { step: 'Report', loaded: '{% $states.input %}' } }),
};

const pool = new pg.Pool({ connectionString: process.argv[2], max: 4, application_name: 'kill-subject' });
const machines = await startStateMachines({
  pool,
  machines: [{ arn, name: 'Subject', definition: { QueryLanguage: 'JSONata', StartAt: 'Plan', States: states } }],
  invoke: async ({ arguments: asked }) => {
    const { step } = asked as { step: string };
    await pool.query('insert into effects (step) values ($1)', [step]);
    await sleep(30);
    const { rowCount } = await pool.query('select 1 from effects where step = $1', [step]);
    if (step === 'Fetch 3' && rowCount === 1) throw new TaskError('Flaky', 'the first time');
    return asked;
  },
});
const { executions } = await machines.list();
if (executions.length === 0) await machines.start({ stateMachineArn: arn, name: 'only' });
process.stdout.write('ready\n');
