/** The environment says something that cannot be. The message lists everything that is wrong, a line each. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError'
}
