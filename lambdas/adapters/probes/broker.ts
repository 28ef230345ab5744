import type { KafkaEnv } from '#kit/stream/env.ts';
import { adminOf } from '../stream/admin.ts';
import type { Finding } from './finding.ts';

/** A broker lets us in and tells its topics. */
export async function probeBroker(address: KafkaEnv): Promise<Finding> {
  const admin = adminOf(address);
  try {
    const { brokers } = await admin.metadata({ topics: [] });
    return { note: `${brokers.size} ${brokers.size === 1 ? 'broker' : 'brokers'}` };
  } finally {
    await admin.close();
  }
}
