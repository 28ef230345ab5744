import type { Admin } from '@platformatic/kafka';
import { UnavailableError } from '#kit/errors.ts';
import type { KafkaEnv } from '#kit/stream/env.ts';
import { adminOf } from './admin.ts';

/** A topic as it should be. */
export interface WantedTopic {
  readonly name: string;
  readonly partitions: number;
  /** Kafka's own settings, as text; only a new topic gets them. */
  readonly configs: Readonly<Record<string, string>>;
}

/** What became of each topic, by its name. */
export type MadeTopics = Readonly<Record<string, 'made' | 'grown' | 'there'>>;

/**
 * Makes the topics that are missing, and gives more partitions to those that have too few; fewer is impossible. Called
 * twice, it does nothing. Throws an {@link UnavailableError} while the broker is away, or refuses.
 */
export async function ensureTopics(address: KafkaEnv, wanted: readonly WantedTopic[]): Promise<MadeTopics> {
  const admin = adminOf(address);
  const made: Record<string, MadeTopics[string]> = {};
  try {
    for (const topic of wanted) made[topic.name] = (await make(admin, topic)) ? 'made' : await grow(admin, topic);
    return made;
  } catch (cause) {
    throw new UnavailableError(`Kafka did not make the topics: ${reasonOf(cause)}`, { cause });
  } finally {
    await admin.close();
  }
}

/** `false` where it is there already. */
async function make(admin: Admin, { name, partitions, configs }: WantedTopic): Promise<boolean> {
  const settings = Object.entries(configs).map(([setting, value]) => ({ name: setting, value }));
  try {
    // -1: as many copies as the cluster keeps of everything.
    await admin.createTopics({ topics: [name], partitions, replicas: -1, configs: settings });
    return true;
  } catch (error) {
    if (errorsIn(error).some((one) => 'apiId' in one && one.apiId === 'TOPIC_ALREADY_EXISTS')) return false;
    throw error;
  }
}

async function grow(admin: Admin, { name, partitions }: WantedTopic): Promise<'grown' | 'there'> {
  const { topics } = await admin.metadata({ topics: [name] });
  if ((topics.get(name)?.partitionsCount ?? 0) >= partitions) return 'there';
  // Without assignments, which then are the broker's choice: an empty list of them is refused by Apache Kafka, too.
  await admin.createPartitions({ topics: [{ name, count: partitions }] });
  return 'grown';
}

/** An error with all that it stands for, the innermost last. */
function errorsIn(error: unknown): readonly Error[] {
  if (!(error instanceof Error)) return [];
  return [error, ...(error instanceof AggregateError ? error.errors : [error.cause]).flatMap(errorsIn)];
}

function reasonOf(error: unknown): string {
  return errorsIn(error).at(-1)?.message ?? String(error);
}
