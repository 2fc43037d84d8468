import type { Heartbeats, ServiceInstance } from '#platform/registry'

/** What the page shows. */
export interface PageFacts {
  readonly instances: readonly ServiceInstance[]
  readonly isPreserving: boolean
  /** Undefined where there are none: all instances are one process. */
  readonly heartbeats: Heartbeats | undefined
  readonly environment: string
  readonly now: Date
  /** For how long the process that serves the page has been up. */
  readonly uptimeMs: number
  /** About that process, by name. */
  readonly general: Readonly<Record<string, string | number>>
}

/** The page as HTML. It loads nothing, runs no script, and asks for itself again every 2 s. */
export function page(seen: PageFacts): string {
  const { instances, isPreserving, now, general } = seen
  const services = [...Map.groupBy(instances, ({ name }) => name)]
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="refresh" content="2">
<meta name="viewport" content="width=device-width">
<title>Carillon: services</title>
<style>${STYLE}</style>
</head>
<body>
<h1>Carillon: services</h1>
${isPreserving ? BANNER : ''}
<h2>System status</h2>
${facts(systemStatus(seen, services.length))}
<h2>Instances currently registered</h2>
<table>
<thead><tr><th>Application</th><th>Count</th><th>Zones</th><th>Status</th><th>Instance</th><th>Started</th><th>Last heartbeat</th><th>Version</th></tr></thead>
<tbody>
${services.map(([name, group]) => rows(name, group, now)).join('\n') || '<tr><td colspan="8">No instances available</td></tr>'}
</tbody>
</table>
<h2>General info</h2>
${facts(general)}
</body>
</html>
`
}

function systemStatus(
  { instances, isPreserving, heartbeats, environment, now, uptimeMs }: PageFacts,
  services: number,
): Readonly<Record<string, string | number>> {
  const up = instances.filter(({ status }) => status === 'UP').length
  return {
    Environment: environment,
    'Current time': now.toISOString(),
    Uptime: duration(uptimeMs),
    Services: services,
    'Instances up': `${up} of ${instances.length}`,
    'Leases expire': isPreserving ? 'no: self-preservation' : 'yes',
    ...(heartbeats && {
      'Heartbeats expected a minute': heartbeats.expected,
      'Heartbeats in the last minute': heartbeats.heard,
    }),
  }
}

/** Text that can stand anywhere in HTML, also in an attribute. */
export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}

const BANNER = `<p class="banner" role="alert"><strong>Self-preservation.</strong> Over half of the instances fell silent
at once, so the way to them is doubted rather than they. They are kept as they were until they are heard again.</p>`

const STYLE = `body{font:15px/1.5 system-ui,sans-serif;margin:2rem;color:#222;background:#fff}
table{border-collapse:collapse;margin-bottom:1.5rem}th,td{border:1px solid #ccc;padding:.3rem .7rem;text-align:left;vertical-align:top}
th{background:#f2f2f2}.UP{color:#1a6b1a}.DOWN{color:#b00020;font-weight:bold}.STOPPING{color:#8a5a00}
.banner{border:2px solid #b00020;background:#fdecee;padding:.7rem 1rem}`

function rows(name: string, instances: readonly ServiceInstance[], now: Date): string {
  const zones = [...new Set(instances.map(({ url }) => hostOf(url)))].join(', ')
  return instances
    .map((instance, index) => {
      const first = `<td rowspan="${instances.length}">${escaped(name.toUpperCase())}</td>
<td rowspan="${instances.length}">${instances.length}</td><td rowspan="${instances.length}">${escaped(zones)}</td>`
      return `<tr>${index === 0 ? first : ''}${cells(instance, now)}</tr>`
    })
    .join('\n')
}

function cells(
  { id, url, status, isPreserved, startedAt, lastHeartbeatAt, version }: ServiceInstance,
  now: Date,
): string {
  const heard = lastHeartbeatAt === null ? '' : ` (${duration(now.getTime() - lastHeartbeatAt.getTime())} ago)`
  return `<td class="${status}">${status}${isPreserved ? ' (kept)' : ''}</td><td>${link(id, url)}</td>
<td>${shown(startedAt)}</td><td>${shown(lastHeartbeatAt)}${heard}</td><td>${escaped(version ?? '')}</td>`
}

/** To its health. An address that is none of HTTP could be a script, and is shown only. */
function link(id: string, url: string): string {
  const isHttp = URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)
  if (!isHttp) return `${escaped(id)} (${escaped(url)})`
  return `<a href="${escaped(new URL('/health/ready', url).href)}">${escaped(id)}</a>`
}

function facts(values: Readonly<Record<string, string | number>>): string {
  const lines = Object.entries(values).map(
    ([name, value]) => `<tr><th>${escaped(name)}</th><td>${escaped(String(value))}</td></tr>`,
  )
  return `<table><tbody>\n${lines.join('\n')}\n</tbody></table>`
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname : url
}

function shown(at: Date | null): string {
  return at === null
    ? ''
    : at
        .toISOString()
        .replace('T', ' ')
        .replace(/\.\d+Z$/, ' UTC')
}

function duration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000))
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60]
  if (hours > 0) return `${hours} h ${minutes} min`
  return minutes > 0 ? `${minutes} min ${seconds % 60} s` : `${seconds} s`
}
