/** The table that is printed once the system is ready. */
export function banner(url: string, dataDirectory: string, isProduction: boolean): string {
  const rows: readonly (readonly [string, string])[] = [
    ['GraphQL', `${url}/graphql   (HTTP, WebSocket, SSE, multipart)`],
    ...(isProduction
      ? []
      : [['Sandbox', "open that address in a browser: Apollo Sandbox, loaded from Apollo's CDN"] as const]),
    ['REST', `${url}/auth/login, /jobs, /executions/{id}`],
    ['Health', `${url}/health/ready`],
    ['Metrics', `${url}/metrics`],
    ['Data', `${dataDirectory}   (kept: the next start goes on where this one ended)`],
  ]
  const lines = rows.map(([name, text]) => `  ${name.padEnd(10)} ${text}`)
  return `\n  Carillon is ready.\n\n${lines.join('\n')}\n\n`
}
