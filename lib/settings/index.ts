import * as z from 'zod';
import { briefs } from './briefs.ts';
import { presale } from './presale.ts';
import { recommender } from './recommender.ts';
import { tagger } from './tagger.ts';
import { tasks } from './tasks.ts';

/**
 * What an environment may say of each workload: a file of its own for each, and one line here. A workload that an
 * environment doesn't name is as its file says. The workloads themselves are listed in lib/workloads/index.ts, which
 * needs the environment; in one list, each of the two would need the other.
 */
export const workloads = z
  .strictObject({
    briefs: briefs.prefault({}),
    presale: presale.prefault({}),
    recommender: recommender.prefault({}),
    tagger: tagger.prefault({}),
    tasks: tasks.prefault({}),
  })
  .prefault({});

/** The workloads that read from Kafka and so need brokers. */
export const onBrokers = ['briefs', 'recommender', 'tagger'] as const satisfies readonly (keyof z.output<
  typeof workloads
>)[];
