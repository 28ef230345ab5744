import { cosine } from './cosine.ts';
import { dlae } from './dlae.ts';
import { ials } from './ials.ts';
import type { ModelKind, Trainer } from './model.ts';
import { popular } from './popular.ts';

/** Every way to make models. */
export const trainers = { popular, cosine, dlae, ials } as unknown as Readonly<Record<ModelKind, Trainer>>;
