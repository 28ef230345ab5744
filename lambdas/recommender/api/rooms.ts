/** The routes of each room, in its order; the contract has all of them as one list. */
export const itemRoutes = [
  'POST /api/v1/items',
  'GET /api/v1/items',
  'POST /api/v1/items/batch',
  'GET /api/v1/items/search',
  'GET /api/v1/items/{scenario_id}/{item_id}',
  'PUT /api/v1/items/{scenario_id}/{item_id}',
  'DELETE /api/v1/items/{scenario_id}/{item_id}',
] as const;

export const scenarioRoutes = [
  'GET /api/v1/tenants',
  'POST /api/v1/scenarios',
  'GET /api/v1/scenarios',
  'GET /api/v1/scenarios/{scenario_id}',
  'PUT /api/v1/scenarios/{scenario_id}',
  'DELETE /api/v1/scenarios/{scenario_id}',
  'POST /api/v1/scenarios/{scenario_id}/validate',
] as const;

export const servingRoutes = [
  'POST /api/v1/recommend',
  'POST /api/v1/recommend/next',
  'GET /api/v1/items/{scenario_id}/{item_id}/similar',
  'GET /api/v1/users/{user_id}/profile',
  'GET /api/v1/users/{user_id}/behaviors',
] as const;

export const modelRoutes = [
  'GET /api/v1/models',
  'GET /api/v1/models/{model_id}',
  'POST /api/v1/models/{model_id}/promote',
] as const;

export const trainingRoutes = ['POST /api/v1/models/train'] as const;

export const erasureRoutes = ['DELETE /api/v1/users/{user_id}'] as const;

export const experimentRoutes = [
  'POST /api/v1/experiments',
  'GET /api/v1/experiments',
  'GET /api/v1/experiments/{experiment_id}',
  'POST /api/v1/experiments/{experiment_id}/start',
  'POST /api/v1/experiments/{experiment_id}/stop',
  'GET /api/v1/experiments/{experiment_id}/results',
] as const;
