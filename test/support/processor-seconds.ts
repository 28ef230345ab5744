/**
 * What work costs, in seconds of processor time: another program that keeps the machine busy makes it wait, but not cost
 * more. For telling what grows with the square of its input from what doesn't, never for how fast something is.
 */
export function processorSeconds(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}
