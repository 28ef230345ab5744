import { authenticateAlone } from '#adapters/callers/alone.ts';
import { apiHandler } from '#kit/api-handler.ts';
import { recommenderEnvelope } from './api/envelope.ts';
import { behaviorEvents } from './behavior/events-topic.ts';
import { trackApi } from './behavior/track-routes.ts';
import { trackEnv } from './contract.ts';

/** Takes behaviour into Kafka, also while the database sleeps: an event that comes twice counts once. */
export const handler = apiHandler({
  env: trackEnv,
  authenticate: authenticateAlone,
  services: behaviorEvents,
  routes: trackApi,
  envelope: recommenderEnvelope,
});
