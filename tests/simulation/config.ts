/** The one seed to run, from the environment. */
export function seedOfEnvironment(): string | undefined {
  return process.env['SEED']
}
