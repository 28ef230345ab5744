import { readFileSync } from 'node:fs';
import { once } from '#kit/once.ts';
import { readModel } from './topic-model.ts';

/** The model that the project ships: ten topics of news. The bundler puts a copy of its file beside a handler's code. */
export const defaultModel = once(() => readModel(readFileSync(new URL('./topics.model', import.meta.url))));
