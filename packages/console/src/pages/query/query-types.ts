import type { components } from '../../api/schema.gen';

export type Query = components['schemas']['Query'];
export type QueryTable = components['schemas']['QueryTable'];
