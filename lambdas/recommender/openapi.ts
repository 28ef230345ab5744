import type { DocumentedApi } from '#kit/api/documentation.ts';
import { documentedEnvelope as envelope } from './api/envelope.ts';
import { outsideApi } from './api/outside-routes.ts';
import { recommenderApi } from './api/routes.ts';
import { trackApi } from './behavior/track-routes.ts';

/** What the document of the API says of the recommender. */
export const openapi: DocumentedApi = {
  tags: [{ name: 'recommender', description: 'Items, behaviour and recommendations, of several tenants.' }],
  parts: [
    { handler: 'recommender/track', routes: trackApi, tag: 'recommender', envelope },
    { handler: 'recommender/metrics-api', routes: outsideApi, tag: 'recommender', envelope },
    { handler: 'recommender/api', routes: recommenderApi, tag: 'recommender', envelope },
  ],
};
