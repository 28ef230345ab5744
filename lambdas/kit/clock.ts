/** The time now. A parameter of everything that depends on it, so that tests choose it. */
export type Clock = () => Date;
