import type { DocumentedApi } from '#kit/api/documentation.ts';
import { taggerApi } from './api/service-routes.ts';
import { tryApi } from './api/try-routes.ts';

const tag = 'tagger';

/** What the document of the API says of the tagger. */
export const openapi: DocumentedApi = {
  tags: [{ name: tag, description: 'Tags and keywords of messages.' }],
  parts: [
    { handler: 'tagger/api', routes: taggerApi, tag },
    { handler: 'tagger/try', routes: tryApi, tag },
  ],
};
