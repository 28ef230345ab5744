import type { Route } from '#kit/api/route.ts';
import type { recommenderRoutes } from '../contract.ts';
import { erasureApi } from '../erasure/erasure-routes.ts';
import { experimentsApi } from '../experiments/experiment-routes.ts';
import { itemsApi } from '../items/item-routes.ts';
import type { RecommenderApiPorts } from '../ports.ts';
import { modelsApi } from '../registry/routes.ts';
import { scenariosApi } from '../scenarios/routes.ts';
import { servingApi } from '../serving/routes.ts';

/** Served by `recommender/api`: the routes of each room. */
export const recommenderApi: Readonly<Record<(typeof recommenderRoutes)[number], Route<RecommenderApiPorts>>> = {
  ...itemsApi,
  ...scenariosApi,
  ...servingApi,
  ...modelsApi,
  ...erasureApi,
  ...experimentsApi,
};
