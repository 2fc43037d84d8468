/** Whether this run must have every server and tool: what is left out elsewhere is a failure here. */
export function isWholeStackDemanded(): boolean {
  return process.env['CI_STACK'] === '1'
}

/** The environment in which a Compose file is loaded: this one's tools, and only these settings. */
export function loaderEnvironment(settings: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const { PATH, HOME, GOCACHE, GOMODCACHE, GOPATH, GOPROXY } = process.env
  return { PATH, HOME, GOCACHE, GOMODCACHE, GOPATH, GOPROXY, ...settings }
}
