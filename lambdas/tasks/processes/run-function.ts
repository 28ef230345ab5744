import { functions } from '../functions/index.ts';
import { serveFunctions } from './serve-functions.ts';

/** The program of the processes in which functions run; bundled beside the handlers that start them. */
serveFunctions(functions);
