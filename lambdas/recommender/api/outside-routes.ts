import type { Route } from '#kit/api/route.ts';
import type { metricsRoutes } from '../contract.ts';
import { metricsApi } from '../metrics/metrics-routes.ts';
import type { MetricsPorts } from '../metrics/ports.ts';
import { type TrainingPorts, trainingApi } from '../registry/training-routes.ts';

/** Served by `recommender/metrics-api`: what no function inside of the network can do. */
export const outsideApi: Readonly<Record<(typeof metricsRoutes)[number], Route<MetricsPorts & TrainingPorts>>> = {
  ...metricsApi,
  ...trainingApi,
};
